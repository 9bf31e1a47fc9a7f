//! What is told where a check has a second instance.

use std::net::SocketAddr;

use report::model::{Blame, CheckReport, Evidence, Outcome};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::bench::{Behind, graded};

const TOO_LONG: &str = "
  - id: too-long
    title: Too long
    skill: scalability
    points: 1
    steps:
      - STEP
      - eventually: { within: 1m, steps: [{ request: { send: GET /two, expect: { status: 200 } } }] }
";
const AT_BOTH: &str =
    "replica: { steps: [{ request: { send: GET /one, expect: { status: 200 } } }] }";
const AT_ONE: &str = "request: { send: GET /one, expect: { status: 200 } }";

async fn ran_out_of_time(app: SocketAddr, step: &str) -> CheckReport {
    let report = graded(app, Behind::Running, &TOO_LONG.replace("STEP", step)).await;
    let check = report.checks.into_iter().next().unwrap();
    let reason = check.reason.as_deref();
    assert_eq!(reason, Some("too slow: the check was not done within 2 s"));
    let ended = (check.outcome, check.blame);
    assert_eq!(ended, (Outcome::Failed, Some(Blame::Submission)));
    check
}

fn logs(check: &CheckReport) -> Vec<(&str, &str)> {
    let evidence = check.evidence.iter();
    let logs = evidence.filter_map(|evidence| match evidence {
        Evidence::Log(log) => Some((log.source.as_str(), log.lines[0].as_str())),
        _ => None,
    });
    logs.collect()
}

#[tokio::test]
async fn a_check_without_end_shows_what_each_instance_printed() {
    let server = MockServer::start().await;
    Mock::given(path("/one"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let check = ran_out_of_time(*server.address(), AT_BOTH).await;
    let both = [
        ("app", "last words"),
        ("app, second instance", "the second's last words"),
    ];
    assert_eq!(logs(&check), both);
    let check = ran_out_of_time(*server.address(), AT_ONE).await;
    assert_eq!(logs(&check), both[..1]);
}
