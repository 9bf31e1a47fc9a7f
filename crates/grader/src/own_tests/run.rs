//! One run of the submission's tests against an implementation: what it says, and what it took.

use std::{collections::BTreeMap, mem::discriminant, time::Duration};

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
    pub(super) fn is_late(&self) -> bool {
        matches!(self.answer, Answer::Late(_))
    }

    /// Whether it said nothing since others had the cores.
    pub(super) fn was_kept(&self) -> bool {
        self.is_late() && self.others.is_some()
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

/// Where a run was made once more for the time that it took, with none of the grade beside it: the shorter time counts
/// where both say the same, and whether others were in its way is told of this one.
pub(super) fn measured_alone(runs: &mut Runs, name: &str, alone: Result<Run, String>) {
    let Some(run) = runs.get_mut(&(name.to_owned(), 1)) else {
        return;
    };
    match (&mut *run, alone) {
        (Ok(first), Ok(alone)) => {
            if discriminant(&first.answer) == discriminant(&alone.answer) {
                first.took = first.took.min(alone.took);
            }
            first.others = alone.others;
        }
        // Without it nobody knows.
        (Ok(first), Err(why)) if first.others.is_some() => *run = Err(why),
        (Ok(_) | Err(_), _) => {}
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
    fn a_run_that_says_the_same_alone_is_a_faster_one_and_tells_who_was_in_its_way() {
        let measured = |answer, seconds, others: Option<&str>| {
            let first = ("good".to_owned(), 1);
            let before = run(Answer::Rejected { code: 1 }, 21);
            let mut runs = Runs::from([(first.clone(), Ok(before))]);
            let mut alone = run(answer, seconds);
            alone.others = others.map(str::to_owned);
            measured_alone(&mut runs, "good", Ok(alone));
            let run = runs[&first].as_ref().unwrap();
            (run.took.as_secs(), run.others.clone())
        };
        let rejected = |code| Answer::Rejected { code };
        assert_eq!(measured(rejected(1), 3, None), (3, None));
        assert_eq!(measured(rejected(2), 3, None), (3, None));
        assert_eq!(measured(rejected(1), 30, None), (21, None));
        // Who says another thing alone has no excuse from before.
        assert_eq!(measured(Answer::Accepted, 3, None), (21, None));
        let late = || Answer::Late(Duration::from_mins(1));
        assert_eq!(measured(late(), 60, None), (21, None));
        let busy = Some("busy still".to_owned());
        assert_eq!(measured(late(), 60, busy.as_deref()), (21, busy));
    }

    #[test]
    fn what_breaks_of_ours_where_it_would_have_told_is_ours() {
        let measured = |others: Option<&str>| {
            let first = ("good".to_owned(), 1);
            let mut before = run(Answer::Accepted, 21);
            before.others = others.map(str::to_owned);
            let mut runs = Runs::from([(first.clone(), Ok(before))]);
            measured_alone(&mut runs, "good", Err("gone".to_owned()));
            runs[&first].is_ok()
        };
        assert!(measured(None) && !measured(Some("busy")));
    }
}
