//! What programs compute, and what others leave them.

use std::{
    process::{Child, Command},
    thread,
    time::Duration,
};

use runner::Reading;

use crate::stand::Stand;

const HALF_A_SECOND: &str = "import time\nwhile time.process_time() < 0.5: pass";

/// Prints a million and a half lines, which costs little; to copy each costs the engine more.
const MANY_LINES: &str = "\
import os
with open('/proc/1/fd/1', 'wb', 0) as log:
    for _ in range(24):
        log.write(b'\\n' * 65536)
print(os.times().user + os.times().system)";

/// Two processes for each core, that all want it for three seconds.
const CROWD: &str = "\
import os, time
end = time.monotonic() + 3
for _ in range(2 * os.cpu_count()):
    if os.fork() == 0:
        while time.monotonic() < end: pass
        os._exit(0)
time.sleep(3.2)";

/// A program that computes until it is dropped, and is no part of this one.
struct Other(Child);

impl Other {
    fn new() -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", "while :; do :; done"]);
        Self(command.spawn().unwrap())
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

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
    let computed = before.computed_until(after);
    assert!(computed >= Duration::from_millis(500), "{computed:?}");
    // A new life begins at nothing, and takes nothing away.
    sandbox.restart_app().await.unwrap();
    let again = sandbox.reading().await.unwrap();
    assert!(again.computed >= after.computed, "{again:?} {after:?}");

    // Four for each core, and no core has nothing to do.
    let cores = thread::available_parallelism().unwrap().get();
    let others: Vec<_> = (0..4 * cores).map(|_| Other::new()).collect();
    let (before, after) = computing(&stand, &*sandbox, &container).await;
    drop(others);
    // Of all cores: how much of one it gets beside others is the scheduler's affair.
    let left = before.could_have(after, f64::from(u32::try_from(cores).unwrap()));
    assert!(left < 0.75, "{left}: {before:?} {after:?}");
}

#[tokio::test]
async fn what_the_engine_computes_to_copy_what_is_printed_counts_for_who_prints_it() {
    let stand = Stand::new().await;
    let (spec, other) = (stand.spec_of_mode("serve"), stand.spec_of_mode("serve"));
    let (sandbox, beside) = (stand.open(&spec).await, stand.open(&other).await);
    let container = stand.container(&spec.run, "app").await.name.unwrap();
    let read = async || {
        let (one, other) = (sandbox.reading().await, beside.reading().await);
        (one.unwrap(), other.unwrap())
    };
    let before = read().await;
    let told = stand.run_in(&container, &["python3", "-c", MANY_LINES]);
    let own: f64 = told.await.trim().parse().unwrap();
    let after = read().await;
    let computed = before.0.computed_until(after.0).as_secs_f64();
    let counted_beside = before.1.computed_until(after.1).as_secs_f64();
    assert!(
        computed > 3.0 * own && computed > 2.0 * counted_beside,
        "{computed} s, of which itself {own} s; of the other {counted_beside} s"
    );
}

#[tokio::test]
async fn who_wants_a_core_and_has_none_waits_and_who_sleeps_does_not() {
    let stand = Stand::new().await;
    let spec = stand.spec_of_mode("serve");
    let sandbox = stand.open(&spec).await;
    let container = stand.container(&spec.run, "app").await.name.unwrap();
    let mut waiting = Vec::new();
    for program in [CROWD, "import time\ntime.sleep(3.2)"] {
        let command = ["python3", "-c", program];
        let told = stand.run_in(&container, &command);
        let looks = async {
            // However long it takes to start on a busy machine.
            tokio::time::sleep(Duration::from_millis(1500)).await;
            let before = sandbox.reading().await.unwrap();
            tokio::time::sleep(Duration::from_millis(800)).await;
            before.waiting(sandbox.reading().await.unwrap()).unwrap()
        };
        let (told, found) = tokio::join!(told, looks);
        assert_eq!(told, "");
        waiting.push(found);
    }
    assert!(waiting[0] > 1.0 && waiting[1] < 0.5, "{waiting:?}");
}
