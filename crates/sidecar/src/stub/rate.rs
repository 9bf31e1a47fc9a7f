//! How many calls a second are taken up.

use std::time::Instant;

/// A bucket with a second's calls, which fills up again as time goes by.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: f64,
    left: f64,
    looked: Instant,
}

impl Rate {
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        Self {
            per_second: f64::from(per_second),
            left: f64::from(per_second),
            looked: now,
        }
    }

    /// Whether one more is taken up.
    pub(super) fn takes(&mut self, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.looked).as_secs_f64();
        self.looked = now;
        self.left = (self.left + since * self.per_second).min(self.per_second);
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_seconds_calls_are_taken_and_those_that_time_brings_back() {
        let now = Instant::now();
        let mut rate = Rate::new(20, now);
        let mut taken =
            |at: Duration, asked: u32| (0..asked).filter(|_| rate.takes(now + at)).count();
        assert_eq!(taken(Duration::ZERO, 50), 20);
        assert_eq!(taken(Duration::from_millis(500), 50), 10);
        assert_eq!(taken(Duration::from_secs(60), 50), 20);
    }
}
