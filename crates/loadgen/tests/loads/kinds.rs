//! Capacity, TLS and HTTP/2.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use loadgen::{
    capacity::{End, Objective, Search, capacity},
    load::Rate,
    stop::Stop,
};
use tokio::{io::AsyncWriteExt, sync::Mutex};

use crate::stub::{OK, Server, open, request};

/// Answers one after the other, each in 10 ms: 100 a second, whatever the machine.
fn one_after_the_other() -> Server {
    let turn = Arc::new(Mutex::new(()));
    Server::start(move |mut stream| {
        let turn = turn.clone();
        async move {
            while request(&mut stream).await?.is_some() {
                let held = turn.lock().await;
                tokio::time::sleep(Duration::from_millis(10)).await;
                drop(held);
                stream.write_all(OK).await?;
            }
            Ok(())
        }
    })
}

#[tokio::test]
async fn capacity_is_found_where_it_is() {
    let server = one_after_the_other();
    let mut load = open(server.address, 1.0, 1000);
    load.timeout = Duration::from_secs(2);
    let objective = Objective::new(Some(95.0), Duration::from_millis(300), 0.01).unwrap();
    let rate = |rate| Rate::new(rate).unwrap();
    let search = Search {
        from: rate(20.0),
        to: rate(1000.0),
        tries: 1,
        precision: 0.5,
        budget: Duration::from_mins(1),
    };
    let began = Instant::now();
    let found = capacity(&load, &objective, &search, &Stop::new())
        .await
        .unwrap();
    assert!(began.elapsed() < Duration::from_mins(2));
    // A machine that is busy makes the server slower, never faster; within a second's try some more
    // than 100 a second stay within 300 ms.
    if let Some(loses) = found.loses {
        let most = found.keeps.map_or(0.0, |keeps| keeps.rate.per_second());
        assert!(most <= 170.0, "{found:?}");
        assert!(
            loses.lost == 1 && loses.rate.per_second() > most,
            "{found:?}"
        );
    } else {
        // The generator had no time to compute: no verdict.
        assert_eq!(found.end, End::Saturated, "{found:?}");
    }
    assert!(
        found
            .tries
            .iter()
            .all(|one| one.kept != Some(true) || one.latency <= Duration::from_millis(300))
    );
}

#[tokio::test]
async fn a_search_has_no_more_time_than_it_is_given() {
    let server = one_after_the_other();
    let load = open(server.address, 1.0, 300);
    let objective = Objective::new(Some(99.0), Duration::from_secs(1), 0.0).unwrap();
    let rate = Rate::new(10.0).unwrap();
    let search = Search {
        from: rate,
        to: rate,
        tries: 3,
        precision: 0.1,
        budget: Duration::from_secs(1),
    };
    // One try could take its timeout of 5 s.
    let found = capacity(&load, &objective, &search, &Stop::new())
        .await
        .unwrap();
    assert_eq!((found.end, found.tries.len()), (End::Budget, 0));
}
