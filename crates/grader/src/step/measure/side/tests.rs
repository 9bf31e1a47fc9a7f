use std::net::{SocketAddr, TcpListener};

use http::Uri;
use loadgen::{expectation::Expectation, request::Prepared};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

/// A load on an address where nobody listens.
async fn refused() -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    loaded(address).await
}

async fn loaded(address: SocketAddr) -> Run {
    let address: Uri = format!("http://{address}").parse().unwrap();
    let load = load::Load {
        target: Target::new(&address).unwrap(),
        mix: vec![Weighted {
            name: "one".to_owned(),
            weight: 1,
            request: Prepared::get(Uri::from_static("/")),
            expectation: Expectation::default(),
        }],
        pace: Pace::Closed { connections: 1 },
        warm_up: Duration::ZERO,
        duration: Duration::from_millis(100),
        timeout: Duration::from_secs(1),
        limit: Duration::from_secs(10),
        threads: 1,
        core: None,
        seed: 0,
    };
    let mut measured = run(&load, &Stop::new()).await.unwrap();
    measured.audit.saturated = None;
    Run {
        measured,
        cpu: Some(Duration::from_secs(1)),
        memory_peak: None,
        bearable: Duration::ZERO,
    }
}

#[tokio::test]
async fn a_run_whose_engine_was_the_limit_says_nothing_of_what_did_not_come() {
    let mut run = refused().await;
    let Says::Faults(faults) = run.says(0.5) else {
        panic!("{run:?}");
    };
    assert_eq!((faults.wrong, faults.unanswered), (0, faults.all));
    assert!(faults.all > 0);
    for saturation in [Saturation::Cpu, Saturation::Lag, Saturation::Sockets] {
        run.measured.audit.saturated = Some(saturation);
        assert_eq!(run.says(0.0), Says::Nothing);
    }
    // Nor of what was refused: it may have been asked too much at once.
    run.measured.errors.insert(Trouble::WrongStatus, 500);
    assert_eq!(run.says(0.0), Says::Nothing);
    // What was answered wrong is wrong whatever the engine could do.
    run.measured.errors.insert(Trouble::WrongAnswer, 1000);
    let Says::Faults(faults) = run.says(0.0) else {
        panic!("{run:?}");
    };
    assert_eq!((faults.wrong, faults.unanswered), (1000, 0));
    run.measured.audit.saturated = None;
    run.measured.errors.insert(Trouble::WrongStatus, 5000);
    let Says::Faults(faults) = run.says(0.5) else {
        panic!("{run:?}");
    };
    assert_eq!((faults.wrong, faults.unanswered), (6000, 0));
}

#[tokio::test]
async fn what_may_fail_is_no_right_answer() {
    let mut run = refused().await;
    assert_eq!(run.says(1.0), Says::NoRightAnswer);
    // As many right ones.
    run.measured.right = run.faults().all;
    assert!(matches!(run.says(0.5), Says::Figures(_)), "{run:?}");
    assert!(matches!(run.says(0.49), Says::Faults(_)), "{run:?}");
}

#[tokio::test]
async fn computing_time_is_of_all_that_ended_and_not_of_what_was_measured() {
    let mut run = refused().await;
    assert!(run.measured.ended >= run.faults().all);
    run.measured.ended = 50;
    assert_eq!(run.cpu_of_one(), Some(Duration::from_millis(20)));
    run.measured.ended = 0;
    assert_eq!(run.cpu_of_one(), None);
}

#[tokio::test]
async fn wrong_answers_are_told_from_those_that_did_not_come() {
    let mut run = refused().await;
    run.measured.errors.clear();
    run.measured.errors.insert(Trouble::WrongStatus, 3);
    run.measured.errors.insert(Trouble::TimedOut, 5);
    run.measured.errors.insert(Trouble::Reset, 2);
    run.measured.unfinished = 7;
    let faults = run.faults();
    assert_eq!((faults.wrong, faults.unanswered), (3, 7));
    assert_eq!(run.worst(), Trouble::TimedOut);
    // At a rate, what is still under way was due and did not come.
    run.measured.load.open_loop = true;
    assert_eq!(run.faults().unanswered, 14);
}

#[tokio::test]
async fn requests_sent_a_little_late_are_borne_where_that_is_said() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (mut client, _) = server.accept().await.unwrap();
        let mut request = [0; 4096];
        while client.read(&mut request).await.is_ok_and(|read| read > 0) {
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            if client.write_all(answer).await.is_err() {
                break;
            }
        }
    });
    let mut run = loaded(address).await;
    served.abort();
    // As late as the answers came.
    run.measured.audit.lag = run.measured.latency.clone();
    let latest = run.measured.latency.quantile(1.0);
    assert!(latest > Duration::ZERO);
    // That is passed over where it is little beside the answers.
    assert_eq!(run.late(), Duration::ZERO);
    run.measured.audit.saturated = Some(Saturation::Lag);
    run.bearable = latest * 2;
    assert_eq!(run.says_nothing(), None);
    let Says::Figures(figures) = run.says(0.0) else {
        panic!("{run:?}");
    };
    assert_eq!(figures.late, latest);
    assert_eq!(figures.least("p95"), Some(Duration::ZERO));
    assert_eq!(figures.least("cpu"), figures.cpu);
    // What did not come in time may have had less of it, and a status may come of a burst.
    for trouble in [Trouble::TimedOut, Trouble::WrongStatus] {
        run.measured.errors.insert(trouble, 1_000_000);
        assert_eq!(run.says(0.0), Says::Nothing);
        assert!(matches!(run.says(1.0), Says::Figures(_)));
        run.measured.errors.clear();
    }
    run.measured.errors.insert(Trouble::WrongAnswer, 1);
    assert!(matches!(run.says(0.0), Says::Faults(_)));
    run.measured.errors.clear();
    run.bearable = latest;
    assert_eq!(run.says(0.0), Says::Nothing);
    // Of other limits nothing is borne.
    run.bearable = latest * 2;
    run.measured.audit.saturated = Some(Saturation::Cpu);
    assert_eq!(run.says(0.0), Says::Nothing);
}

#[test]
fn what_the_other_side_is_sent_before_is_not_the_submissions_time() {
    let file = r#"{"schema": 1, "id": "t", "title": "T", "version": "1.0.0", "summary": "T",
        "limits": {"request": "7s"}, "checks": []}"#;
    let file: ChallengeFile = serde_json::from_str(file).unwrap();
    let setup = r#"[{"send": "GET /a"}, {"send": "GET /b", "timeout": "2s"}]"#;
    let setup: Vec<Request> = serde_json::from_str(setup).unwrap();
    assert_eq!(
        setup_beside(&file, &setup, Some("starter")),
        Duration::from_secs(9)
    );
    assert_eq!(setup_beside(&file, &setup, None), Duration::ZERO);
}
