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
    /// Of its computing, what answers cost beyond what they may.
    pub(crate) reading: Duration,
}

impl Use {
    /// Of the thread that asks.
    pub(crate) fn of_this_thread() -> Self {
        Self {
            cpu: computed(),
            waited: waited().unwrap_or_default(),
            reading: Duration::ZERO,
        }
    }

    /// The share of a time that it computed or waited for a core. What answers cost to read counts unless
    /// they were the most of it.
    pub(crate) fn busy(self, elapsed: Duration) -> f64 {
        let busy = self.cpu + self.waited;
        let own = if self.reading * 2 >= busy {
            busy.saturating_sub(self.reading)
        } else {
            busy
        };
        own.as_secs_f64() / elapsed.as_secs_f64()
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(before.cpu),
            waited: self.waited.saturating_sub(before.waited),
            reading: self.reading.saturating_sub(before.reading),
        }
    }
}

/// The computing time of the thread that asks.
pub(crate) fn computed() -> Duration {
    let cpu = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(cpu.tv_sec).unwrap_or_default();
    let nanos = u32::try_from(cpu.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanos)
}

/// The second number of schedstat: nanoseconds on a run queue (Linux, Documentation/scheduler).
fn waited() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = told.split_whitespace().nth(1)?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Use;

    #[test]
    fn costly_answers_are_not_the_generators_limit_and_others_are() {
        let second = Duration::from_secs(1);
        let busy = |cpu, waited, reading| {
            let millis = Duration::from_millis;
            let used = Use {
                cpu: millis(cpu),
                waited: millis(waited),
                reading: millis(reading),
            };
            used.busy(second)
        };
        let is = |busy: f64, wanted: f64| assert!((busy - wanted).abs() < 1e-9, "{busy}");
        is(busy(900, 80, 0), 0.98);
        is(busy(990, 0, 940), 0.05);
        // A machine that is busy with other things is no less so for some costly answers.
        is(busy(300, 690, 290), 0.99);
    }

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
