//! What the generator says of itself.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What a thread has had of the machine so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Use {
    /// Computing.
    pub(crate) cpu: Duration,
    /// Ready to compute, and not let; zero where the system does not tell.
    pub(crate) waited: Duration,
}

impl Use {
    /// Of the thread that asks.
    pub(crate) fn of_this_thread() -> Self {
        let cpu = clock_gettime(ClockId::ThreadCPUTime);
        let seconds = u64::try_from(cpu.tv_sec).unwrap_or_default();
        let nanos = u32::try_from(cpu.tv_nsec).unwrap_or_default();
        Self {
            cpu: Duration::new(seconds, nanos),
            waited: waited().unwrap_or_default(),
        }
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(before.cpu),
            waited: self.waited.saturating_sub(before.waited),
        }
    }
}

/// The second number of schedstat: nanoseconds on a run queue (Linux, Documentation/scheduler).
fn waited() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = told.split_whitespace().nth(1)?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::Use;

    #[test]
    fn computing_counts_and_sleeping_does_not() {
        let before = Use::of_this_thread();
        let mut sum = 0u64;
        while Use::of_this_thread().since(before).cpu.as_millis() < 20 {
            for number in 0..10_000u64 {
                sum = std::hint::black_box(sum.wrapping_add(number));
            }
        }
        let (sleeper, waker) = std::sync::mpsc::channel::<()>();
        let after = Use::of_this_thread();
        let _ = waker.recv_timeout(std::time::Duration::from_millis(200));
        drop(sleeper);
        assert!(Use::of_this_thread().since(after).cpu.as_millis() < 150);
    }
}
