//! The time that a build has, as far as the machine let it have it.
//!
//! A build that others keep from the cores is not slow. While they do, its time runs slower, in the
//! proportion of what it could have had, its own computing and what cores had nothing to do, to the
//! cores that it may use; never slower than to a quarter, so that each build ends.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::workshop::Guard;
use crate::{BuildLimits, Reading};

/// So much of the time counts at least.
const LEAST: f64 = 0.25;

/// How often it is looked at, at most and at least.
const LOOKS: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// One for all tries of a build.
#[derive(Debug)]
pub(super) struct Clock {
    time: Duration,
    cores: f64,
    counted: Mutex<Counted>,
}

#[derive(Debug)]
struct Counted {
    /// Up to `until`.
    time: Duration,
    until: Instant,
    reading: Option<Reading>,
}

impl Clock {
    pub(super) fn start(limits: BuildLimits) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let cores = u32::try_from(cores).unwrap_or(u32::MAX);
        Self {
            time: limits.time,
            cores: limits.cpus.min(f64::from(cores)),
            counted: Mutex::new(Counted {
                time: Duration::ZERO,
                until: Instant::now(),
                reading: None,
            }),
        }
    }

    /// Ends when the build's time is over.
    pub(super) async fn over(&self, guard: &dyn Guard) {
        let [often, seldom] = LOOKS;
        loop {
            let left = self.left(guard);
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.clamp(often, seldom)).await;
        }
    }

    pub(super) fn left(&self, guard: &dyn Guard) -> Duration {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reading) = guard.reading() {
            counted.take(reading, self.cores);
        }
        // What no reading tells of yet counts in full.
        let spent = counted.time + counted.until.elapsed();
        self.time.saturating_sub(spent)
    }
}

impl Counted {
    fn take(&mut self, reading: Reading, cores: f64) {
        let passed = reading.at.saturating_duration_since(self.until);
        if passed.is_zero() {
            return;
        }
        let share = self
            .reading
            .map_or(1.0, |before| share(before, reading, cores));
        self.time += passed.mul_f64(share);
        self.until = reading.at;
        self.reading = Some(reading);
    }
}

/// How much of the cores that a build may use it could have had between two readings, from [`LEAST`]
/// to 1.
fn share(before: Reading, after: Reading, cores: f64) -> f64 {
    before.could_have(after, cores).max(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OnBehalf;

    #[test]
    fn time_in_which_others_have_the_cores_counts_less() {
        let at = Instant::now();
        let reading = |seconds: u64, steps: u64, idle: u64| Reading {
            at: at + Duration::from_secs(seconds),
            computed: Duration::from_secs(steps),
            on_behalf: OnBehalf::default(),
            waited: None,
            idle: Duration::from_secs(idle),
        };
        let start = reading(0, 7, 100);
        for (after, cores, expected) in [
            // Has all that it may use; could have it; has all of one core beside an idle one.
            (reading(10, 27, 100), 2.0, 1.0),
            (reading(10, 7, 120), 2.0, 1.0),
            (reading(10, 17, 110), 2.0, 1.0),
            (reading(10, 17, 250), 2.0, 1.0),
            // Others have half of them, three quarters, and all.
            (reading(10, 17, 100), 2.0, 0.5),
            (reading(10, 12, 100), 2.0, 0.25),
            (reading(10, 7, 100), 2.0, 0.25),
            // It may not use more.
            (reading(10, 12, 100), 0.5, 1.0),
        ] {
            let share = share(start, after, cores);
            assert!((share - expected).abs() < 1e-9, "{after:?}: {share}");
        }
    }

    #[test]
    fn what_is_told_twice_counts_once() {
        let at = Instant::now();
        let reading = |seconds: u64| Reading {
            at: at + Duration::from_secs(seconds),
            computed: Duration::ZERO,
            on_behalf: OnBehalf::default(),
            waited: None,
            idle: Duration::ZERO,
        };
        let mut counted = Counted {
            time: Duration::ZERO,
            until: at,
            reading: None,
        };
        // Of the time before the first nothing is known.
        counted.take(reading(4), 2.0);
        counted.take(reading(4), 2.0);
        assert_eq!(counted.time, Duration::from_secs(4));
        counted.take(reading(12), 2.0);
        counted.take(reading(12), 2.0);
        assert_eq!(counted.time, Duration::from_secs(6));
        // One from before is of no use.
        counted.take(reading(1), 2.0);
        assert_eq!(counted.until, at + Duration::from_secs(12));
    }
}
