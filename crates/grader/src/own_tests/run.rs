//! One run of the submission's tests against an implementation: what it says, and what it took.

use std::{collections::BTreeMap, time::Duration};

use runner::{
    LogTail,
    visit::{VisitEnd, Visited},
};

/// How tests end that accept what they are run against.
pub(super) const ACCEPTS: VisitEnd = VisitEnd::Exited { code: 0 };

/// What came of each run, by implementation and number from 1; in the error, what of ours broke.
pub(super) type Runs = BTreeMap<(String, u32), Result<Run, String>>;

/// One run of the tests against an implementation.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) answer: Answer,
    pub(super) took: Duration,
    pub(super) log: LogTail,
    /// Why it is not the tests' doing if they took long.
    pub(super) others: Option<String>,
}

/// What the tests say of an implementation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Accepted,
    Rejected {
        code: i64,
    },
    /// Nothing, and why.
    None(String),
    /// Nothing in this time.
    Late(Duration),
}

impl Run {
    /// Whether it said nothing since others had the cores.
    pub(super) fn was_kept(&self) -> bool {
        matches!(self.answer, Answer::Late(_)) && self.others.is_some()
    }

    pub(super) fn of(visited: Visited, within: Duration, others: Option<String>) -> Self {
        let none = Answer::None;
        let answer = match visited.end {
            ACCEPTS => Answer::Accepted,
            VisitEnd::Exited { code } => Answer::Rejected { code },
            VisitEnd::TooLong => Answer::Late(within),
            VisitEnd::OutOfMemory => none("killed for want of memory".to_owned()),
            // Its image and all that runs in it are the submission's.
            VisitEnd::Unusable { why } => none(format!("their container did not last: {why}")),
        };
        Self {
            answer,
            took: visited.took,
            log: visited.log,
            others,
        }
    }
}

/// A run that says the same in less time is the time that counts; whether others were in its way is told of the one
/// that was alone.
pub(super) fn faster(runs: &mut Runs, name: &str, alone: Run) {
    if let Some(Ok(first)) = runs.get_mut(&(name.to_owned(), 1))
        && first.answer == alone.answer
    {
        first.took = first.took.min(alone.took);
        first.others = alone.others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(answer: Answer, seconds: u64) -> Run {
        Run {
            answer,
            took: Duration::from_secs(seconds),
            log: LogTail::default(),
            others: Some("busy".to_owned()),
        }
    }

    #[test]
    fn only_a_run_that_says_the_same_is_a_faster_one() {
        let took = |answer, seconds| {
            let first = ("good".to_owned(), 1);
            let mut runs = Runs::from([(first.clone(), Ok(run(Answer::Accepted, 21)))]);
            let mut alone = run(answer, seconds);
            alone.others = None;
            faster(&mut runs, "good", alone);
            let run = runs[&first].as_ref().unwrap();
            (run.took.as_secs(), run.others.is_some())
        };
        assert_eq!(took(Answer::Accepted, 3), (3, false));
        assert_eq!(took(Answer::Accepted, 30), (21, false));
        assert_eq!(took(Answer::Rejected { code: 1 }, 3), (21, true));
        assert_eq!(took(Answer::Late(Duration::from_secs(3)), 3), (21, true));
    }
}
