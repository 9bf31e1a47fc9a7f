//! Tests that do not come to their end: a challenge's own, and those that are handed in.

use report::model::{Blame, CheckReport, Outcome};

use crate::{
    bench::{Behind, graded, silent},
    busy::{OTHERS, ended},
};

const HANDED_IN: &str = "
  - id: one
    title: One
    skill: testing
    points: 1
    steps: [{ own_suite: { accepts: [good], rejects: [bad] } }]
implementations:
  good: { from: good }
  bad: { from: good, patch: bad.patch }
own_suite: { within: 1s }
";
const OF_THE_CHALLENGE: &str = "
  - id: rules/one
    title: One
    skill: testing
    points: 1
    steps: [{ suite: { of: rules, test: it } }]
suites:
  rules: { from: good, run: ./run, within: 1s }
";

async fn check(behind: Behind, checks: &str) -> CheckReport {
    let report = graded(silent().await, behind, checks).await;
    report.checks.into_iter().next().unwrap()
}

#[tokio::test]
async fn tests_that_do_not_end_while_others_have_the_cores_have_not_lost() {
    for (checks, late, programs) in [
        (
            HANDED_IN,
            "the tests say nothing of `good`: not done within 1 s",
            "the tests and what they test",
        ),
        (
            OF_THE_CHALLENGE,
            "the suite was not done within 1 s",
            "the suite and the submission",
        ),
    ] {
        let crowded = check(Behind::Crowded, checks).await;
        let others = OTHERS.replace("the submission and its services", programs);
        let reason = format!("{late}, but {others}");
        let nobody = (Outcome::Inconclusive, Some(Blame::Nobody), reason.as_str());
        assert_eq!(ended(&crowded), nobody);
        assert!(!crowded.evidence.is_empty());
        for behind in [Behind::Quiet, Behind::Asleep, Behind::Running] {
            let quiet = check(behind, checks).await;
            let lost = (Outcome::Failed, Some(Blame::Submission), late);
            assert_eq!(ended(&quiet), lost);
        }
    }
}

#[tokio::test]
async fn what_an_app_takes_from_its_own_tests_is_its_own_doing() {
    let app_too = "
  - id: two
    title: Two
    skill: testing
    points: 1
    steps: [{ request: { send: GET /one, expect: { status: 200 } } }]
implementations:";
    let both = HANDED_IN.replace("\nimplementations:", app_too);
    for (behind, outcome) in [
        (Behind::Crowded, Outcome::Inconclusive),
        (Behind::CrowdedByItself, Outcome::Failed),
    ] {
        let check = check(behind, &both).await;
        assert_eq!(check.outcome, outcome, "{:?}", check.reason);
    }
}

#[tokio::test]
async fn tests_that_had_others_beside_them_are_run_once_more_alone() {
    let check = check(Behind::CrowdedAtFirst, HANDED_IN).await;
    assert_eq!(ended(&check), (Outcome::Passed, None, ""));
}
