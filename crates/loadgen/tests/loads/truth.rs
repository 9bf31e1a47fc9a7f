//! Whether latencies are true: beside what the server itself measured, and beside answers that take no
//! time, which show what this machine adds.

use std::{sync::Arc, time::Duration};

use loadgen::{expectation::Matcher, load::Pace, measured::Latency};
use tokio::io::AsyncWriteExt;

use crate::stub::{
    Counter, OK, OwnFigures, Server, Stall, answering, closed, get, measured, open, request,
};

/// Of a hundred requests 80 take 5 ms, 15 take 20 ms, 5 take 60 ms.
fn delay(number: u64) -> Duration {
    // 37 and 100 have no common divisor: the slow ones are spread.
    Duration::from_millis(match number * 37 % 100 {
        0..80 => 5,
        80..95 => 20,
        _ => 60,
    })
}

struct Truth {
    server: Server,
    figures: OwnFigures,
}

/// `/at-once` takes no time, everything else its delay and, once, a stall.
fn truthful(stall: Option<Stall>) -> Truth {
    let figures = OwnFigures::default();
    let own = figures.clone();
    let numbers = Counter::default();
    let stall = Arc::new(stall);
    let server = Server::start(move |mut stream| {
        let (own, numbers, stall) = (own.clone(), numbers.clone(), stall.clone());
        async move {
            while let Some(path) = request(&mut stream).await? {
                let began = std::time::Instant::now();
                if path != "/at-once" {
                    if let Some(stall) = stall.as_ref() {
                        stall.hold().await;
                    }
                    tokio::time::sleep(delay(numbers.next())).await;
                    own.note(began.elapsed());
                }
                stream.write_all(OK).await?;
            }
            Ok(())
        }
    });
    Truth { server, figures }
}

/// A share of ranks that sampling may move a quantile by.
const RANKS: f64 = 0.004;

/// A latency is what the server took and what the machine added. By the union bound, whoever is slower
/// than the server's quantile a hundredth further up and the machine's p99 together is in the slow
/// hundredth of the one or of the other.
fn agree(latency: &Latency, figures: &OwnFigures, machine: &Latency) {
    for share in [0.5, 0.75, 0.9, 0.95, 0.98] {
        let told = latency.quantile(share);
        let least = figures.quantile(share - RANKS);
        let most = figures.quantile(share + 0.01 + RANKS);
        let tolerance = (most / 50).max(Duration::from_micros(500));
        assert!(
            told + tolerance >= least,
            "p{share}: {told:?}, truth {least:?}"
        );
        let added = machine.quantile(0.99);
        assert!(
            told <= most + tolerance + added,
            "p{share}: {told:?}, truth {most:?}, machine {added:?}"
        );
    }
}

#[tokio::test]
async fn percentiles_are_the_servers_own() {
    let truth = truthful(None);
    let mut load = open(truth.server.address, 400.0, 4000);
    load.mix = vec![get("/"), get("/at-once")];
    let measured = measured(&load).await;
    assert_eq!((measured.due, measured.failed()), (1600, 0), "{measured:?}");
    let [real, at_once] = &measured.requests[..] else {
        panic!("two requests");
    };
    assert_eq!(real.right, truth.figures.count() as u64);
    agree(&real.latency, &truth.figures, &at_once.latency);
}

#[tokio::test]
async fn a_stall_is_seen_in_an_open_loop_and_hidden_by_a_closed_one() {
    let slow = Duration::from_millis(200);
    let after = Duration::from_millis(1500);

    let truth = truthful(Some(Stall::new(after)));
    let mut load = open(truth.server.address, 200.0, 4000);
    load.mix = vec![get("/"), get("/at-once")];
    load.mix[0].weight = 3;
    let open = measured(&load).await;
    let [real, at_once] = &open.requests[..] else {
        panic!("two requests");
    };
    agree(&real.latency, &truth.figures, &at_once.latency);
    let slow_ones = truth.figures.at_least(slow);
    // Of a second's requests, four fifths wait for longer than a fifth of it.
    assert!((90..160).contains(&slow_ones), "{slow_ones}");
    assert!(
        real.latency.quantile(0.99) > Duration::from_millis(800),
        "{real:?}"
    );
    let stalled = &open.series[1..3];
    assert!(
        stalled.iter().any(|second| second.latency.max() > slow),
        "the series shows when: {stalled:?}"
    );

    // Few connections: most of what is due cannot even be sent, and is slow all the same.
    let truth = truthful(Some(Stall::new(after)));
    let mut load = crate::stub::open(truth.server.address, 200.0, 4000);
    if let Pace::Open { connections, .. } = &mut load.pace {
        *connections = 4;
    }
    let few = measured(&load).await;
    assert_eq!((few.due, few.right), (800, 800), "{few:?}");
    assert!(
        truth.figures.at_least(slow) <= 8,
        "the server saw few of them"
    );
    assert!(
        few.latency.quantile(0.99) > Duration::from_millis(800),
        "{few:?}"
    );
    assert!(few.audit.queued > 100);

    // The same data as a closed loop sees it: the stall is one slow request a connection.
    let truth = truthful(Some(Stall::new(after)));
    let closed = measured(&closed(truth.server.address, 4, 4000)).await;
    assert!(truth.figures.at_least(slow) <= 4);
    assert!(closed.right > 600, "{closed:?}");
    let hidden = closed.latency.quantile(0.99);
    assert!(hidden < Duration::from_millis(800), "{hidden:?}");
    assert!(1.0 - closed.latency.share_within(slow) < 0.01, "{closed:?}");
}

#[tokio::test]
async fn a_generator_that_stalls_itself_says_so() {
    let server = answering(OK);
    let mut load = open(server.address, 200.0, 1000);
    let looks = Counter::default();
    load.mix[0].expectation.matcher = Some(Matcher::new(move |_| {
        if looks.next() == 50 {
            // Nobody ever sends: it waits, and the generator's thread with it.
            let (_nobody, waiting) = std::sync::mpsc::channel::<()>();
            let _ = waiting.recv_timeout(Duration::from_millis(400));
        }
        true
    }));
    let measured = measured(&load).await;
    assert_eq!((measured.due, measured.right), (200, 200), "{measured:?}");
    // 80 of 200 were due while it stood still, and were sent when it went on.
    assert!(
        measured.audit.lag.quantile(0.9) > Duration::from_millis(100),
        "{measured:?}"
    );
    assert!(
        measured.latency.quantile(0.9) > Duration::from_millis(100),
        "{measured:?}"
    );
    assert!(measured.audit.saturated.is_some(), "{measured:?}");
}
