//! What programs compute, and what others leave them.

use std::{
    hint,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use runner::Reading;

use crate::stand::Stand;

const HALF_A_SECOND: &str = "import time\nwhile time.process_time() < 0.5: pass";

/// Before and after the app's container has computed for half a second more.
async fn computing(
    stand: &Stand,
    sandbox: &dyn runner::Sandbox,
    container: &str,
) -> (Reading, Reading) {
    let before = sandbox.reading().await.unwrap();
    let told = stand.run_in(container, &["python3", "-c", HALF_A_SECOND]);
    assert_eq!(told.await, "");
    (before, sandbox.reading().await.unwrap())
}

#[tokio::test]
async fn what_programs_compute_counts_also_after_their_end_and_what_others_take_does_not() {
    let stand = Stand::new().await;
    let spec = stand.spec();
    let sandbox = stand.open(&spec).await;
    let container = stand.container(&spec.run, "app").await.name.unwrap();
    let (before, after) = computing(&stand, &*sandbox, &container).await;
    let computed = after.computed.saturating_sub(before.computed);
    assert!(computed >= Duration::from_millis(500), "{computed:?}");
    // A new life begins at nothing, and takes nothing away.
    sandbox.restart_app().await.unwrap();
    let again = sandbox.reading().await.unwrap();
    assert!(again.computed >= after.computed, "{again:?} {after:?}");

    // Four for each core, and no core has nothing to do.
    let enough = Arc::new(AtomicBool::new(false));
    let cores = thread::available_parallelism().unwrap().get();
    let others: Vec<_> = (0..4 * cores)
        .map(|_| {
            let enough = Arc::clone(&enough);
            thread::spawn(move || {
                while !enough.load(Ordering::Relaxed) {
                    hint::spin_loop();
                }
            })
        })
        .collect();
    let (before, after) = computing(&stand, &*sandbox, &container).await;
    enough.store(true, Ordering::Relaxed);
    for other in others {
        other.join().unwrap();
    }
    // Of all cores: how much of one it gets beside others is the scheduler's affair.
    let left = before.could_have(after, f64::from(u32::try_from(cores).unwrap()));
    assert!(left < 0.75, "{left}: {before:?} {after:?}");
}
