use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use grader::Events;
use report::{
    event::Event,
    model::{Blame, Evidence, Outcome, Report},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::bench::{Behind, graded, graded_with, silent};

const ONE: &str = "
  - id: one
    title: One
    skill: api-design
    points: 3
    ask: Why?
    steps:
      - request: { send: GET /one, expect: { status: 200, json: { n: 1 }, capture: { n: $.n } } }
  - id: two
    title: Two
    skill: security
    points: 2
    requires: [one]
    steps:
      - request: { send: GET /one }
";

const LOGS: &str = "
  - id: one
    title: One
    skill: observability
    points: 3
    steps:
      - logs: { within: 60ms, where: { id: a } }
";

#[tokio::test]
async fn advice_on_the_language_that_cannot_be_had_costs_nothing() {
    let server = answers(200, json!({ "n": 1 })).await;
    for (behind, why) in [
        (Behind::WithPractice, "in containers"),
        (Behind::WithPracticeOfNothing, "no source files"),
    ] {
        let report = graded(*server.address(), behind, ONE).await;
        let practice = report.practice.unwrap();
        assert_eq!(practice.skill, "language-practice");
        let not_run = practice.not_run.unwrap();
        assert!(not_run.contains(why), "{not_run}");
        let total = report.total.unwrap();
        assert_eq!((total.earned, total.possible), (5, 5));
    }
    let report = graded(*server.address(), Behind::Running, ONE).await;
    assert_eq!(report.practice, None);
}

#[tokio::test]
async fn a_line_that_is_not_there_is_the_submissions_an_engine_without_a_log_is_ours() {
    let server = answers(200, json!({})).await;
    let report = graded(*server.address(), Behind::Running, LOGS).await;
    let check = &report.checks[0];
    assert_eq!(check.outcome, Outcome::Failed);
    assert_eq!(
        check.reason.as_deref().unwrap(),
        "the log (0 lines since the check began): lines that match should be at least 1, was 0"
    );
    assert!(matches!(&check.evidence[0], Evidence::Printed(printed) if printed.seen == 0));

    let report = graded(*server.address(), Behind::LogGone, LOGS).await;
    let check = &report.checks[0];
    assert_eq!(check.outcome, Outcome::Errored);
    assert_eq!(check.blame, Some(Blame::Ours));
}

#[tokio::test]
async fn a_submission_that_does_not_come_up_on_a_clean_database_loses_the_check() {
    let checks = ONE.replacen("    points: 3", "    points: 3\n    reset: database", 1);
    let server = answers(200, json!({ "n": 1 })).await;
    let report = graded(*server.address(), Behind::Running, &checks).await;
    assert_eq!(report.checks[0].outcome, Outcome::Passed);

    let report = graded(*server.address(), Behind::NotBack, &checks).await;
    let check = &report.checks[0];
    assert_eq!(
        (check.outcome, check.blame),
        (Outcome::Failed, Some(Blame::Submission))
    );
    let reason = check.reason.as_deref().unwrap();
    let expected = "the submission did not start again on a clean database: ";
    assert!(reason.starts_with(expected), "{reason}");
    let Evidence::Log(log) = &check.evidence[0] else {
        panic!("{:?}", check.evidence);
    };
    assert_eq!(
        (log.source.as_str(), log.lines.as_slice()),
        ("migrate", &["no such table".to_owned()][..])
    );
}

/// A submission that fills it is stopped at its limit, long before.
#[tokio::test]
async fn a_full_disk_costs_nobody_a_point() {
    let server = answers(200, json!({ "n": 1 })).await;
    let report = graded(*server.address(), Behind::DiskFull, ONE).await;
    assert_eq!(report.checks[0].outcome, Outcome::Passed);

    let server = answers(500, json!({})).await;
    let report = graded(*server.address(), Behind::DiskFull, ONE).await;
    let check = &report.checks[0];
    assert_eq!(
        (check.outcome, check.blame),
        (Outcome::Errored, Some(Blame::Ours))
    );
    let reason = check.reason.as_deref().unwrap();
    let expected = "the engine's disk is full; what came of it: ";
    assert!(reason.starts_with(expected), "{reason}");
    assert!(reason.contains("500"), "{reason}");
    assert!(!check.evidence.is_empty());
    assert_eq!(report.total.unwrap().undecided, 5);
}

async fn answers(status: u16, body: serde_json::Value) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/one"))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .mount(&server)
        .await;
    server
}

/// A server that reads a request and closes the connection.
async fn closes() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 1024];
            let _ = stream.read(&mut head).await;
            let _ = stream.shutdown().await;
        }
    });
    address
}

/// A server that reads a request and says nothing.
fn outcomes(report: &Report) -> Vec<(Outcome, Option<Blame>)> {
    report
        .checks
        .iter()
        .map(|check| (check.outcome, check.blame))
        .collect()
}

fn score(report: &Report) -> (u32, u32, u32) {
    let total = report.total.unwrap();
    assert_eq!(total.earned + total.lost + total.undecided, total.possible);
    (total.earned, total.lost, total.undecided)
}

#[tokio::test]
async fn a_right_answer_earns() {
    let server = answers(200, json!({ "n": 1, "more": true })).await;
    let report = graded(*server.address(), Behind::Running, ONE).await;
    assert_eq!(score(&report), (5, 0, 0), "{:?}", report.checks);
}

#[tokio::test]
async fn a_wrong_answer_is_lost_with_its_evidence_and_what_needs_it_is_skipped() {
    let server = answers(200, json!({ "n": 2 })).await;
    let report = graded(*server.address(), Behind::Running, ONE).await;
    let submission = Some(Blame::Submission);
    assert_eq!(
        outcomes(&report),
        [
            (Outcome::Failed, submission),
            (Outcome::Skipped, submission)
        ]
    );
    assert_eq!(score(&report), (0, 5, 0));
    let Evidence::Exchange(exchange) = &report.checks[0].evidence[0] else {
        panic!("no exchange");
    };
    assert_eq!(exchange.mismatches[0].expected, "1");
    assert_eq!(exchange.mismatches[0].actual, "2");
    assert!(exchange.diff.is_some() && exchange.curl.contains("/one"));
    assert_eq!(report.checks[0].ask.as_deref(), Some("Why?"));
}

#[tokio::test]
async fn a_process_that_is_gone_is_said_to_have_died_with_its_last_words() {
    let report = graded(closes().await, Behind::Dies, ONE).await;
    assert_eq!(score(&report), (0, 5, 0));
    let reason = report.checks[0].reason.as_deref().unwrap();
    assert!(
        reason.contains("died during GET /one: exit code 7"),
        "{reason}"
    );
    assert!(
        report.checks[0]
            .evidence
            .iter()
            .any(|evidence| matches!(evidence, Evidence::Log(log) if log.lines == ["last words"]))
    );
}

#[tokio::test]
async fn a_process_that_runs_and_says_nothing_is_too_slow() {
    let report = graded(silent().await, Behind::Running, ONE).await;
    assert_eq!(score(&report), (0, 5, 0));
    let reason = report.checks[0].reason.as_deref().unwrap();
    assert!(reason.contains("too slow"), "{reason}");
}

#[tokio::test]
async fn an_engine_that_is_gone_costs_nobody_a_point() {
    for behind in [Behind::EngineGone, Behind::NeverOpened] {
        let report = graded(closes().await, behind, ONE).await;
        assert_eq!(score(&report), (0, 0, 5), "{behind:?}");
        assert_eq!(report.checks[0].outcome, Outcome::Errored);
    }
}

const OF_A_DATABASE: &str = "
  - id: passes
    title: Passes
    skill: api-design
    points: 1
    steps:
      - request: { send: GET /one, expect: { status: 200 } }
  - id: fails
    title: Fails
    skill: api-design
    points: 2
    steps:
      - request: { send: GET /one, expect: { json: { n: 2 } } }
  - id: behind
    title: Behind
    skill: api-design
    points: 4
    requires: [fails]
    steps:
      - request: { send: GET /one }
  - id: queries
    title: Queries
    skill: api-design
    points: 8
    steps:
      - request: { send: GET /one }
      - eventually:
          within: 5s
          steps:
            - sql: { query: select 1 as n, expect: { rows: [{ n: 1 }] } }
";

#[tokio::test]
async fn a_service_that_is_wanting_costs_nobody_a_point() {
    let server = answers(200, json!({ "n": 1 })).await;
    let report = graded(*server.address(), Behind::NoDatabase, OF_A_DATABASE).await;
    assert_eq!(score(&report), (1, 0, 14), "{:?}", report.checks);
    let nobody = (Outcome::Skipped, Some(Blame::Nobody));
    assert_eq!(
        outcomes(&report),
        [(Outcome::Passed, None), nobody, nobody, nobody]
    );
    let want = "for want of the service `db` (not installed)";
    let reason = |place: usize| report.checks[place].reason.clone().unwrap();
    assert!(
        reason(1).starts_with("GET /one: json $.n should be 2"),
        "{}",
        reason(1)
    );
    assert!(
        reason(1).ends_with(&format!("; perhaps {want}")),
        "{}",
        reason(1)
    );
    assert!(!report.checks[1].evidence.is_empty());
    assert_eq!(reason(3), want);
    // A check that would ask the service is not run: one of each of the others.
    assert_eq!(server.received_requests().await.unwrap().len(), 2);

    let report = graded(*server.address(), Behind::Running, OF_A_DATABASE).await;
    assert_eq!(score(&report), (1, 6, 8), "{:?}", report.checks);
}

#[tokio::test]
async fn a_start_that_fails_for_want_of_a_service_costs_nobody_a_point() {
    let report = graded(closes().await, Behind::NotStartedWithoutDatabase, ONE).await;
    assert_eq!(score(&report), (0, 0, 5));
    assert!(
        outcomes(&report)
            .iter()
            .all(|end| *end == (Outcome::Skipped, Some(Blame::Nobody)))
    );
    assert_eq!(
        report.checks[0].reason.as_deref(),
        Some(
            "the submission died at start: exit code 1; perhaps for want of the service `db` (not installed)"
        )
    );
    assert_eq!(report.submission_failure.unwrap().kind, "died-at-start");
}

#[tokio::test]
async fn a_submission_that_does_not_build_loses_all_and_says_why() {
    let report = graded(closes().await, Behind::NotBuilt, ONE).await;
    assert_eq!(score(&report), (0, 5, 0));
    assert_eq!(report.submission_failure.unwrap().kind, "did-not-build");
}

#[tokio::test]
async fn a_failed_migration_costs_what_a_failed_start_costs_and_says_so() {
    let report = graded(closes().await, Behind::NotMigrated, ONE).await;
    assert_eq!(score(&report), (0, 5, 0));
    let reason = "the submission's migration failed: exit code 3";
    assert!(
        report
            .checks
            .iter()
            .all(|check| check.reason.as_deref() == Some(reason))
    );
    assert_eq!(report.run.phases.migrate_ms, 70);
    assert_eq!(
        report.run.setup.unwrap().found,
        "Dockerfile at the top: built from it"
    );
    let failure = report.submission_failure.unwrap();
    assert_eq!(
        (failure.kind.as_str(), failure.reason.as_str()),
        ("migration-failed", reason)
    );
    let [Evidence::Log(log)] = failure.evidence.as_slice() else {
        panic!("{:?}", failure.evidence);
    };
    assert_eq!(
        (log.source.as_str(), log.lines[0].as_str()),
        ("migrate", "no such table")
    );
}

#[tokio::test]
async fn a_mistake_in_its_own_file_is_the_submissions_and_nothing_is_opened() {
    let manifest = ("tryout.yaml", "runtime: cobol-85\n");
    let silent = Events::silent();
    let report = graded_with(closes().await, Behind::NeverOpened, ONE, manifest, &silent).await;
    assert_eq!(score(&report), (0, 5, 0));
    assert_eq!(report.run.setup, None);
    let failure = report.submission_failure.unwrap();
    assert_eq!(failure.kind, "did-not-build");
    let place = "the submission did not build: tryout.yaml:1:10: ";
    assert!(failure.reason.starts_with(place), "{}", failure.reason);
    assert!(matches!(failure.evidence.as_slice(), [Evidence::Log(log)] if log.lines.len() > 2));
}

#[tokio::test]
async fn how_it_is_run_is_the_first_that_is_told() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let events = Events::new({
        let heard = Arc::clone(&heard);
        move |event| heard.lock().unwrap().push(event)
    });
    let manifest = ("tryout.yaml", "runtime: python-3.13\nstart: ./app\n");
    let report = graded_with(closes().await, Behind::NotBuilt, ONE, manifest, &events).await;
    let found = "tryout.yaml: runtime python-3.13, started by `./app`".to_owned();
    let heard = heard.lock().unwrap();
    assert!(matches!(heard[0], Event::RunStarted { .. }));
    let run = report.run.id.clone();
    assert_eq!(
        heard[1],
        Event::SetupFound {
            run,
            found: found.clone()
        }
    );
    let setup = report.run.setup.unwrap();
    assert_eq!(
        (setup.found, setup.runtime.as_deref()),
        (found, Some("python-3.13"))
    );
}

/// The submission could turn what it would lose into undecided points if a value of its own that
/// breaks a later template counted as our error.
#[tokio::test]
async fn a_captured_value_that_breaks_a_template_is_the_submissions() {
    let checks = "
  - id: one
    title: One
    skill: api-design
    points: 3
    steps:
      - request: { send: GET /one, expect: { status: 200, capture: { n: $.n } } }
      - request: { send: 'GET /{{ n + 1 }}', expect: { status: 404 } }
";
    let server = answers(200, json!({ "n": "not a number" })).await;
    let report = graded(*server.address(), Behind::Running, checks).await;
    assert_eq!(score(&report), (0, 3, 0), "{:?}", report.checks);
}

/// An answer that looks like a matcher must not become one.
#[tokio::test]
async fn an_answer_cannot_bring_its_own_matcher() {
    let checks = "
  - id: one
    title: One
    skill: api-design
    points: 3
    steps:
      - request: { send: GET /one, expect: { status: 200, capture: { n: $.n } } }
      - request: { send: GET /one, expect: { json: { other: '{{ n }}' } } }
";
    let server = answers(200, json!({ "n": { "$any": true }, "other": 7 })).await;
    let report = graded(*server.address(), Behind::Running, checks).await;
    assert_eq!(score(&report), (0, 3, 0), "{:?}", report.checks);
}

#[tokio::test]
async fn eventually_tries_again_and_says_how_often_in_vain() {
    let checks = "
  - id: one
    title: One
    skill: api-design
    points: 3
    steps:
      - eventually:
          within: 500ms
          every: 10ms
          steps:
            - request: { send: GET /one, expect: { json: { n: 1 } } }
";
    let server = MockServer::start().await;
    let body = |n: u32| ResponseTemplate::new(200).set_body_json(json!({ "n": n }));
    Mock::given(path("/one"))
        .respond_with(body(0))
        .up_to_n_times(3)
        .mount(&server)
        .await;
    Mock::given(path("/one"))
        .respond_with(body(1))
        .mount(&server)
        .await;
    let report = graded(*server.address(), Behind::Running, checks).await;
    assert_eq!(score(&report), (3, 0, 0), "{:?}", report.checks);

    let server = answers(200, json!({ "n": 0 })).await;
    let report = graded(*server.address(), Behind::Running, checks).await;
    assert_eq!(score(&report), (0, 3, 0));
    let reason = report.checks[0].reason.as_deref().unwrap();
    assert!(reason.starts_with("still so after 0.5 s"), "{reason}");
}

#[tokio::test]
async fn a_repeat_must_hold_each_time_and_names_the_round_that_did_not() {
    let checks = "
  - id: one
    title: One
    skill: api-design
    points: 3
    steps:
      - repeat:
          times: 3
          steps:
            - request: { send: 'GET /one?n={{ round }}', expect: { json: { n: 1 } } }
";
    let server = answers(200, json!({ "n": 1 })).await;
    let report = graded(*server.address(), Behind::Running, checks).await;
    assert_eq!(score(&report), (3, 0, 0), "{:?}", report.checks);
    let asked = server.received_requests().await.unwrap();
    let rounds: Vec<_> = asked.iter().map(|request| request.url.query()).collect();
    assert_eq!(rounds, [Some("n=0"), Some("n=1"), Some("n=2")]);

    let server = MockServer::start().await;
    let body = |n: u32| ResponseTemplate::new(200).set_body_json(json!({ "n": n }));
    Mock::given(path("/one"))
        .respond_with(body(1))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Mock::given(path("/one"))
        .respond_with(body(0))
        .mount(&server)
        .await;
    let report = graded(*server.address(), Behind::Running, checks).await;
    assert_eq!(score(&report), (0, 3, 0));
    let reason = report.checks[0].reason.as_deref().unwrap();
    assert!(reason.starts_with("round 3 of 3: GET /one?n=2"), "{reason}");
}

#[tokio::test]
async fn a_burst_is_counted_by_status() {
    let checks = |count: u32| {
        format!(
            "  - id: one\n    title: One\n    skill: api-design\n    points: 3\n    steps:\n      - parallel:\n          times: 10\n          request: {{ send: GET /one }}\n          tally: {{ \"200\": {count}, \"409\": {} }}\n",
            10 - count
        )
    };
    let server = MockServer::start().await;
    let status = |status: u16| ResponseTemplate::new(status).set_body_json(json!({}));
    Mock::given(path("/one"))
        .respond_with(status(200))
        .up_to_n_times(4)
        .mount(&server)
        .await;
    Mock::given(path("/one"))
        .respond_with(status(409))
        .mount(&server)
        .await;
    let report = graded(*server.address(), Behind::Running, &checks(4)).await;
    assert_eq!(score(&report), (3, 0, 0), "{:?}", report.checks);
    // The four are used up.
    let report = graded(*server.address(), Behind::Running, &checks(4)).await;
    assert_eq!(score(&report), (0, 3, 0));
    let Evidence::Burst(burst) = &report.checks[0].evidence[0] else {
        panic!("no burst");
    };
    assert_eq!(burst.tally[0].what, "409");
    assert_eq!(burst.tally[0].count, 10);
}
