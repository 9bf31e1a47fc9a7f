//! Keeping a thread to one core.

/// Keeps the calling thread to a core of this machine; whether it does.
#[cfg(target_os = "linux")]
pub(crate) fn keep_to(core: u32) -> bool {
    use rustix::thread::{CpuSet, sched_setaffinity};

    let Some(core) = usize::try_from(core)
        .ok()
        .filter(|core| *core < CpuSet::MAX_CPU)
    else {
        return false;
    };
    let mut only = CpuSet::new();
    only.set(core);
    sched_setaffinity(None, &only).is_ok()
}

/// Systems that have no call for it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn keep_to(_: u32) -> bool {
    false
}

/// The cores that the calling thread may use; none where that is not told.
#[cfg(target_os = "linux")]
pub fn allowed() -> Vec<u32> {
    use rustix::thread::{CpuSet, sched_getaffinity};

    let Ok(set) = sched_getaffinity(None) else {
        return Vec::new();
    };
    let cores = (0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core));
    cores.filter_map(|core| u32::try_from(core).ok()).collect()
}

/// The cores that the calling thread may use; none where that is not told.
#[cfg(not(target_os = "linux"))]
pub fn allowed() -> Vec<u32> {
    Vec::new()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_to_one_of_its_cores_and_to_none_that_is_not_there() {
        let before = allowed();
        let last = *before.last().unwrap();
        assert!(keep_to(last));
        assert_eq!(allowed(), [last]);
        assert!(!keep_to(u32::MAX));
        assert_eq!(allowed(), [last]);
    }
}
