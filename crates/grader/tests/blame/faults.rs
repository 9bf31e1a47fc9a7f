//! Whose it is what happens while a service is in trouble by our doing.

use std::net::SocketAddr;

use report::model::{Blame, Evidence, Outcome, Report};
use serde_json::json;
use tokio::net::TcpListener;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::bench::{Behind, graded_breaking};

const CHECKS: &str = "
  - id: breaks
    title: Breaks
    skill: scalability
    points: 3
    steps:
      - fault: { service: db, is: paused, steps: [{ request: { send: GET /one, expect: { status: 200 } } }] }
  - id: plain
    title: Plain
    skill: api-design
    points: 1
    steps:
      - request: { send: GET /one, expect: { status: 200 } }
";

async fn answering(status: u16) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/one"))
        .respond_with(ResponseTemplate::new(status).set_body_json(json!({})))
        .mount(&server)
        .await;
    server
}

async fn grade(status: u16, behind: Behind) -> (Report, Vec<String>) {
    let server = answering(status).await;
    graded_breaking(*server.address(), behind, CHECKS).await
}

fn outcomes(report: &Report) -> [(Outcome, Option<Blame>); 2] {
    [0, 1].map(|place| (report.checks[place].outcome, report.checks[place].blame))
}

fn reason(report: &Report) -> &str {
    report.checks[0].reason.as_deref().unwrap_or_default()
}

const PASSED: (Outcome, Option<Blame>) = (Outcome::Passed, None);
const LOST: (Outcome, Option<Blame>) = (Outcome::Failed, Some(Blame::Submission));
const OURS: (Outcome, Option<Blame>) = (Outcome::Errored, Some(Blame::Ours));
const BOTH: [&str; 2] = ["break db Paused", "mend db"];

#[tokio::test]
async fn what_is_answered_in_a_fault_is_graded_and_the_fault_taken_back() {
    let (report, told) = grade(200, Behind::Running).await;
    assert_eq!(outcomes(&report), [PASSED, PASSED]);
    assert_eq!(told, BOTH);

    let (report, told) = grade(500, Behind::Running).await;
    assert_eq!(outcomes(&report), [LOST, LOST]);
    assert!(
        reason(&report).starts_with("while `db` was paused: GET /one: "),
        "{}",
        reason(&report)
    );
    assert_eq!(told, BOTH);
    let Evidence::Fault(fault) = &report.checks[0].evidence[0] else {
        panic!("{:?}", report.checks[0].evidence);
    };
    assert!(fault.back_after_ms.is_some());
}

#[tokio::test]
async fn a_fault_that_cannot_be_made_or_taken_back_costs_nobody_a_point() {
    let (report, told) = grade(200, Behind::FaultRefused).await;
    assert_eq!(outcomes(&report), [OURS, PASSED]);
    assert_eq!(told, BOTH);
    // Of what follows nobody knows what it would have been.
    for status in [200, 500] {
        let (report, _) = grade(status, Behind::FaultStays).await;
        assert_eq!(outcomes(&report), [OURS, OURS], "{}", reason(&report));
        assert!(
            reason(&report)
                .contains("`db` was paused by the grader, and that could not be taken back"),
            "{}",
            reason(&report)
        );
    }
}

#[tokio::test]
async fn a_service_that_comes_back_without_the_submission_alone_is_the_submissions() {
    let (report, _) = grade(200, Behind::FaultKept).await;
    assert_eq!(outcomes(&report), [LOST, PASSED]);
    assert!(
        reason(&report).contains("it is silent"),
        "{}",
        reason(&report)
    );
}

#[tokio::test]
async fn a_submission_that_ended_in_a_fault_has_failed_whatever_it_answered() {
    let (report, told) = grade(200, Behind::Dies).await;
    assert_eq!(outcomes(&report), [LOST, PASSED]);
    assert_eq!(
        reason(&report),
        "the submission died while `db` was paused: exit code 7"
    );
    assert_eq!(told, BOTH);
}

#[tokio::test]
async fn without_containers_services_are_left_alone_and_nobody_loses() {
    let (report, told) = grade(200, Behind::NoFaults).await;
    let nobody = (Outcome::Skipped, Some(Blame::Nobody));
    assert_eq!(outcomes(&report), [nobody, PASSED]);
    assert_eq!(told, Vec::<String>::new());
}

/// The steps are cut off in the middle.
#[tokio::test]
async fn a_fault_is_taken_back_when_the_checks_time_is_over() {
    let checks = CHECKS.replace(
        "is: paused, steps: [{ request: { send: GET /one, expect: { status: 200 } } }]",
        "is: stopped, steps: [{ eventually: { within: 1m, steps: [{ request: { send: GET /two, \
         expect: { status: 200 } } }] } }]",
    );
    assert_ne!(checks, CHECKS);
    let server = answering(200).await;
    let (report, told) = graded_breaking(*server.address(), Behind::Running, &checks).await;
    assert_eq!(outcomes(&report), [LOST, PASSED]);
    assert_eq!(
        reason(&report),
        "while `db` was stopped: too slow: the check was not done within 2 s"
    );
    assert_eq!(told, ["break db Stopped", "mend db"]);
    let is_fault = |evidence: &Evidence| matches!(evidence, Evidence::Fault(_));
    assert!(report.checks[0].evidence.iter().any(is_fault));

    let (report, _) = graded_breaking(*server.address(), Behind::FaultStays, &checks).await;
    assert_eq!(outcomes(&report), [OURS, OURS]);
    assert!(reason(&report).contains("too slow"), "{}", reason(&report));
}

/// Either takes longer than the whole check has.
#[tokio::test]
async fn to_make_a_fault_and_to_take_it_back_is_not_the_checks_time() {
    let checks = CHECKS.replace(
        "steps: [{ request: { send: GET /one, expect: { status: 200 } } }]",
        "steps: [{ eventually: { within: 1m, steps: [{ request: { send: GET /one, expect: \
         { status: 200 } } }] } }]",
    );
    assert_ne!(checks, CHECKS);
    let server = answering(200).await;
    let (report, told) = graded_breaking(*server.address(), Behind::FaultTakesLong, &checks).await;
    assert_eq!(outcomes(&report), [PASSED, PASSED], "{}", reason(&report));
    assert_eq!(told, BOTH);
}

/// Whoever does not answer at all.
#[tokio::test]
async fn a_submission_that_hangs_in_a_fault_has_failed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let (report, told) = graded_breaking(address, Behind::Running, CHECKS).await;
    assert_eq!(outcomes(&report), [LOST, LOST]);
    assert!(
        reason(&report).starts_with("while `db` was paused: GET /one: too slow"),
        "{}",
        reason(&report)
    );
    assert_eq!(told, BOTH);
}
