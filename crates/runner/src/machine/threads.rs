//! What the threads of this program have done.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// By its number, for how long each thread of this program has computed or waited for a core.
pub type Threads = HashMap<u32, Duration>;

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

fn threads_of(process: &Path) -> Threads {
    let entries = fs::read_dir(process.join("task")).into_iter().flatten();
    let told = entries.flatten().filter_map(|entry| {
        let thread = entry.file_name().to_str()?.parse().ok()?;
        // One that has just ended tells nothing.
        let told = fs::read_to_string(entry.path().join("schedstat")).ok()?;
        Some((thread, busy(&told)?))
    });
    told.collect()
}

/// The first two of three numbers, in nanoseconds: the time spent on a core, and that spent waiting on a run queue
/// (`sched-stats` of the kernel's documentation).
fn busy(told: &str) -> Option<Duration> {
    let nanos = told
        .split_whitespace()
        .take(2)
        .map(|n| n.parse::<u64>().ok());
    Some(Duration::from_nanos(nanos.sum::<Option<u64>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_wait_for_a_core_is_to_want_one() {
        assert_eq!(busy("5000 700 3\n"), Some(Duration::from_nanos(5_700)));
        assert_eq!(busy("5000 x 3\n"), None);
        let began = Instant::now();
        let all = || own_threads().values().sum::<Duration>();
        let before = all();
        while began.elapsed() < Duration::from_secs(2) && all() == before {
            std::hint::spin_loop();
        }
        assert!(all() > before);
    }
}
