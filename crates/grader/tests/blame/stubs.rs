//! Whose it is that a stub does not follow.

use report::model::{Blame, Outcome, Report};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::bench::{Behind, graded};

const CHECKS: &str = "
  - id: counts
    title: Counts
    skill: scalability
    points: 3
    steps:
      - upstream: { steps: [{ request: { send: GET /one, expect: { status: 200 } } }], expect: { calls: 2 } }
  - id: plain
    title: Plain
    skill: api-design
    points: 1
    steps:
      - request: { send: GET /one, expect: { status: 200 } }
";

async fn grade(behind: Behind) -> Report {
    let server = MockServer::start().await;
    Mock::given(path("/one"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "n": 1 })))
        .mount(&server)
        .await;
    graded(*server.address(), behind, CHECKS).await
}

fn outcomes(report: &Report) -> [(Outcome, Option<Blame>); 2] {
    [0, 1].map(|place| (report.checks[place].outcome, report.checks[place].blame))
}

const PASSED: (Outcome, Option<Blame>) = (Outcome::Passed, None);

#[tokio::test]
async fn a_stub_that_follows_decides() {
    assert_eq!(outcomes(&grade(Behind::Running).await), [PASSED, PASSED]);
}

#[tokio::test]
async fn a_stub_that_runs_and_does_not_follow_is_ours() {
    let report = grade(Behind::StubSilent).await;
    assert_eq!(
        outcomes(&report),
        [(Outcome::Errored, Some(Blame::Ours)), PASSED]
    );
}

/// It was brought to it, and costs what needs it; a check that does not is decided all the same.
#[tokio::test]
async fn a_stub_that_died_of_its_use_costs_the_checks_that_need_it() {
    let report = grade(Behind::StubDead).await;
    let lost = (Outcome::Failed, Some(Blame::Submission));
    assert_eq!(outcomes(&report), [lost, PASSED]);
    let reason = report.checks[0].reason.as_deref().unwrap();
    assert!(
        reason.contains("the stub `pricing` died while the submission used it: exit code 101"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_stub_that_is_wanting_costs_nobody_a_point() {
    let report = grade(Behind::NoStub).await;
    assert_eq!(
        outcomes(&report),
        [(Outcome::Skipped, Some(Blame::Nobody)), PASSED]
    );
    let reason = report.checks[0].reason.as_deref().unwrap();
    assert!(
        reason.contains("for want of the service `pricing`"),
        "{reason}"
    );
}
