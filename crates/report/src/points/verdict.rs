use crate::{
    exit::ExitCode,
    model::{Blame, CheckReport, Outcome},
};

use super::score;

/// How the range of possible results stands to the least that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// At or above it, however the undecided points would fall.
    AtLeast,
    /// Below it, however the undecided points would fall.
    Below,
    /// The undecided points decide.
    Straddles {
        /// Whether something of ours broke; else the checks themselves could not tell.
        errored: bool,
    },
    /// Something of ours broke, and not one point was earned or lost: there is no result.
    NothingDecided,
}

/// Holds the points of `checks` against `min_score_percent`, a percentage of the points that are
/// possible for them; above 100 counts as 100.
pub fn verdict(checks: &[CheckReport], min_score_percent: u8) -> Verdict {
    let score = score(checks);
    let errored = checks.iter().any(|check| {
        check.outcome == Outcome::Errored
            || (check.outcome == Outcome::Skipped && check.blame == Some(Blame::Ours))
    });
    if errored && score.undecided == score.possible {
        return Verdict::NothingDecided;
    }
    let wanted = u64::from(min_score_percent.min(100)) * u64::from(score.possible);
    let reached = |points: u64| points * 100 >= wanted;
    let least = u64::from(score.earned);
    let most = least + u64::from(score.undecided);
    match (reached(least), reached(most)) {
        (true, _) => Verdict::AtLeast,
        (false, false) => Verdict::Below,
        (false, true) => Verdict::Straddles { errored },
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::AtLeast => Self::Success,
            Verdict::Below => Self::BelowMinScore,
            Verdict::Straddles { errored: true } | Verdict::NothingDecided => Self::OursAtFault,
            Verdict::Straddles { errored: false } => Self::Undecided,
        }
    }
}
