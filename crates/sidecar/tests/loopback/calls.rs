use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::stand::{Stand, call, prices, route};
use serde_json::json;
use sidecar::protocol::{Errors, Failure, Latency, Which};

#[tokio::test]
async fn calls_are_answered_and_counted_while_somebody_asks() {
    let stand = Stand::new(prices()).await;
    stand.get("/prices/before").await;
    let window = stand.begin().await;
    let mut kept = stand.connect().await;
    for path in ["/prices/a?currency=eur", "/prices/b", "/prices/a"] {
        let (status, json) = call(&mut kept, "GET", path, "").await.unwrap();
        let sku = path[8..].split('?').next().unwrap();
        assert_eq!(
            (status, json),
            (200, json!({ "sku": sku, "price_cents": 1000 }))
        );
    }
    assert_eq!(
        call(&mut kept, "POST", "/prices/a", "{}").await.unwrap().0,
        404
    );
    let journal = stand.end(window).await;
    assert_eq!((journal.calls, journal.at_once), (4, 1));
    let forms: Vec<_> = journal
        .forms
        .iter()
        .map(|form| (form.call.as_str(), form.calls))
        .collect();
    assert_eq!(
        forms,
        [
            ("GET /prices/a", 2),
            ("GET /prices/b", 1),
            ("POST /prices/a", 1)
        ]
    );
    assert_eq!(journal.forms[0].answers, BTreeMap::from([(200, 2)]));
    assert_eq!(journal.forms[2].answers, BTreeMap::from([(404, 1)]));
    let [first, last] = [journal.forms[0].first_ms, journal.forms[0].last_ms];
    assert!(first <= journal.forms[1].first_ms && journal.forms[1].first_ms <= last);
}

#[tokio::test]
async fn slow_calls_overlap_and_a_caller_that_goes_away_ends_its_own() {
    let mut behaviour = prices();
    behaviour.routes[0].latency = Some(Latency {
        p50_ms: 600_000,
        p99_ms: None,
    });
    let stand = Stand::new(behaviour).await;
    // One for each look: what is counted is told once.
    let mut windows = Vec::new();
    for _ in 0..6 {
        windows.push(stand.begin().await);
    }
    let window = windows.remove(0);
    let mut senders = Vec::new();
    for _ in 0..3 {
        let mut sender = stand.connect().await;
        senders.push(tokio::spawn(async move {
            call(&mut sender, "GET", "/prices/a", "").await
        }));
    }
    let mut pause = Duration::from_millis(20);
    for window in windows {
        tokio::time::sleep(pause).await;
        if stand.end(window).await.calls == 3 {
            break;
        }
        pause *= 3;
    }
    // Counting begins when what is open has ended, or later where it does not end.
    let waited = async || {
        let began = Instant::now();
        stand.begin().await;
        began.elapsed()
    };
    let while_open = waited().await;
    for sender in senders {
        sender.abort();
        let _ = sender.await;
    }
    let when_closed = waited().await;
    assert!(when_closed < while_open, "{when_closed:?} {while_open:?}");
    let journal = stand.end(window).await;
    assert_eq!((journal.calls, journal.at_once), (3, 3));
    assert_eq!(journal.forms[0].at_once, 3);
    assert_eq!(journal.forms[0].answers, BTreeMap::new());
}

#[tokio::test]
async fn a_call_that_is_told_to_fail_fails() {
    let mut behaviour = prices();
    behaviour.routes[0].errors = Some(Errors {
        which: Which::First(1),
        how: Failure::Close,
    });
    let mut unavailable = route("POST /orders", json!({ "ok": true }));
    unavailable.errors = Some(Errors {
        which: Which::First(2),
        how: Failure::Status(503),
    });
    behaviour.routes.push(unavailable);
    let stand = Stand::new(behaviour).await;
    let window = stand.begin().await;
    assert!(
        call(&mut stand.connect().await, "GET", "/prices/a", "")
            .await
            .is_err()
    );
    assert_eq!(stand.get("/prices/a").await.0, 200);
    let mut kept = stand.connect().await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(call(&mut kept, "POST", "/orders", "{}").await.unwrap().0);
    }
    assert_eq!(statuses, [503, 503, 200]);
    let journal = stand.end(window).await;
    assert_eq!(journal.forms[0].answers, BTreeMap::from([(200, 1)]));
    assert_eq!(
        journal.forms[1].answers,
        BTreeMap::from([(200, 1), (503, 2)])
    );
}
