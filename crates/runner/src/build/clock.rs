//! The time that a build has, as far as the machine let it have it.
//!
//! A build that others keep from the cores is not slow. While they do, its time runs slower, in the
//! proportion of what it could have had, its own computing and what cores had nothing to do, to the
//! cores that it may use; never slower than to a quarter, so that each build ends.

use std::{
    fs,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::workshop::Guard;
use crate::BuildLimits;

/// So much of the time counts at least.
const LEAST: f64 = 0.25;

/// How often it is looked at, at most and at least.
const LOOKS: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// What a machine and the steps of a build have done by one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reading {
    pub(crate) at: Instant,
    /// The computing time of the steps.
    pub(crate) steps: Duration,
    /// For how long the machine's cores, added up, had nothing to do.
    pub(crate) idle: Duration,
}

/// How long cores of this machine had nothing to do, added up, since it started; none where it does not
/// tell.
pub(crate) fn idle() -> Option<Duration> {
    let told = fs::read_to_string("/proc/stat").ok()?;
    idle_of(&told, rustix::param::clock_ticks_per_second())
}

/// The fields `idle` and `iowait` of the first line, in ticks, as `proc_stat(5)` says.
fn idle_of(told: &str, ticks_per_second: u64) -> Option<Duration> {
    let mut fields = told.lines().next()?.split_whitespace();
    (fields.next()? == "cpu").then_some(())?;
    let ticks = fields.skip(3).take(2).map(|n| n.parse::<u64>().ok());
    let ticks = ticks.sum::<Option<u64>>()?;
    Some(Duration::from_millis(
        ticks.saturating_mul(1000) / ticks_per_second.max(1),
    ))
}

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
    let passed = after.at.saturating_duration_since(before.at).as_secs_f64();
    let steps = after.steps.saturating_sub(before.steps);
    let idle = after.idle.saturating_sub(before.idle);
    let could = (steps + idle).as_secs_f64() / (passed * cores);
    // Not a number where nothing passed.
    if could < 1.0 { could.max(LEAST) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  6427 0 1433 18400 100 0 47 7 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n";

    #[test]
    fn idle_is_all_that_no_core_worked_in() {
        assert_eq!(idle_of(STAT, 100), Some(Duration::from_secs(185)));
        for other in ["", "cpu 1 2 3", "cpu a b c d e", "intr 1 2 3 4 5"] {
            let told = idle_of(other, 100);
            assert!(told.is_none_or(|idle| idle.is_zero()), "{other}: {told:?}");
        }
    }

    #[test]
    fn time_in_which_others_have_the_cores_counts_less() {
        let at = Instant::now();
        let reading = |seconds: u64, steps: u64, idle: u64| Reading {
            at: at + Duration::from_secs(seconds),
            steps: Duration::from_secs(steps),
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
            steps: Duration::ZERO,
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
