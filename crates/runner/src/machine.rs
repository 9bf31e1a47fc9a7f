//! What programs of ours and this machine's cores have done by one moment: whether others kept the cores
//! from them is told from two of these.

mod on_behalf;
mod threads;

use std::{
    fs,
    time::{Duration, Instant},
};

pub use on_behalf::OnBehalf;
pub(crate) use on_behalf::on_behalf;
pub(crate) use threads::thread_of;
pub use threads::{Thread, Threads, own_threads};

/// What some programs and their machine have done by one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The moment.
    pub at: Instant,
    /// The computing time of the programs so far.
    pub computed: Duration,
    /// That of what computes for them.
    pub on_behalf: OnBehalf,
    /// For how long their tasks waited for a core, added up, where that is told.
    pub waited: Option<Duration>,
    /// For how long the machine's cores, added up, had nothing to do so far.
    pub idle: Duration,
}

impl Reading {
    /// What the programs computed from this reading to a later one, and what was computed for them.
    #[must_use]
    pub fn computed_until(self, after: Self) -> Duration {
        after.computed.saturating_sub(self.computed) + self.on_behalf.until(after.on_behalf)
    }

    /// With what the programs of another sandbox have computed.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.computed += other.computed;
        self.on_behalf = self.on_behalf.and(other.on_behalf);
        self
    }

    /// How much of so many cores the programs could have had from this reading to a later one: what they
    /// computed, and what cores had nothing to do. From 0 to 1; 1 where no time passed.
    #[must_use]
    pub fn could_have(self, after: Self, cores: f64) -> f64 {
        let passed = after.at.saturating_duration_since(self.at).as_secs_f64();
        let computed = self.computed_until(after);
        let idle = after.idle.saturating_sub(self.idle);
        let could = (computed + idle).as_secs_f64() / (passed * cores);
        // Not a number where nothing passed.
        if could < 1.0 { could } else { 1.0 }
    }

    /// How many of the programs' tasks were waiting for a core from this reading to a later one, on average. Who
    /// sleeps, or waits for something else, does not count.
    #[must_use]
    pub fn waiting(self, after: Self) -> Option<f64> {
        let passed = after.at.saturating_duration_since(self.at);
        let waited = after.waited?.saturating_sub(self.waited?);
        let waiting = waited.as_secs_f64() / passed.as_secs_f64();
        Some(if passed.is_zero() { 0.0 } else { waiting })
    }
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
    Some(duration(ticks, ticks_per_second))
}

fn duration(ticks: u64, ticks_per_second: u64) -> Duration {
    Duration::from_millis(ticks.saturating_mul(1000) / ticks_per_second.max(1))
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
}
