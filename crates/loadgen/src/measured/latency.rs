use std::{fmt, time::Duration};

use hdrhistogram::Histogram;

use crate::tally;

/// A distribution of latencies.
#[derive(Clone)]
pub struct Latency(pub(super) Histogram<u64>);

impl Latency {
    /// How many.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The latency that this share of the requests did not exceed; zero where there are none.
    pub fn quantile(&self, share: f64) -> Duration {
        if self.0.is_empty() {
            return Duration::ZERO;
        }
        Duration::from_nanos(self.0.value_at_quantile(share))
    }

    /// The longest.
    pub fn max(&self) -> Duration {
        Duration::from_nanos(self.0.max())
    }

    /// The shortest; zero where there are none.
    pub fn min(&self) -> Duration {
        if self.0.is_empty() {
            return Duration::ZERO;
        }
        Duration::from_nanos(self.0.min())
    }

    /// The mean.
    pub fn mean(&self) -> Duration {
        Duration::from_secs_f64(self.0.mean() / 1e9)
    }

    /// The same together with another: as if all had been measured at once.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        // Both grow, so that nothing is out of range.
        let _ = self.0.add(&other.0);
        self
    }

    /// The share of requests that took at most so long.
    pub fn share_within(&self, limit: Duration) -> f64 {
        self.0.percentile_below(tally::nanos(limit)) / 100.0
    }
}

impl fmt::Debug for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latency")
            .field("count", &self.count())
            .field("p50", &self.quantile(0.5))
            .field("p99", &self.quantile(0.99))
            .field("max", &self.max())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(millis: &[u64]) -> Latency {
        let mut histogram = tally::histogram();
        for millis in millis {
            tally::record(&mut histogram, millis * 1_000_000, 1);
        }
        Latency(histogram)
    }

    #[test]
    fn two_distributions_become_one() {
        let both = latency(&[1, 2, 3]).with(&latency(&[100, 200]));
        assert_eq!(both.count(), 5);
        assert_eq!(both.quantile(0.5).as_millis(), 3);
        assert_eq!(both.max().as_millis(), 200);
    }
}
