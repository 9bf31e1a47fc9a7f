//! An engine whose disk is full, by nothing that a submission did.

use runner::{Opening, RunnerError, ServiceState, docker::SandboxError};

use crate::{
    own_engine::{OwnEngine, Which},
    stand::{MIB, Stand, probe, until},
};

#[tokio::test]
async fn what_fails_on_a_full_disk_is_not_the_submissions() {
    let engine = OwnEngine::new(Which::OnASmallDisk).await;
    let stand = Stand::at(&engine.address()).await;
    let spec = stand.spec();
    let sandbox = stand.open(&spec).await;
    assert_eq!(sandbox.outage().await, None);
    let dying = stand.spec_of_mode("die");
    let opening = stand.try_open(&dying, &probe()).await.unwrap();
    assert!(matches!(opening, Opening::Refused { .. }), "{opening:?}");

    // As much as the services may write is not there.
    engine.leave(100);
    assert_eq!(sandbox.outage().await, None);
    let error = stand.try_open(&stand.spec(), &probe()).await.unwrap_err();
    let RunnerError::Sandbox(SandboxError::NoRoom { needed, of, .. }) = &error else {
        panic!("{error:?}");
    };
    assert_eq!((*needed, *of), (256 * MIB, "the sandbox's services"));
    // Nor as much as a build may.
    let mut building = stand.spec();
    building.services.clear();
    let other = stand.probe_with("LABEL other=1\n");
    let error = stand.try_open(&building, &other).await.unwrap_err();
    let told = format!("{error:?}");
    assert!(
        told.contains("NoRoom") && told.contains("a build"),
        "{told}"
    );

    engine.leave(8);
    let full = sandbox.outage().await.unwrap();
    assert!(full.starts_with("the engine's disk is full: "), "{full}");
    let dying = stand.spec_of_mode("die");
    let error = stand.try_open(&dying, &probe()).await.unwrap_err();
    let RunnerError::Sandbox(SandboxError::DiskFull { failure, .. }) = &error else {
        panic!("{error:?}");
    };
    assert!(failure.contains("died at start"), "{failure}");
}

/// Between two looks a service may write more than its limit, and more than there was room for.
#[tokio::test]
async fn what_a_submission_has_filled_beyond_its_limit_is_its_own() {
    let engine = OwnEngine::new(Which::FilledFromInside).await;
    let stand = Stand::at(&engine.address()).await;
    let mut spec = stand.spec();
    spec.services[0].limits.disk = 64 * MIB;
    let sandbox = stand.open(&spec).await;
    let names = stand.things_of(&spec.run).await;
    let db = names.iter().find(|name| name.ends_with("-db")).unwrap();
    let fill =
        "create table filled as select repeat(md5(n::text), 30) from generate_series(1, 400000) n";
    let url = "postgres://app:app@127.0.0.1/shop";
    stand.run_in(db, &["psql", url, "-c", fill]).await;
    until("the service ends", async || {
        sandbox.service_state("db").await.unwrap() != ServiceState::Running
    })
    .await;
    engine.leave(8);
    assert_eq!(sandbox.outage().await, None);
}
