//! Whose fault it is when answers under load are not as they must be.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use grader::Events;
use report::{
    event::{Event, Phase},
    model::{Blame, CheckReport, Evidence, Outcome},
};
use runner::Turns;
use serde_json::json;
use tokio::sync::Notify;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path_regex};

use crate::bench::{Behind, Holds, graded, graded_held, graded_in_turn};

/// A machine that is busy with other things says nothing: then it is asked again.
const TRIES: u32 = 4;

const LOAD: &str = "
  - id: one
    title: One
    skill: api-design
    points: 3
    steps:
      - load:
          requests: [{ request: { send: GET /items/x, expect: { status: 200, json: { n: 1 } } } }]
          rate: 100
          warm_up: 50ms
          duration: 300ms
          expect: { errors: 0, p99: 1m }
";

const CAPACITY: &str = "
  - id: one
    title: One
    skill: api-design
    points: 3
    steps:
      - capacity:
          requests: [{ request: { send: GET /items/x, expect: { status: 200, json: { n: 1 } } } }]
          from: 100
          to: 200
          warm_up: 50ms
          duration: 200ms
          objective: { p99: 1m, errors: 0.5 }
          expect: { rate: 100 }
";

async fn loaded(app: SocketAddr, behind: Behind) -> CheckReport {
    let mut tries = 1;
    // What is sent when the last was answered is never late.
    let load = LOAD.replace("rate: 100", "connections: 2");
    let load = load.replace(", p99: 1m", "");
    loop {
        let report = graded(app, behind, &load).await;
        let check = report.checks.into_iter().next().unwrap();
        let reason = check.reason.as_deref().unwrap_or_default();
        if tries == TRIES || !reason.contains("rounds said nothing") {
            return check;
        }
        tries += 1;
    }
}

async fn answers(n: u32) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "n": n }));
    let mock = Mock::given(path_regex("^/items/")).respond_with(answer);
    mock.mount(&server).await;
    server
}

fn came_to(check: &CheckReport, outcome: Outcome, because: &str) {
    let reason = check.reason.as_deref().unwrap_or_default();
    assert_eq!(check.outcome, outcome, "{reason}");
    assert!(reason.contains(because), "{reason}");
}

#[tokio::test]
async fn right_answers_hold_and_wrong_ones_are_shown() {
    let server = answers(1).await;
    let check = loaded(*server.address(), Behind::Running).await;
    came_to(&check, Outcome::Passed, "");
    // What was measured is told where nothing is wrong, too.
    let [Evidence::Load(load)] = &check.evidence[..] else {
        panic!("{:?}", check.evidence);
    };
    assert!(load.sides[0].runs[0].p50_ms.is_some(), "{load:?}");
    let server = answers(2).await;
    let check = loaded(*server.address(), Behind::Running).await;
    let because = "answers under load were wrong: GET /items/x: json $.n should be 1, was 2";
    came_to(&check, Outcome::Failed, because);
    let Evidence::Load(load) = &check.evidence[0] else {
        panic!("{:?}", check.evidence);
    };
    let run = &load.sides[0].runs[0];
    assert_eq!((run.right, run.p50_ms), (0, None));
    assert_eq!(run.errors[0].what, "wrong answer");
    assert_eq!(load.samples[0].mismatches[0].actual, "2");
}

#[tokio::test]
async fn who_does_not_answer_loses_unless_the_host_is_out_of_order() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let check = loaded(nobody, Behind::Running).await;
    came_to(
        &check,
        Outcome::Failed,
        "the submission runs but refuses connections",
    );
    let check = loaded(nobody, Behind::Dies).await;
    came_to(&check, Outcome::Failed, "the submission died ");
    let check = loaded(nobody, Behind::DiskFull).await;
    came_to(&check, Outcome::Errored, "the engine's disk is full");
    assert_eq!(check.blame, Some(Blame::Ours));
}

/// Grades by one check while somebody else is on the engine; whether they still were when it began.
async fn began_in_company(checks: &str) -> bool {
    let server = answers(1).await;
    let folder = tempfile::tempdir().unwrap();
    let turns = Turns::new(folder.path(), "bench");
    let company = turns.shared().await;
    let is_alone = Arc::new(AtomicBool::new(false));
    let began = Arc::new(AtomicBool::new(false));
    let ready = Arc::new(Notify::new());
    let (alone, began_alone, told) = (is_alone.clone(), began.clone(), ready.clone());
    let events = Events::new(move |event| match event {
        Event::PhaseStarted {
            phase: Phase::Checks,
            ..
        } => told.notify_one(),
        Event::CheckStarted { .. } => {
            began_alone.store(alone.load(Ordering::SeqCst), Ordering::SeqCst);
        }
        _ => {}
    });
    let leaving = async {
        ready.notified().await;
        // For one that does not wait to go wrong in.
        tokio::time::sleep(Duration::from_millis(200)).await;
        is_alone.store(true, Ordering::SeqCst);
        drop(company);
    };
    let (report, ()) = tokio::join!(
        graded_in_turn(*server.address(), &turns, checks, &events),
        leaving
    );
    assert_ne!(report.checks[0].outcome, Outcome::Errored);
    !began.load(Ordering::SeqCst)
}

#[tokio::test]
async fn who_measures_waits_until_the_others_have_left() {
    assert!(!began_in_company(LOAD).await);
    assert!(!began_in_company(CAPACITY).await);
    let ordinary = "
  - id: one
    title: One
    skill: api-design
    points: 3
    steps: [{ request: { send: GET /items/x, expect: { status: 200 } } }]
";
    assert!(began_in_company(ordinary).await);
}

#[tokio::test]
async fn programs_are_let_go_of_at_the_end_and_in_the_middle() {
    if thread::available_parallelism().unwrap().get() < 2 {
        return;
    }
    let server = answers(1).await;
    for checks in [LOAD, CAPACITY] {
        let holds = Holds::default();
        let report = graded_held(*server.address(), checks, &holds).await;
        assert_ne!(report.checks[0].outcome, Outcome::Errored);
        let asked = holds.lock().unwrap().clone();
        assert!(asked[0].starts_with("OffCore("), "{asked:?}");
        assert_eq!(asked.last().unwrap(), "Free");
        assert_eq!(asked.len(), 2, "{asked:?}");
        // Whoever waits for the grade goes away.
        let long = checks.replace("duration: 300ms", "duration: 30s");
        let long = long.replace("duration: 200ms", "duration: 30s");
        let holds = Holds::default();
        let held = async {
            while holds.lock().unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            report = graded_held(*server.address(), &long, &holds) => panic!("{report:?}"),
            () = held => {}
        }
        assert_eq!(holds.lock().unwrap().last().unwrap(), "let go");
    }
}

#[tokio::test]
async fn what_comes_before_a_measurement_is_sent_once_and_must_hold() {
    for step in [LOAD, CAPACITY] {
        let server = answers(1).await;
        let key = ResponseTemplate::new(200).set_body_json(json!({ "key": "x" }));
        let mock = Mock::given(path_regex("^/key$")).respond_with(key);
        mock.expect(1).mount(&server).await;
        let setup = |status| {
            format!(
                "setup: [{{ send: GET /key, expect: {{ status: {status}, capture: {{ key: $.key }} }} }}]"
            )
        };
        let step = step.replace("GET /items/x", "GET /items/{{ key }}");
        let step = step.replace(
            "{ send: GET /items/{{ key }},",
            "{ send: \"GET /items/{{ key }}\",",
        );
        let with = |status| {
            step.replace(
                "requests:",
                &format!("{}\n          requests:", setup(status)),
            )
        };
        let report = graded(*server.address(), Behind::Running, &with(200)).await;
        let check = report.checks.into_iter().next().unwrap();
        let reason = check.reason.as_deref().unwrap_or_default();
        assert!(!reason.contains("key"), "{reason}");
        assert!(
            matches!(check.outcome, Outcome::Passed | Outcome::Inconclusive),
            "{reason}"
        );
        server.verify().await;
        let report = graded(*server.address(), Behind::Running, &with(201)).await;
        let check = report.checks.into_iter().next().unwrap();
        came_to(
            &check,
            Outcome::Failed,
            "GET /key: status should be 201, was 200",
        );
        server.reset().await;
    }
}
