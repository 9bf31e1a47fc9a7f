//! Holding a sandbox's programs while something is measured.

use std::{fs, thread, time::Duration};

use runner::{Hold, RunId};

use crate::stand::Stand;

/// By the host's own account, for the app and the database.
async fn cores(stand: &Stand, run: &RunId) -> Vec<String> {
    let mut found = Vec::new();
    for role in ["app", "db"] {
        let inspected = stand.container(run, role).await;
        let pid = inspected.state.unwrap().pid.unwrap();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        found.push(line.unwrap().trim().to_owned());
    }
    found
}

async fn is_paused(stand: &Stand, run: &RunId) -> Vec<bool> {
    let mut found = Vec::new();
    for role in ["app", "db"] {
        let inspected = stand.container(run, role).await;
        found.push(inspected.state.unwrap().paused.unwrap());
    }
    found
}

#[tokio::test]
async fn programs_are_kept_off_a_core_or_still_and_let_go_of() {
    let several = thread::available_parallelism().unwrap().get() > 1;
    let stand = Stand::new().await;
    let spec = stand.spec();
    let run = spec.run.clone();
    let sandbox = stand.open(&spec).await;
    let at_first = cores(&stand, &run).await;
    // Unasked, nobody knows.
    assert!(sandbox.hold(Hold::OffCore(0)).await.is_err());
    let all = sandbox.cores().await.unwrap();
    if several {
        let last = *all.last().unwrap();
        sandbox.hold(Hold::OffCore(last)).await.unwrap();
        let held = cores(&stand, &run).await;
        assert!(held.iter().zip(&at_first).all(|(now, first)| now != first));
        assert!(!held[0].ends_with(&last.to_string()), "{held:?}");
        // A process that is started again is no way out.
        sandbox.restart_app().await.unwrap();
        assert_eq!(cores(&stand, &run).await, held);
        // Nor is standing still in between; and what is told of another core is done.
        sandbox.hold(Hold::Still).await.unwrap();
        sandbox.hold(Hold::OffCore(last)).await.unwrap();
        assert_eq!(cores(&stand, &run).await, held);
        sandbox.hold(Hold::Still).await.unwrap();
        sandbox.hold(Hold::OffCore(all[0])).await.unwrap();
        let other = cores(&stand, &run).await;
        assert!(other.iter().zip(&held).all(|(now, before)| now != before));
    } else {
        assert!(sandbox.hold(Hold::OffCore(all[0])).await.is_err());
    }
    sandbox.hold(Hold::Still).await.unwrap();
    assert_eq!(is_paused(&stand, &run).await, [true, true]);
    sandbox.hold(Hold::Free).await.unwrap();
    assert_eq!(is_paused(&stand, &run).await, [false, false]);
    assert_eq!(cores(&stand, &run).await, at_first);
}

#[tokio::test]
async fn who_cannot_wait_lets_go_too() {
    let stand = Stand::new().await;
    let spec = stand.spec();
    let run = spec.run.clone();
    let sandbox = stand.open(&spec).await;
    let at_first = cores(&stand, &run).await;
    let _ = sandbox.cores().await.unwrap();
    // One that is given up in the middle.
    let holding = sandbox.hold(Hold::Still);
    let _ = tokio::time::timeout(Duration::from_millis(1), holding).await;
    sandbox.let_go();
    let gone_on = async {
        while is_paused(&stand, &run).await != [false, false] {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    // Whatever was under way at the engine comes first.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let long = Duration::from_secs(30);
    tokio::time::timeout(long, gone_on).await.unwrap();
    sandbox.hold(Hold::Free).await.unwrap();
    assert_eq!(cores(&stand, &run).await, at_first);
}
