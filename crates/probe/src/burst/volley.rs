//! Sending what lies ready, by several hands at once.
//!
//! The first bytes that reach a waiting app wake it, and Linux likes to run it in place of the very
//! thread that wrote them: that thread then sends its second request only after the first has been
//! dealt with, and no race shows. So as many threads as there are processors send at the same time,
//! and while one of them makes room, the others go on.

use std::{
    hint, panic,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::task::{JoinHandle, spawn_blocking};

use crate::exchange::{Fired, Line, Reached};

/// More hands than this take longer to start than they save.
const MOST_HANDS: usize = 4;

/// How long a hand waits for the others at most.
const PATIENCE: Duration = Duration::from_millis(50);

/// Sends every request and waits for nothing else; the order stays.
pub(super) async fn fire(lines: Vec<Reached<Line>>) -> Vec<Reached<Fired>> {
    let hands = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MOST_HANDS);
    let ready = Arc::new(AtomicUsize::new(0));
    let mut shares: Vec<Vec<_>> = (0..hands).map(|_| Vec::new()).collect();
    for (place, line) in lines.into_iter().enumerate() {
        shares[place % hands].push((place, line));
    }
    let tasks: Vec<_> = shares
        .into_iter()
        .map(|share| {
            let ready = Arc::clone(&ready);
            spawn_blocking(move || {
                await_all(&ready, hands);
                let fire = |(place, line): (usize, Reached<Line>)| (place, line.map(Fired::now));
                share.into_iter().map(fire).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut fired = Vec::new();
    for task in tasks {
        fired.extend(finished(task).await);
    }
    fired.sort_unstable_by_key(|(place, _)| *place);
    fired.into_iter().map(|(_, fired)| fired).collect()
}

/// Spins, for a thread that sleeps takes too long to wake.
fn await_all(ready: &AtomicUsize, hands: usize) {
    let began = Instant::now();
    ready.fetch_add(1, Ordering::SeqCst);
    while ready.load(Ordering::SeqCst) < hands && began.elapsed() < PATIENCE {
        hint::spin_loop();
    }
}

async fn finished<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(value) => value,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            Err(_) => unreachable!("nobody cancels it, and a runtime that ends polls no more"),
        },
    }
}
