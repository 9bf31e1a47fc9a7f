//! What threads have done, by the kernel's account of each.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A program's threads by their numbers.
pub type Threads = HashMap<u32, Thread>;

/// What one of them has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Thread {
    /// For how long it was on a core.
    pub computed: Duration,
    /// For how long it wanted one and had none.
    pub waited: Duration,
}

/// All who ask at about one time are told of one look.
const LATELY: Duration = Duration::from_millis(20);

static LOOKED: Mutex<Option<(Instant, Arc<Threads>)>> = Mutex::new(None);

/// Of this program's threads, as of now or a moment ago. Nothing where the kernel keeps no such account.
#[must_use]
pub fn own_threads() -> Arc<Threads> {
    let mut looked = LOOKED.lock().unwrap_or_else(PoisonError::into_inner);
    match &*looked {
        Some((at, threads)) if at.elapsed() <= LATELY => Arc::clone(threads),
        _ => {
            let threads = Arc::new(threads_of(Path::new("/proc/self")));
            *looked = Some((Instant::now(), Arc::clone(&threads)));
            threads
        }
    }
}

/// Of a process by its folder in `/proc`.
pub(super) fn threads_of(process: &Path) -> Threads {
    let entries = fs::read_dir(process.join("task")).into_iter().flatten();
    let told = entries.flatten().filter_map(|entry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        Some((number, thread_of(&entry.path())?))
    });
    told.collect()
}

/// By a thread's folder in `/proc`. One that has just ended tells nothing.
pub(crate) fn thread_of(thread: &Path) -> Option<Thread> {
    understood(&fs::read_to_string(thread.join("schedstat")).ok()?)
}

/// The first two of three numbers, in nanoseconds: the time spent on a core, and that spent waiting on a run queue
/// (`sched-stats` of the kernel's documentation).
fn understood(told: &str) -> Option<Thread> {
    let mut nanos = told.split_whitespace().map(|n| n.parse::<u64>().ok());
    Some(Thread {
        computed: Duration::from_nanos(nanos.next()??),
        waited: Duration::from_nanos(nanos.next()??),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_has_done_is_told() {
        let told = Thread {
            computed: Duration::from_micros(5),
            waited: Duration::from_nanos(700),
        };
        assert_eq!(understood("5000 700 3\n"), Some(told));
        assert_eq!(understood("5000 x 3\n"), None);
        let began = Instant::now();
        let all = || {
            let threads = own_threads();
            threads
                .values()
                .map(|thread| thread.computed)
                .sum::<Duration>()
        };
        let before = all();
        while began.elapsed() < Duration::from_secs(2) && all() == before {
            std::hint::spin_loop();
        }
        assert!(all() > before);
    }
}
