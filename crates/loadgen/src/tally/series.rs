//! What came to its end in each second, in little memory: the latencies of a second that is over are
//! kept as the few values that occurred.

use hdrhistogram::Histogram;

/// Two digits: a value is told apart from one that is 1 % larger.
const DIGITS: u8 = 2;

/// The most seconds that are kept; what comes later counts in the last one.
const MOST: usize = 24 * 60 * 60;

/// A second.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) due: u64,
    pub(crate) right: u64,
    pub(crate) failed: u64,
    /// Latencies in nanoseconds and how often each came.
    pub(crate) latencies: Vec<(u64, u32)>,
}

/// Seconds, from the beginning of the window.
#[derive(Debug)]
pub(crate) struct Series {
    slices: Vec<Slice>,
    /// The latencies of the last second that something ended in.
    open: Histogram<u32>,
    open_second: usize,
}

impl Default for Series {
    fn default() -> Self {
        Self {
            slices: Vec::new(),
            open: empty(),
            open_second: 0,
        }
    }
}

fn empty() -> Histogram<u32> {
    Histogram::new(DIGITS).expect("two digits are within what a histogram can have")
}

impl Series {
    fn slice(&mut self, second: usize) -> &mut Slice {
        let second = second.min(MOST - 1);
        if self.slices.len() <= second {
            self.slices.resize_with(second + 1, Slice::default);
        }
        &mut self.slices[second]
    }

    pub(crate) fn due(&mut self, second: usize) {
        self.slice(second).due += 1;
    }

    pub(crate) fn failed(&mut self, second: usize) {
        self.slice(second).failed += 1;
    }

    /// Seconds must not go back.
    pub(crate) fn right(&mut self, second: usize, latency: u64) {
        if second > self.open_second {
            self.close();
            self.open_second = second;
        }
        self.slice(second).right += 1;
        super::record(&mut self.open, latency, 1);
    }

    fn close(&mut self) {
        let latencies: Vec<_> = self
            .open
            .iter_recorded()
            .map(|value| (value.value_iterated_to(), value.count_at_value()))
            .collect();
        self.open.reset();
        let second = self.open_second;
        self.slice(second).latencies.extend(latencies);
    }

    pub(crate) fn into_slices(mut self) -> Vec<Slice> {
        self.close();
        self.slices
    }
}

impl Slice {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.due += other.due;
        self.right += other.right;
        self.failed += other.failed;
        self.latencies.extend_from_slice(&other.latencies);
    }

    /// The latencies as a histogram again.
    pub(crate) fn histogram(&self) -> Histogram<u64> {
        let mut all = super::histogram();
        for (value, count) in &self.latencies {
            super::record(&mut all, *value, u64::from(*count));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::Series;

    #[test]
    fn seconds_keep_their_own_latencies() {
        let mut series = Series::default();
        for value in 0..1000 {
            series.right(0, 1_000_000 + value);
        }
        series.failed(2);
        series.right(2, 900_000_000);
        series.due(3);
        let slices = series.into_slices();
        assert_eq!(slices.len(), 4);
        assert!(slices[0].latencies.len() < 10, "as few as occurred");
        let first = slices[0].histogram();
        assert_eq!(first.len(), 1000);
        assert!(first.max() < 1_020_000);
        assert!(slices[2].histogram().min() > 890_000_000);
        let counts: Vec<_> = slices.iter().map(|s| (s.due, s.right, s.failed)).collect();
        assert_eq!(counts, [(0, 1000, 0), (0, 0, 0), (0, 1, 1), (1, 0, 0)]);
    }
}
