use challenge_spec::model::SuiteTest;
use probe::{evidence, expression::Scope};
use report::model::Evidence;
use runner::{LogTail, visit::VisitEnd};

use super::Place;
use crate::{
    results::TestEnd,
    session::{self, Session},
    suites::Ran,
    verdict::StepEnd,
    watch,
};

/// So many lines of what a test said stand in the report.
const LINES: usize = 60;
/// So many characters of its first line stand in the reason.
const BRIEF: usize = 300;

/// Looks up what the suite said of one test. Only what it said is a pass: a test that is not there, was
/// left out or went down with the suite is none.
pub(super) async fn run(
    session: &Session<'_>,
    step: &SuiteTest,
    scope: &Scope,
    place: &Place,
) -> StepEnd {
    let ran = match session.suites.ran(&step.of).await {
        Ok(ran) => ran,
        Err(why) => return StepEnd::errored(format!("step {place}: {why}")),
    };
    // The suite and its image are the challenge's.
    if let VisitEnd::Unusable { why } = &ran.end {
        let name = &step.of;
        let why = format!(
            "step {place}: the suite `{name}` cannot be run: its container did not last: {why}"
        );
        return StepEnd::errored(why);
    }
    let Err((reason, said)) = judged(&ran, step) else {
        return StepEnd::Held(Vec::new());
    };
    let secrets = session.secrets(scope);
    let hidden = |tail: &LogTail| session::hidden(tail, &secrets);
    let name = &step.of;
    let mut all = Vec::new();
    if let Some(said) = said {
        let source = format!("suite {name}: {}", step.test);
        all.push(session::log(&source, &hidden(&said)));
    }
    all.push(session::log(&format!("suite {name}"), &hidden(&ran.log)));
    all.extend(session.log().await);
    all.retain(|one| !matches!(one, Evidence::Log(log) if log.lines.is_empty()));
    let reason = evidence::text(&reason, &secrets);
    match &ran.others {
        Some(others) if is_late(&ran, step) => StepEnd::Inconclusive {
            reason: format!("{reason}, but {others}"),
            evidence: all,
        },
        others => {
            let note = |others: &String| watch::beside_others("the suite ran", others);
            all.extend(others.as_ref().map(note));
            StepEnd::Failed {
                reason,
                evidence: all,
            }
        }
    }
}

/// Whether a test is lost for want of time alone: it says nothing of it itself that would lose it.
fn is_late(ran: &Ran, step: &SuiteTest) -> bool {
    let said = ran.results.test(&step.test);
    ran.end == VisitEnd::TooLong && !matches!(said, Some(TestEnd::Failed(_) | TestEnd::Skipped(_)))
}

/// In the error, a sentence and what the test itself said.
fn judged(ran: &Ran, step: &SuiteTest) -> Result<(), (String, Option<LogTail>)> {
    let test = &step.test;
    let end = ran.results.test(test);
    match end {
        Some(TestEnd::Failed(said)) => {
            let first = said.lines().find(|line| !line.trim().is_empty());
            let first = first.map(|line| line.trim().chars().take(BRIEF).collect::<String>());
            let reason = match first {
                Some(first) => format!("the test `{test}` failed: {first}"),
                None => format!("the test `{test}` failed"),
            };
            return Err((reason, Some(lines_of(said))));
        }
        Some(TestEnd::Skipped(said)) => {
            let why = if said.is_empty() { "" } else { ": " };
            let said = said.lines().next().unwrap_or_default();
            let reason =
                format!("the suite left out the test `{test}`, which is no pass{why}{said}");
            return Err((reason, None));
        }
        Some(TestEnd::Passed) | None => {}
    }
    let lost = |why: String| Err((why, None));
    match &ran.end {
        VisitEnd::TooLong => lost(format!(
            "the suite was not done within {} s",
            ran.within.as_secs_f32()
        )),
        VisitEnd::Unusable { why } => lost(format!("the suite's container did not last: {why}")),
        VisitEnd::OutOfMemory => lost("the suite was killed for want of memory".to_owned()),
        VisitEnd::Exited { code } => match end {
            _ if !ran.results.unread.is_empty() => lost(format!(
                "the suite ended with exit code {code}, and its results cannot be read: {}",
                ran.results.unread.join("; ")
            )),
            None if ran.results.count() == 0 => lost(format!(
                "the suite ended with exit code {code} and left no result of any test"
            )),
            None => {
                let names: Vec<&str> = ran.results.names().collect();
                let named = lines_of(&format!("it names:\n{}", names.join("\n")));
                let reason = format!(
                    "the suite ended with exit code {code} and says nothing of the test `{test}`"
                );
                Err((reason, Some(named)))
            }
            // Whatever went wrong, what it had said before may be half of it.
            Some(_) if *code != 0 && !ran.results.has_failed() => lost(format!(
                "the suite ended with exit code {code} although no test had failed"
            )),
            Some(_) => Ok(()),
        },
    }
}

fn lines_of(said: &str) -> LogTail {
    let lines: Vec<String> = said.lines().map(str::to_owned).collect();
    LogTail {
        omitted: u64::try_from(lines.len().saturating_sub(LINES)).unwrap_or(u64::MAX),
        lines: lines.into_iter().take(LINES).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::results::Results;

    fn ran(end: VisitEnd, tap: &str) -> Ran {
        Ran {
            end,
            results: Results::of(&[("a.tap".to_owned(), tap.as_bytes().to_vec())]),
            log: LogTail::default(),
            within: Duration::from_secs(5),
            others: None,
        }
    }

    fn verdict(ran: &Ran) -> Result<(), String> {
        let step = SuiteTest {
            of: "s".to_owned(),
            test: "a".to_owned(),
        };
        judged(ran, &step).map_err(|(reason, _)| reason)
    }

    #[test]
    fn only_what_a_whole_suite_said_is_a_pass() {
        let exited = |code, tap| verdict(&ran(VisitEnd::Exited { code }, tap));
        let lost = |why: &str| Err(why.to_owned());
        assert_eq!(exited(0, "1..1\nok 1 - a\n"), Ok(()));
        assert_eq!(exited(1, "1..2\nok 1 - a\nnot ok 2 - b\n"), Ok(()));
        assert_eq!(
            exited(3, "1..1\nok 1 - a\n"),
            lost("the suite ended with exit code 3 although no test had failed")
        );
        assert_eq!(
            exited(0, "1..1\nok 1 - b\n"),
            lost("the suite ended with exit code 0 and says nothing of the test `a`")
        );
        assert_eq!(
            exited(5, "1..0\n"),
            lost("the suite ended with exit code 5 and left no result of any test")
        );
        assert_eq!(
            exited(1, "ok 1 - a\n"),
            lost(
                "the suite ended with exit code 1, and its results cannot be read: a.tap: there is no plan (`1..N`), so that nobody knows whether it is whole"
            )
        );
        assert_eq!(
            exited(0, "1..1\nok 1 - a # SKIP not here\n"),
            lost("the suite left out the test `a`, which is no pass: not here")
        );
        assert_eq!(
            exited(1, "1..1\nnot ok 1 - a\n  ---\n  one: 2\n  ...\n"),
            lost("the test `a` failed: one: 2")
        );
        assert_eq!(
            verdict(&ran(VisitEnd::TooLong, "1..1\nok 1 - a\n")),
            lost("the suite was not done within 5 s")
        );
        assert_eq!(
            verdict(&ran(VisitEnd::OutOfMemory, "1..1\nok 1 - a\n")),
            lost("the suite was killed for want of memory")
        );
    }
}
