//! What keeps a challenge from being proven.

use report::{model::Outcome, neutral};
use serde::Serialize;

/// Something that keeps a challenge from being proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Nothing was handed in, and yet points were earned.
    NothingEarns {
        /// The points.
        earned: u32,
    },
    /// A starter earns everything: there is nothing to do.
    StarterEarnsAll {
        /// Which.
        subject: String,
    },
    /// A starter earns other points than the challenge says.
    StarterDiffers {
        /// Which.
        subject: String,
        /// The points that it should earn.
        declared: u32,
        /// The points that it earned.
        earned: u32,
    },
    /// A solution lost a check.
    SolutionLoses {
        /// Which.
        subject: String,
        /// The check.
        check: String,
        /// How it ended.
        outcome: Outcome,
        /// Why.
        reason: String,
    },
    /// A defect did not cost a check that it names.
    DefectSurvives {
        /// The defect.
        defect: String,
        /// The check.
        check: String,
        /// How it ended.
        outcome: Outcome,
    },
    /// A defect cost a check that it does not name.
    DefectKillsMore {
        /// The defect.
        defect: String,
        /// The check.
        check: String,
        /// How it ended.
        outcome: Outcome,
        /// Why.
        reason: String,
    },
    /// A defect does not even start: it shows nothing of any check.
    DefectUnusable {
        /// The defect.
        defect: String,
        /// Why, with the last line of what failed.
        reason: String,
    },
    /// No defect costs this check: nobody knows whether it can fail.
    NeverKilled {
        /// The check.
        check: String,
    },
    /// The same check of the same subject ended otherwise under another condition.
    Unsteady {
        /// The subject.
        subject: String,
        /// The check.
        check: String,
        /// How it ended first.
        first: Outcome,
        /// How it ended then.
        then: Outcome,
        /// What was other then: `with seed 7`.
        condition: String,
        /// Why it ended so; of whichever of the two has a reason.
        reason: String,
    },
    /// Something of ours broke; the matrix says nothing there.
    Errored {
        /// The subject.
        subject: String,
        /// The check; none where no check of the subject could be run.
        check: Option<String>,
        /// Why.
        reason: String,
    },
    /// No check noticed a small change, and nobody says why that is right.
    MutantSurvives {
        /// The solution.
        of: String,
        /// Its file.
        file: String,
        /// The line in it, from 1.
        line: usize,
        /// What stood there.
        was: String,
        /// What stands there now.
        becomes: String,
    },
    /// No check noticed a small change, and one of them decided nothing.
    MutantUndecided {
        /// The solution.
        of: String,
        /// Its file.
        file: String,
        /// The line in it, from 1.
        line: usize,
        /// What stands there now.
        becomes: String,
        /// The check.
        check: String,
        /// Why.
        reason: String,
    },
}

impl Finding {
    /// Whether it is for want of a result, and says nothing of the challenge.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Errored { .. })
    }

    /// The check that it is of; none where it is of a whole subject.
    pub fn check(&self) -> Option<&str> {
        match self {
            Self::SolutionLoses { check, .. }
            | Self::DefectSurvives { check, .. }
            | Self::DefectKillsMore { check, .. }
            | Self::NeverKilled { check }
            | Self::Unsteady { check, .. } => Some(check),
            Self::Errored { check, .. } => check.as_deref(),
            _ => None,
        }
    }

    /// How that check ended; none where no check was run.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::SolutionLoses { outcome, .. }
            | Self::DefectSurvives { outcome, .. }
            | Self::DefectKillsMore { outcome, .. }
            | Self::Unsteady { then: outcome, .. } => Some(*outcome),
            Self::Errored { .. } => Some(Outcome::Errored),
            _ => None,
        }
    }

    /// One sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::NothingEarns { earned } => {
                let earned = points(*earned);
                format!("an empty folder earns {earned}; it must earn none")
            }
            Self::StarterEarnsAll { subject } => {
                format!("{subject} earns every point; there is nothing left to do")
            }
            Self::StarterDiffers {
                subject,
                declared,
                earned,
            } => {
                let language = subject.trim_start_matches("starter:");
                format!(
                    "{subject} earns {}, and challenge.yaml says {declared}: mend one of them \
                     (`starters_earn: {{ {language}: {earned} }}`)",
                    points(*earned)
                )
            }
            Self::SolutionLoses {
                subject,
                check,
                outcome,
                reason,
            } => format!(
                "{subject} must pass `{check}`, which {}: {reason}",
                word(*outcome)
            ),
            Self::DefectSurvives {
                defect,
                check,
                outcome,
            } => format!(
                "the defect `{defect}` must fail `{check}`, which {}",
                word(*outcome)
            ),
            Self::DefectKillsMore {
                defect,
                check,
                outcome,
                reason,
            } => format!(
                "the defect `{defect}` must not touch `{check}`, which {}: {reason}",
                word(*outcome)
            ),
            Self::DefectUnusable { defect, reason } => format!(
                "the defect `{defect}` cannot be used, so that no check can be seen to fail: {reason}"
            ),
            Self::NeverKilled { check } => {
                format!("no defect fails `{check}`; add one, or nobody knows whether it can fail")
            }
            Self::Unsteady {
                subject,
                check,
                first,
                then,
                condition,
                reason,
            } => format!(
                "`{check}` of {subject} {}, and {condition} it {}: {reason}",
                word(*first),
                word(*then)
            ),
            Self::Errored {
                subject,
                check,
                reason,
            } => {
                let check = check.as_ref().map(|check| format!("`{check}` of "));
                let check = check.unwrap_or_default();
                format!("{check}{subject} is undecided, something of ours broke: {reason}")
            }
            Self::MutantSurvives {
                of,
                file,
                line,
                was,
                becomes,
            } => format!(
                "no check notices that {file}:{line} of solution:{of} says `{}` instead of `{}`: \
                 write a check that does, or list it in mutants.yaml with a reason",
                neutral::brief(becomes.trim(), 120),
                neutral::brief(was.trim(), 120)
            ),
            Self::MutantUndecided {
                of,
                file,
                line,
                becomes,
                check,
                reason,
            } => format!(
                "whether a check notices that {file}:{line} of solution:{of} says `{}` is undecided: \
                 `{check}` was inconclusive: {reason}",
                neutral::brief(becomes.trim(), 120)
            ),
        }
    }
}

fn points(points: u32) -> String {
    match points {
        1 => "1 point".to_owned(),
        points => format!("{points} points"),
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Skipped => "was skipped",
        Outcome::Errored => "errored",
        Outcome::Inconclusive => "was inconclusive",
    }
}
