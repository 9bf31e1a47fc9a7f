//! A second instance of an app, in a namespace of its own.

use runner::{AppState, Backend as _, Replica, RunId, RunnerError, Sandbox};
use serde_json::{Value, json};
use std::net::SocketAddr;

use crate::stand::{Stand, ask, until};

async fn started(sandbox: &dyn Sandbox) -> SocketAddr {
    match sandbox.start_replica().await.unwrap() {
        Replica::Ready(address) => address,
        Replica::Refused(failure) => panic!("{failure}"),
    }
}

async fn holder(stand: &Stand, run: &RunId, of: &str) -> String {
    let holder = stand.container(run, &format!("{of}-holder")).await;
    holder.id.unwrap()
}

/// What reaching for these came to.
async fn reach(from: SocketAddr, places: &[Value]) -> Value {
    ask(from, "/attack", json!(places)).await
}

#[tokio::test]
async fn it_has_what_the_first_has_and_the_two_do_not_reach_each_other() {
    let stand = Stand::new().await;
    let mut spec = stand.spec();
    spec.replicated = true;
    let sandbox = stand.open(&spec).await;
    assert!(sandbox.has_replicas());
    let (first, second) = (sandbox.app(), started(&*sandbox).await);
    assert_ne!(first, second);
    assert_eq!(started(&*sandbox).await, second, "it runs already");

    let [one, other] = [first, second].map(|app| ask(app, "/look", json!(null)));
    let (one, other) = tokio::join!(one, other);
    let [one, other] = [one, other].map(|mut told| {
        let environment = told["environment"].as_object_mut().unwrap();
        (environment.remove("HOSTNAME"), environment.clone())
    });
    assert_eq!(one.1, other.1);
    assert_ne!(one.0, other.0);
    let tcp = |name: &str, to: SocketAddr| json!([name, "tcp", to.ip(), to.port()]);
    let places = [
        json!(["database", "postgres", "db", 5432]),
        tcp("first", first),
        tcp("second", second),
    ];
    let at_first = reach(first, &places).await;
    let at_second = reach(second, &places).await;
    let is_reached = |told: &Value, what: &str| told[what].as_str().unwrap().starts_with("reached");
    for (told, what, is) in [
        (&at_first, "database", true),
        (&at_first, "second", false),
        (&at_second, "database", true),
        (&at_second, "first", false),
    ] {
        assert_eq!(is_reached(told, what), is, "{what}: {told:#?}");
    }

    // What keeps the first in keeps the second in.
    let [of_first, of_second] = [
        stand
            .rules_in(&holder(&stand, &spec.run, "app").await)
            .await,
        stand
            .rules_in(&holder(&stand, &spec.run, "replica").await)
            .await,
    ];
    assert!(of_first.contains("policy drop"), "{of_first}");
    assert_eq!(of_first, of_second);
    let [first, second] = [
        stand.container(&spec.run, "app").await,
        stand.container(&spec.run, "replica").await,
    ];
    let (first, second) = (first.host_config.unwrap(), second.host_config.unwrap());
    let mut alike = second.clone();
    alike.network_mode.clone_from(&first.network_mode);
    assert_eq!(alike, first);
    assert_ne!(first.network_mode, second.network_mode);
}

#[tokio::test]
async fn it_ends_when_it_is_ended_and_with_a_clean_start_and_can_be_started_again() {
    let stand = Stand::new().await;
    let mut spec = stand.spec_of_mode("serve");
    spec.replicated = true;
    let sandbox = stand.open(&spec).await;
    sandbox.end_replica().await.expect("none was started");

    let second = started(&*sandbox).await;
    let dying = tokio::spawn(async move { ask(second, "/die", json!(null)).await });
    assert!(dying.await.is_err());
    until("it is seen to be dead", async || {
        sandbox.replica_state().await.unwrap() != AppState::Running
    })
    .await;
    assert_eq!(sandbox.app_state().await.unwrap(), AppState::Running);

    assert_eq!(started(&*sandbox).await, second);
    sandbox.end_replica().await.unwrap();
    assert_ne!(sandbox.replica_state().await.unwrap(), AppState::Running);

    assert_eq!(started(&*sandbox).await, second);
    sandbox.reset(&runner::Alone).await.unwrap();
    assert_ne!(sandbox.replica_state().await.unwrap(), AppState::Running);
    assert_eq!(sandbox.app_state().await.unwrap(), AppState::Running);
    drop(sandbox);
    stand.backend.close(&spec.run).await.unwrap();
    assert_eq!(stand.things_of(&spec.run).await, [""; 0]);
}

#[tokio::test]
async fn where_no_room_was_made_for_it_there_is_none() {
    let stand = Stand::new().await;
    let sandbox = stand.open(&stand.spec_of_mode("serve")).await;
    assert!(!sandbox.has_replicas());
    let none = sandbox.start_replica().await;
    assert!(matches!(none, Err(RunnerError::NoReplicas)), "{none:?}");
}
