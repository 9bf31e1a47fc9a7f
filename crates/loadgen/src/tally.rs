//! What one worker counts.

mod series;

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

pub(crate) use series::{Series, Slice};

use crate::trouble::{Trouble, Troubles};

/// Three digits: a value is told apart from one that is 0.1 % larger.
const DIGITS: u8 = 3;

/// An empty histogram of nanoseconds, that grows with its values.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new(DIGITS).expect("three digits are within what a histogram can have")
}

/// Counts a value. A histogram that grows has room for every one.
pub(crate) fn record<C: hdrhistogram::Counter>(histogram: &mut Histogram<C>, value: u64, times: C) {
    let _ = histogram.record_n(value, times);
}

pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// When a run measures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) from: Instant,
    pub(crate) to: Instant,
}

impl Window {
    pub(crate) fn holds(&self, moment: Instant) -> bool {
        self.from <= moment && moment <= self.to
    }
}

/// The figures of one request of the mix.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) right: u64,
    pub(crate) troubles: Troubles,
    pub(crate) latency: Histogram<u64>,
}

impl Entry {
    pub(crate) fn new() -> Self {
        Self {
            right: 0,
            troubles: Troubles::default(),
            latency: histogram(),
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.right += other.right;
        self.troubles.merge(&other.troubles);
        // Both grow, so that nothing is out of range.
        let _ = self.latency.add(&other.latency);
    }
}

/// What one worker counts, within the window.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) window: Window,
    /// Requests that ended, within the window or not.
    pub(crate) ended: u64,
    pub(crate) entries: Vec<Entry>,
    /// Requests that were due, in an open loop; those begun, in a closed one.
    pub(crate) due: u64,
    /// Requests that waited for a connection.
    pub(crate) waited: u64,
    /// How late this program itself was, in an open loop.
    pub(crate) lag: Histogram<u64>,
    pub(crate) series: Series,
}

impl Tally {
    pub(crate) fn new(window: Window, entries: usize) -> Self {
        Self {
            window,
            ended: 0,
            entries: vec![Entry::new(); entries],
            due: 0,
            waited: 0,
            lag: histogram(),
            series: Series::default(),
        }
    }

    /// A request became due.
    pub(crate) fn due(&mut self, at: Instant) {
        if self.window.holds(at) {
            self.due += 1;
            self.series.due(self.second(at));
        }
    }

    /// How much later than it was due a request was, or could have been, sent.
    pub(crate) fn lag(&mut self, due: Instant, lag: Duration) {
        if self.window.holds(due) {
            record(&mut self.lag, nanos(lag), 1);
        }
    }

    /// A request waits for a connection.
    pub(crate) fn waited(&mut self, at: Instant) {
        if self.window.holds(at) {
            self.waited += 1;
        }
    }

    /// A request that belongs to the window came to its end.
    pub(crate) fn end(
        &mut self,
        entry: usize,
        (since, now): (Instant, Instant),
        result: Result<(), Trouble>,
    ) {
        let second = self.second(now);
        let entry = &mut self.entries[entry];
        let latency = nanos(now.saturating_duration_since(since));
        match result {
            Ok(()) => entry.right += 1,
            Err(trouble) => {
                entry.troubles.add(trouble);
                // A quick error must not make latency look better; one that was waited for as long as
                // may be must not make it look better by being left out.
                if !trouble.waited() {
                    self.series.failed(second);
                    return;
                }
            }
        }
        record(&mut entry.latency, latency, 1);
        if result.is_ok() {
            self.series.right(second, latency);
        } else {
            self.series.failed(second);
        }
    }

    fn second(&self, moment: Instant) -> usize {
        let since = moment.saturating_duration_since(self.window.from).as_secs();
        usize::try_from(since).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally() -> Tally {
        let from = Instant::now();
        let to = from + Duration::from_secs(10);
        Tally::new(Window { from, to }, 1)
    }

    #[test]
    fn an_error_never_makes_latency_look_better() {
        let mut tally = tally();
        let from = tally.window.from;
        let after = |millis| (from, from + Duration::from_millis(millis));
        for _ in 0..90 {
            tally.end(0, after(100), Ok(()));
        }
        for _ in 0..10 {
            tally.end(0, after(1), Err(Trouble::WrongStatus));
        }
        let entry = &tally.entries[0];
        assert!(entry.latency.min() >= 99_000_000);
        assert_eq!((entry.right, entry.troubles.total()), (90, 10));
        for _ in 0..10 {
            tally.end(0, after(1000), Err(Trouble::TimedOut));
        }
        assert!(tally.entries[0].latency.value_at_quantile(0.95) > 900_000_000);
    }

    #[test]
    fn what_is_due_outside_the_window_is_not_counted() {
        let mut tally = tally();
        let Window { from, to } = tally.window;
        for at in [from, to, to + Duration::from_nanos(1)] {
            tally.due(at);
            tally.lag(at, Duration::from_millis(3));
        }
        assert_eq!((tally.due, tally.lag.len()), (2, 2));
    }
}
