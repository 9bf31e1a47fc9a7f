//! What the answers of the submission's tests come to in a step.

use std::time::Duration;

use challenge_spec::model::OwnSuiteStep;
use runner::LogTail;

use super::run::{Answer, Run, Runs};

/// Why a step does not hold.
#[derive(Debug)]
pub(super) enum Lost {
    /// There is evidence against the submission; and perhaps others had the cores meanwhile.
    Theirs { seen: Seen, others: Option<String> },
    /// It was late, and others had the cores.
    Nobodys(Seen),
    /// Something of ours broke.
    Ours(String),
}

/// What a run came to, and what was printed in it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) reason: String,
    pub(super) run: String,
    pub(super) log: LogTail,
}

/// What was to be said of an implementation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Accept,
    Reject,
}

/// Whether the tests accept what they are to accept and reject what they are to reject, each time. Evidence
/// against the submission comes before what broke or was late beside it.
pub(super) fn judge(step: &OwnSuiteStep, rejects: &[&str], runs: &Runs) -> Result<(), Lost> {
    let accepts = step.accepts.iter().map(|name| (name.as_str(), Due::Accept));
    let rejects = rejects.iter().map(|name| (*name, Due::Reject));
    let mut first = None;
    for (name, due) in accepts.chain(rejects) {
        match one(step, name, due, runs) {
            Ok(()) => {}
            Err(theirs @ Lost::Theirs { .. }) => return Err(theirs),
            Err(other) => {
                first.get_or_insert(other);
            }
        }
    }
    first.map_or(Ok(()), Err)
}

fn one(step: &OwnSuiteStep, name: &str, due: Due, runs: &Runs) -> Result<(), Lost> {
    let mut broken = None;
    let mut ended: Vec<(u32, &Run)> = Vec::new();
    for number in 1..=step.times {
        match runs.get(&(name.to_owned(), number)) {
            Some(Ok(run)) => ended.push((number, run)),
            Some(Err(why)) => broken = Some(why.clone()),
            None => broken = Some(format!("nothing was run against `{name}`")),
        }
    }
    let mut missed: Vec<_> = ended.iter().collect();
    missed.retain(|(_, run)| !due.is_met_by(&run.answer));
    // What is their own doing comes first.
    missed.sort_by_key(|(_, run)| run.was_kept());
    if let Some((number, run)) = missed.first() {
        let reason = due.missed(name, &run.answer, &same_or_not(&ended));
        let seen = seen(reason, name, *number, run);
        return Err(match &run.others {
            Some(others) if run.was_kept() => seen.nobodys(others),
            others => Lost::Theirs {
                seen,
                others: others.clone(),
            },
        });
    }
    if let Some(why) = broken {
        return Err(Lost::Ours(why));
    }
    let Some(within) = step.within else {
        return Ok(());
    };
    let fastest = ended.iter().min_by_key(|(_, run)| run.took);
    match fastest {
        Some((number, run)) if run.took > within.get() => {
            let reason = format!(
                "against `{name}` the tests took {} s{}, more than {within}",
                rounded(run.took),
                if step.times > 1 { " at best" } else { "" }
            );
            let seen = seen(reason, name, *number, run);
            // The first was measured once more, with none of ours beside it.
            let alone = ended.iter().find(|(number, _)| *number == 1);
            Err(match alone.and_then(|(_, run)| run.others.as_ref()) {
                Some(others) => seen.nobodys(others),
                None => Lost::Theirs { seen, others: None },
            })
        }
        _ => Ok(()),
    }
}

impl Due {
    fn is_met_by(self, answer: &Answer) -> bool {
        match self {
            Self::Accept => *answer == Answer::Accepted,
            Self::Reject => matches!(answer, Answer::Rejected { .. }),
        }
    }

    fn missed(self, name: &str, answer: &Answer, each: &str) -> String {
        match (answer, self) {
            (Answer::None(why), _) => format!("the tests say nothing of `{name}`: {why}{each}"),
            (Answer::Late(within), _) => format!(
                "the tests say nothing of `{name}`: not done within {} s{each}",
                within.as_secs_f32()
            ),
            (Answer::Rejected { code }, _) => format!(
                "the tests reject `{name}`, which is correct: they end with exit code {code}{each}"
            ),
            (Answer::Accepted, _) => {
                format!("the tests accept `{name}`, which is defective{each}")
            }
        }
    }
}

/// Told where the answers differ.
fn same_or_not(ended: &[(u32, &Run)]) -> String {
    let kind = |answer: &Answer| match answer {
        Answer::Accepted => "accepted",
        Answer::Rejected { .. } => "rejected",
        Answer::None(_) | Answer::Late(_) => "said nothing",
    };
    let kinds: Vec<&str> = ended.iter().map(|(_, run)| kind(&run.answer)).collect();
    if kinds.iter().all(|kind| *kind == kinds[0]) {
        return String::new();
    }
    format!("; not the same each time: {}", kinds.join(", "))
}

fn seen(reason: String, name: &str, number: u32, run: &Run) -> Seen {
    Seen {
        reason,
        run: format!("tests against {name}, run {number}"),
        log: run.log.clone(),
    }
}

impl Seen {
    fn nobodys(mut self, others: &str) -> Lost {
        self.reason = format!("{}, but {others}", self.reason);
        Lost::Nobodys(self)
    }
}

fn rounded(took: Duration) -> f64 {
    (took.as_secs_f64() * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCEPTED: Answer = Answer::Accepted;
    const REJECTED: Answer = Answer::Rejected { code: 1 };

    const LATE: Answer = Answer::Late(Duration::from_secs(9));

    fn step(times: u32) -> OwnSuiteStep {
        OwnSuiteStep {
            accepts: vec!["good".to_owned()],
            rejects: vec!["bad".to_owned()],
            choose: None,
            times,
            within: None,
        }
    }

    fn runs(of: &[(&str, &[Answer])]) -> Runs {
        let mut runs = Runs::new();
        for (name, answers) in of {
            for (answer, number) in answers.iter().zip(1..) {
                let run = Run {
                    answer: answer.clone(),
                    took: Duration::from_secs(3),
                    log: LogTail::default(),
                    others: None,
                };
                runs.insert(((*name).to_owned(), number), Ok(run));
            }
        }
        runs
    }

    fn lost(step: &OwnSuiteStep, runs: &Runs) -> String {
        match judge(step, &["bad"], runs) {
            Ok(()) => "holds".to_owned(),
            Err(Lost::Theirs { seen, others }) => {
                let note = others.map_or_else(String::new, |others| format!("; note: {others}"));
                format!("{} ({}){note}", seen.reason, seen.run)
            }
            Err(Lost::Nobodys(seen)) => format!("nobody's: {} ({})", seen.reason, seen.run),
            Err(Lost::Ours(why)) => format!("ours: {why}"),
        }
    }

    #[test]
    fn always_the_same_answer_holds_never() {
        for answer in [ACCEPTED, REJECTED, Answer::None("gone".to_owned()), LATE] {
            let same = [("good", &[answer.clone()][..]), ("bad", &[answer][..])];
            assert!(judge(&step(1), &["bad"], &runs(&same)).is_err());
        }
        let right = runs(&[("good", &[ACCEPTED]), ("bad", &[REJECTED])]);
        assert_eq!(lost(&step(1), &right), "holds");
    }

    #[test]
    fn what_was_said_wrongly_is_named() {
        let of = |good: &[Answer], bad: &[Answer], times| {
            lost(&step(times), &runs(&[("good", good), ("bad", bad)]))
        };
        assert_eq!(
            of(&[REJECTED], &[REJECTED], 1),
            "the tests reject `good`, which is correct: they end with exit code 1 (tests against good, run 1)"
        );
        assert_eq!(
            of(&[ACCEPTED], &[ACCEPTED], 1),
            "the tests accept `bad`, which is defective (tests against bad, run 1)"
        );
        assert_eq!(
            of(&[ACCEPTED], &[Answer::Late(Duration::from_secs(9))], 1),
            "the tests say nothing of `bad`: not done within 9 s (tests against bad, run 1)"
        );
        assert_eq!(
            of(&[ACCEPTED; 2], &[REJECTED, ACCEPTED], 2),
            "the tests accept `bad`, which is defective; not the same each time: rejected, accepted (tests against bad, run 2)"
        );
    }

    #[test]
    fn what_broke_of_ours_is_not_theirs_unless_they_were_wrong_beside_it() {
        let mut runs = runs(&[("good", &[ACCEPTED, ACCEPTED]), ("bad", &[REJECTED])]);
        runs.insert(("bad".to_owned(), 2), Err("gone".to_owned()));
        assert_eq!(lost(&step(2), &runs), "ours: gone");
        let mut missing = runs;
        missing.remove(&("bad".to_owned(), 2));
        assert_eq!(
            lost(&step(2), &missing),
            "ours: nothing was run against `bad`"
        );
        missing
            .get_mut(&("bad".to_owned(), 1))
            .unwrap()
            .as_mut()
            .unwrap()
            .answer = ACCEPTED;
        assert!(lost(&step(2), &missing).starts_with("the tests accept `bad`"));
    }

    #[test]
    fn the_fastest_run_counts() {
        let mut runs = runs(&[
            ("good", &[ACCEPTED, ACCEPTED]),
            ("bad", &[REJECTED, REJECTED]),
        ]);
        let timed = OwnSuiteStep {
            within: Some(challenge_spec::model::Duration::from_secs(2)),
            ..step(2)
        };
        assert_eq!(
            lost(&timed, &runs),
            "against `good` the tests took 3 s at best, more than 2s (tests against good, run 1)"
        );
        for name in ["good", "bad"] {
            let run = runs.get_mut(&(name.to_owned(), 2)).unwrap();
            run.as_mut().unwrap().took = Duration::from_secs(1);
        }
        assert_eq!(lost(&timed, &runs), "holds");
    }

    #[test]
    fn who_was_late_while_others_had_the_cores_has_not_lost() {
        let of = |good: &[Answer], kept: &[u32], step: &OwnSuiteStep| {
            let mut runs = runs(&[("good", good), ("bad", &[REJECTED, REJECTED])]);
            for ((_, number), run) in &mut runs {
                let others = kept.contains(number).then(|| "busy".to_owned());
                run.as_mut().unwrap().others = others;
            }
            lost(step, &runs)
        };
        let said_nothing = "the tests say nothing of `good`: not done within 9 s";
        assert_eq!(
            of(&[LATE], &[1], &step(1)),
            format!("nobody's: {said_nothing}, but busy (tests against good, run 1)")
        );
        assert_eq!(
            of(&[LATE, LATE], &[1], &step(2)),
            format!("{said_nothing} (tests against good, run 2)")
        );
        // What is said wrongly is wrong, and may have been for want of time.
        assert_eq!(
            of(&[REJECTED], &[1], &step(1)),
            "the tests reject `good`, which is correct: they end with exit code 1 (tests against good, run 1); note: busy"
        );
        let gone = Answer::None("killed for want of memory".to_owned());
        assert!(of(&[gone], &[1], &step(1)).starts_with("the tests say nothing of `good`: killed"));
        let timed = |times| OwnSuiteStep {
            within: Some(challenge_spec::model::Duration::from_secs(2)),
            ..step(times)
        };
        let slow = "against `good` the tests took 3 s";
        assert_eq!(
            of(&[ACCEPTED], &[1], &timed(1)),
            format!("nobody's: {slow}, more than 2s, but busy (tests against good, run 1)")
        );
        // The second had others of this grade beside it; the first was measured alone.
        assert_eq!(
            of(&[ACCEPTED, ACCEPTED], &[2], &timed(2)),
            format!("{slow} at best, more than 2s (tests against good, run 1)")
        );
    }
}
