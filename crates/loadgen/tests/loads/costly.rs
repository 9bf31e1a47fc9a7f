//! Servers whose answers cost the generator much.

use std::time::Duration;

use loadgen::expectation::Matcher;

use crate::stub::{OK, answering, measured, open};

/// Computes so long.
fn compute(long: Duration) {
    use rustix::time::{ClockId, clock_gettime};
    let now = || {
        let now = clock_gettime(ClockId::ThreadCPUTime);
        now.tv_sec * 1_000_000_000 + now.tv_nsec
    };
    let until = now() + i64::try_from(long.as_nanos()).unwrap();
    while now() < until {}
}

/// A machine that is busy with other things is the limit too: then it is asked again.
const TRIES: u32 = 8;

#[tokio::test]
async fn one_whose_answers_cost_much_to_look_at_is_slow_and_no_limit_of_ours() {
    let server = answering(OK);
    let mut load = open(server.address, 50.0, 600);
    load.mix[0].expectation.matcher = Some(Matcher::new(|_| {
        compute(Duration::from_millis(40));
        true
    }));
    for tried in 1.. {
        let measured = measured(&load).await;
        assert_eq!(measured.right, 30, "{measured:?}");
        let median = measured.latency.quantile(0.5);
        assert!(median > Duration::from_millis(200), "{measured:?}");
        if measured.audit.saturated.is_none() || tried == TRIES {
            assert_eq!(measured.audit.saturated, None, "{measured:?}");
            break;
        }
    }
}

#[tokio::test]
async fn one_whose_answers_cost_what_they_may_can_meet_our_limit() {
    let server = answering(OK);
    // Long enough that what a busy machine takes to open the connections is not a share of it that counts.
    let mut load = open(server.address, 20_000.0, 2_000);
    load.mix[0].expectation.matcher = Some(Matcher::new(|_| {
        compute(Duration::from_micros(45));
        true
    }));
    let measured = measured(&load).await;
    assert!(measured.audit.saturated.is_some(), "{measured:?}");
}
