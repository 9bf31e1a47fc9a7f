//! The result in words, the same in every renderer.

use crate::{
    model::{CheckReport, Outcome, Report, Score},
    neutral::brief,
    points::{self, Fate},
};

/// So many means of isolation are named.
const ITEMS: usize = 6;
/// The backend that isolates nothing.
const LOCAL: &str = "local";
const CAUTION: &str = "Not isolated: the submission ran on this machine itself, as the user who graded \
    it, in reach of that user's files and network. A result of this kind is for one's own code.";

/// What a reader must know if they read one line only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Headline {
    /// The points of the checks in the report.
    pub(crate) score: Score,
    /// Whether only some of the challenge's checks were asked for.
    pub(crate) partial: bool,
    /// `31 of 40 points · 4 undecided`.
    pub(crate) line: String,
    /// What it means, in one to three sentences.
    pub(crate) meaning: String,
    /// Said where nothing kept the submission from the machine that it was run on.
    pub(crate) caution: Option<&'static str>,
}

impl Headline {
    /// Of `report`. Texts of others in it are as they came: hostile.
    pub(crate) fn of(report: &Report) -> Self {
        let score = report
            .total
            .unwrap_or_else(|| points::score(&report.checks));
        let mut line = format!("{} of {} points", score.earned, score.possible);
        if score.undecided > 0 {
            line = format!("{line} · {} undecided", score.undecided);
        }
        Self {
            score,
            partial: report.total.is_none(),
            line,
            meaning: meaning(report, score),
            caution: (report.run.backend == LOCAL).then_some(CAUTION),
        }
    }
}

/// Which means of isolation were not in force, in words without a full stop; none where all were. Of
/// what isolates nothing, [`Headline::caution`] speaks.
pub(crate) fn not_in_force(report: &Report) -> Option<String> {
    let items = report.run.isolation.iter().filter(|item| !item.enforced);
    let items: Vec<String> = items.map(|item| brief(&item.item, 60)).collect();
    if items.is_empty() || report.run.backend == LOCAL {
        return None;
    }
    let shown = items.iter().take(ITEMS).cloned().collect::<Vec<_>>();
    let more = match items.len().saturating_sub(ITEMS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "not enforced by this engine: {}{more}",
        shown.join(", ")
    ))
}

/// What became of the submission before any check, as a sentence without a full stop.
pub(crate) fn failure_title(kind: &str) -> &'static str {
    match kind {
        "did-not-build" => "The submission did not build",
        "died-at-start" => "The submission ended while it was starting",
        "never-listened" => "The submission never listened on its port",
        "never-answered" => "The submission listens, but never answered",
        _ => "The submission could not be used",
    }
}

/// How a check ended, in one word.
pub(crate) fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Skipped => "skipped",
        Outcome::Errored => "errored",
        Outcome::Inconclusive => "inconclusive",
    }
}

/// Why a check ended as it did; what the report does not say is said in general.
pub(crate) fn reason(check: &CheckReport) -> &str {
    match (&check.reason, check.outcome) {
        (Some(reason), _) => reason,
        (None, Outcome::Passed) => "Every step held.",
        (None, Outcome::Failed) => "An expectation was not met.",
        (None, Outcome::Skipped) => "It was not run.",
        (None, Outcome::Errored) => "Something on our side broke.",
        (None, Outcome::Inconclusive) => "It could not be told.",
    }
}

/// Why all of `checks` ended as they did, where they are several and it is one reason.
pub(crate) fn shared_reason<'a>(checks: &[&'a CheckReport]) -> Option<&'a str> {
    let (first, others) = checks.split_first()?;
    let shared = reason(first);
    let same = |check: &&CheckReport| reason(check) == shared;
    (!others.is_empty() && others.iter().all(same)).then_some(shared)
}

/// A time for people: `340 ms`, `2.4 s`, `3 min 5 s`.
pub(crate) fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// `1 point`, `2 points`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// The checks whose points went one way, in the challenge's order.
pub(crate) fn of_fate(report: &Report, wanted: Fate) -> impl Iterator<Item = &CheckReport> {
    report
        .checks
        .iter()
        .filter(move |check| points::fate(check) == wanted)
}

fn meaning(report: &Report, score: Score) -> String {
    let mut sentences = vec![first_sentence(report, score)];
    if score.undecided > 0 && score.undecided < score.possible {
        let checks = of_fate(report, Fate::Undecided).count();
        sentences.push(format!(
            "{}, worth {}, could not be decided, through no fault of the submission; the result \
             lies between {} and {}.",
            count(u64::try_from(checks).unwrap_or(u64::MAX), "check"),
            count(score.undecided.into(), "point"),
            score.earned,
            score.earned + score.undecided,
        ));
    }
    if report.total.is_none() {
        sentences.push("Only some of the checks were asked for, so there is no total.".to_owned());
    }
    sentences.join(" ")
}

fn first_sentence(report: &Report, score: Score) -> String {
    if let Some(failure) = &report.submission_failure {
        let title = failure_title(&failure.kind);
        let nothing_lost = match score.lost {
            0 => " What this machine lacks may be why: no points are lost.",
            _ => "",
        };
        return format!("{title}, so no check could be run.{nothing_lost}");
    }
    let all = report.checks.len();
    let passed = of_fate(report, Fate::Earned).count();
    if all == 0 {
        return "No check was asked for.".to_owned();
    }
    if passed == all {
        return match all {
            1 => "The one check passed.".to_owned(),
            _ => format!("All {all} checks passed."),
        };
    }
    if score.undecided == score.possible {
        return "Nothing could be decided, through no fault of the submission: no points are lost."
            .to_owned();
    }
    let lost = |outcome| {
        let with = |check: &&CheckReport| check.outcome == outcome;
        of_fate(report, Fate::Lost).filter(with).count()
    };
    let failed = match lost(Outcome::Failed) {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    let behind = match lost(Outcome::Skipped) {
        0 => String::new(),
        1 => ", 1 was not run because it needs one that failed".to_owned(),
        many => format!(", {many} were not run because they need one that failed"),
    };
    format!("{passed} of {all} checks passed{failed}{behind}.")
}

#[cfg(test)]
mod tests {
    use super::{count, duration};

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        assert_eq!(duration(999), "999 ms");
        assert_eq!(duration(1_000), "1.0 s");
        assert_eq!(duration(59_999), "59.9 s");
        assert_eq!(duration(185_000), "3 min 5 s");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(count(0, "point"), "0 points");
        assert_eq!(count(1, "point"), "1 point");
    }
}
