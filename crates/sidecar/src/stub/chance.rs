//! Chances that come from a seed.

use std::{f64::consts::TAU, time::Duration};

use crate::protocol::Latency;

/// The quantile of the normal distribution at 0.99.
const Z99: f64 = 2.326_347_874_040_841;

/// One of many chances of a seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance(u64);

impl Chance {
    /// That of the nth call of a route.
    pub(super) fn of(seed: u64, route: usize, nth: u64) -> Self {
        Self(mixed(mixed(seed ^ mixed(route as u64)) ^ nth))
    }

    /// Of numbers from 0 to below 1, the first or another one.
    fn number(self, which: u64) -> f64 {
        let bits = mixed(self.0 ^ mixed(which)) >> 11;
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let number = bits as f64 / (1u64 << 53) as f64;
        number
    }

    /// Whether this is one of such a share of all.
    pub(super) fn is_within(self, share: f64) -> bool {
        self.number(0) < share
    }

    /// How long an answer takes: log-normal, where its 99th percentile is given.
    pub(super) fn of_latency(self, latency: Latency) -> Duration {
        let Some(p99_ms) = latency.p99_ms else {
            return Duration::from_millis(latency.p50_ms);
        };
        // By Box and Muller, from two numbers.
        let radius = (-2.0 * (1.0 - self.number(1)).ln()).sqrt();
        let z = radius * (TAU * self.number(2)).cos();
        #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53 ms")]
        let (p50, p99) = (latency.p50_ms.max(1) as f64, p99_ms.max(1) as f64);
        let ms = p50 * (z * (p99 / p50).ln() / Z99).exp();
        Duration::from_secs_f64(ms.min(2.0 * p99) / 1000.0)
    }
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood 2014).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chances() -> impl Iterator<Item = Chance> {
        (0..10_000).map(|nth| Chance::of(7, 3, nth))
    }

    #[test]
    fn a_share_is_a_share_and_the_same_for_a_seed() {
        let hits: Vec<bool> = chances().map(|chance| chance.is_within(0.2)).collect();
        let again: Vec<bool> = chances().map(|chance| chance.is_within(0.2)).collect();
        assert_eq!(hits, again);
        let count = hits.iter().filter(|hit| **hit).count();
        assert!((1_850..2_150).contains(&count), "{count}");
        assert!(chances().all(|chance| chance.is_within(1.0)));
        assert!(!chances().any(|chance| chance.is_within(0.0)));
        let other = (0..10_000).map(|nth| Chance::of(8, 3, nth).is_within(0.2));
        assert!(!other.eq(hits));
    }

    #[test]
    fn latencies_go_through_both_points() {
        let latency = Latency {
            p50_ms: 50,
            p99_ms: Some(400),
        };
        let mut all: Vec<f64> = chances()
            .map(|chance| chance.of_latency(latency).as_secs_f64() * 1000.0)
            .collect();
        all.sort_by(f64::total_cmp);
        assert!((47.0..53.0).contains(&all[5_000]), "{}", all[5_000]);
        assert!((350.0..450.0).contains(&all[9_900]), "{}", all[9_900]);
        assert!(all[9_999] <= 800.0, "{}", all[9_999]);
        assert!(all[0] < 15.0, "{}", all[0]);
    }

    #[test]
    fn without_a_99th_percentile_all_take_the_same() {
        let latency = Latency {
            p50_ms: 150,
            p99_ms: None,
        };
        assert!(chances().all(|chance| chance.of_latency(latency) == Duration::from_millis(150)));
    }
}
