//! An engine whose containers' addresses are out of this host's reach.

use std::time::Duration;

use runner::{AppFailure, AppState, Backend as _, Opening, Replica, Restart};
use serde_json::json;
use sqlx::Connection as _;

use crate::{
    opening::grader,
    own_engine::{OwnEngine, Which},
    stand::{Stand, ask, probe, until},
};

/// One engine for all of it: it takes seconds to start and to fill.
#[tokio::test]
async fn a_sandbox_out_of_reach_is_used_through_a_forwarder() {
    let elsewhere = OwnEngine::new(Which::OutOfReach).await;
    let stand = Stand::at(&elsewhere.address()).await;
    let mut spec = stand.spec();
    spec.replicated = true;
    let sandbox = stand.open(&spec).await;
    assert_eq!(sandbox.app().ip().to_string(), elsewhere.theirs());

    // The app, a service, and the app again after its death.
    let found = ask(sandbox.app(), "/look", json!(null)).await;
    assert_eq!(found["write_tmp"], "reached");
    let mut session = sqlx::PgConnection::connect_with(&grader(&*sandbox))
        .await
        .unwrap();
    let items: i64 = sqlx::query_scalar("select count(*) from items")
        .fetch_one(&mut session)
        .await
        .unwrap();
    assert_eq!(items, 3);
    let app = sandbox.app();
    let dying = tokio::spawn(async move { ask(app, "/die", json!(null)).await });
    assert!(dying.await.is_err());
    until("it is seen to be dead", async || {
        sandbox.app_state().await.unwrap() != AppState::Running
    })
    .await;
    assert_eq!(sandbox.restart_app().await.unwrap(), Restart::Ready);

    // A second instance, which knows nothing of the first.
    match sandbox.start_replica().await.unwrap() {
        Replica::Ready(second) => {
            assert_ne!(second, app);
            let reached = json!([["db", "postgres", "db", 5432]]);
            assert_eq!(ask(second, "/attack", reached).await["db"], "reached");
        }
        Replica::Refused(failure) => panic!("{failure}"),
    }

    // From inside, the forwarder is no way out.
    let forwarder = stand.container(&spec.run, "forwarder").await;
    let networks = forwarder.network_settings.unwrap().networks.unwrap();
    let addresses = networks
        .into_values()
        .filter_map(|network| network.ip_address);
    let attempts: Vec<_> = addresses
        .chain([elsewhere.ours(), elsewhere.theirs()])
        .flat_map(|address| {
            let tcp = |port: u16| json!([format!("{address} {port}"), "tcp", address, port]);
            [tcp(20_000), tcp(20_001), tcp(2375)]
        })
        .collect();
    let told = ask(sandbox.app(), "/attack", json!(attempts)).await;
    let told = told.as_object().unwrap();
    assert_eq!(told.len(), 12, "{told:#?}");
    let reached = told
        .values()
        .filter(|outcome| *outcome == "reached")
        .count();
    assert_eq!(reached, 0, "{told:#?}");
    drop(sandbox);
    stand.backend.close(&spec.run).await.unwrap();
    assert_eq!(stand.things_of(&spec.run).await, [""; 0]);

    // Who takes up the connection is the forwarder's affair, not the submission's.
    let mut spec = stand.spec_of_mode("sleep");
    spec.app.start_within = Duration::from_secs(1);
    match stand.try_open(&spec, &probe()).await.unwrap() {
        Opening::Refused {
            failure: AppFailure::NeverListened { .. },
            ..
        } => {}
        other => panic!("{other:?}"),
    }
}
