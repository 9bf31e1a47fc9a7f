//! Who is late while other programs have the cores.

use std::{net::SocketAddr, time::Duration};

use report::model::{Blame, CheckReport, Evidence, Outcome};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::bench::{Behind, graded, silent};

const CHECK: &str = "
  - id: one
    title: One
    skill: api-design
    points: 1
    steps:
      - STEP
";
const ASK: &str = "request: { send: GET /one, expect: { status: 200 } }";
const MANY: &str = "parallel: { times: 3, request: { send: GET /one, expect: { status: 200 } } }";
const SLOW: &str = "request: { send: GET /slow, timeout: 5s, expect: { status: 200 } }";
pub(crate) const OTHERS: &str = "this machine was busy with other things: the submission and its services had to wait for it, \
                      and could have had no more than 0 % of what their cores compute";

async fn check(app: SocketAddr, behind: Behind, step: &str) -> CheckReport {
    let report = graded(app, behind, &CHECK.replace("STEP", step)).await;
    report.checks.into_iter().next().unwrap()
}

pub(crate) fn ended(check: &CheckReport) -> (Outcome, Option<Blame>, &str) {
    let reason = check.reason.as_deref().unwrap_or_default();
    (check.outcome, check.blame, reason)
}

#[tokio::test]
async fn who_is_late_while_others_have_the_cores_has_not_lost() {
    let retried = format!("eventually: {{ within: 1s, steps: [{{ {ASK} }}] }}");
    let again = format!("repeat: {{ times: 2, steps: [{{ {ASK} }}] }}");
    let second = format!("replica: {{ steps: [{{ {ASK} }}] }}");
    let paused = format!("fault: {{ service: db, is: paused, steps: [{{ {ASK} }}] }}");
    let endless = format!("eventually: {{ within: 1m, steps: [{{ {ASK} }}] }}");
    for (step, late) in [
        (ASK, "GET /one: too slow: no whole answer within 0.3 s"),
        (
            MANY,
            "3 of 3 requests at one moment: too slow: no whole answer within 0.3 s",
        ),
        (
            &again,
            "round 1 of 2: GET /one: too slow: no whole answer within 0.3 s",
        ),
        (
            &second,
            "at a second instance: GET /one: too slow: no whole answer within 0.3 s",
        ),
        (
            &paused,
            "while `db` was paused: GET /one: too slow: no whole answer within 0.3 s",
        ),
        (
            &retried,
            "still so after 1 s: GET /one: too slow: no whole answer within 0.3 s",
        ),
        (&endless, "too slow: the check was not done within 2 s"),
    ] {
        let crowded = check(silent().await, Behind::Crowded, step).await;
        let reason = format!("{late}, but {OTHERS}");
        let nobody = (Outcome::Inconclusive, Some(Blame::Nobody), reason.as_str());
        assert_eq!(ended(&crowded), nobody);
        // Where the cores were free, it wanted none, or nobody knows.
        for behind in [Behind::Quiet, Behind::Asleep, Behind::Running] {
            let quiet = check(silent().await, behind, step).await;
            let lost = (Outcome::Failed, Some(Blame::Submission), late);
            assert_eq!(ended(&quiet), lost);
        }
    }
}

/// `/slow` is answered after a while, `/one` much later.
async fn slow_and_late(slow: Duration) -> MockServer {
    let server = MockServer::start().await;
    for (at, after) in [("/slow", slow), ("/one", Duration::from_secs(10))] {
        let answer = ResponseTemplate::new(200).set_delay(after);
        Mock::given(path(at))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    server
}

#[tokio::test]
async fn the_time_of_the_request_counts_and_not_the_quiet_second_before_it() {
    let server = slow_and_late(Duration::from_millis(700)).await;
    for ask in [ASK, MANY] {
        let steps = format!("{SLOW}\n      - {ask}");
        let check = check(*server.address(), Behind::CrowdedLater, &steps).await;
        assert_eq!(check.outcome, Outcome::Inconclusive, "{:?}", check.reason);
    }
}

#[tokio::test]
async fn nor_does_what_others_did_when_it_was_late_already() {
    let server = slow_and_late(Duration::from_millis(1_600)).await;
    let meanwhile = format!("meanwhile: {{ {MANY}, after: 10ms, steps: [{{ {SLOW} }}] }}");
    let check = check(*server.address(), Behind::CrowdedLater, &meanwhile).await;
    assert_eq!(check.outcome, Outcome::Failed, "{:?}", check.reason);
}

/// Whatever this program does meanwhile, it does in the thread that asks.
#[tokio::test]
async fn where_we_do_not_listen_nobody_is_late() {
    let app = silent().await;
    let busy_elsewhere = async {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            std::thread::park_timeout(Duration::from_millis(290));
        }
    };
    let check = tokio::select! {
        check = check(app, Behind::Quiet, ASK) => check,
        never = busy_elsewhere => never,
    };
    assert_eq!(check.outcome, Outcome::Inconclusive, "{:?}", check.reason);
    let reason = check.reason.unwrap_or_default();
    assert!(
        reason.starts_with(
            "GET /one: too slow: no whole answer within 0.3 s, but this program itself stood still for "
        ),
        "{reason}"
    );
}

#[tokio::test]
async fn what_is_wrong_is_wrong_however_busy_the_machine_is() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(500);
    Mock::given(path("/one"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let retried = format!("eventually: {{ within: 1200ms, steps: [{{ {ASK} }}] }}");
    for step in [ASK, MANY, &retried] {
        for behind in [Behind::Crowded, Behind::Asleep] {
            let wrong = check(*server.address(), behind, step).await;
            assert_eq!(wrong.outcome, Outcome::Failed, "{:?}", wrong.reason);
            // It could have been wrong for want of time; in a moment nobody can tell.
            let noted = wrong
                .evidence
                .iter()
                .any(|evidence| matches!(evidence, Evidence::Note(note) if note.contains(OTHERS)));
            assert_eq!(noted, behind == Behind::Crowded && step == retried);
        }
    }
}

#[tokio::test]
async fn who_was_late_is_asked_again_where_that_is_allowed() {
    let retried = format!("eventually: {{ within: 5s, steps: [{{ {ASK} }}] }}");
    let late_once = first_otherwise(None, Some(RIGHT)).await;
    let check = check(late_once, Behind::Crowded, &retried).await;
    assert_eq!(ended(&check), (Outcome::Passed, None, ""));
}

#[tokio::test]
async fn one_wrong_answer_among_late_ones_is_wrong() {
    let wrong_once = first_otherwise(Some(WRONG), None).await;
    let wrong = check(wrong_once, Behind::Crowded, MANY).await;
    let told = "3 requests at one moment: status should be 200, was 500";
    let lost = (Outcome::Failed, Some(Blame::Submission), told);
    assert_eq!(ended(&wrong), lost);
}

#[tokio::test]
async fn who_is_late_for_others_is_not_counted() {
    let counted = "parallel: { times: 3, request: { send: GET /one }, tally: { trouble: 0 } }";
    let crowded = check(silent().await, Behind::Crowded, counted).await;
    assert_eq!(
        crowded.outcome,
        Outcome::Inconclusive,
        "{:?}",
        crowded.reason
    );
    let quiet = check(silent().await, Behind::Quiet, counted).await;
    assert_eq!(quiet.outcome, Outcome::Failed, "{:?}", quiet.reason);
}

const RIGHT: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const WRONG: &[u8] = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n";

/// Answers the first request and all others so; none gets no answer.
async fn first_otherwise(
    first: Option<&'static [u8]>,
    others: Option<&'static [u8]>,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        let mut answer = first;
        while let Ok((mut stream, _)) = listener.accept().await {
            if let Some(answer) = answer {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer).await;
            }
            answer = others;
            held.push(stream);
        }
    });
    address
}
