//! Numbers that look random and are the same for the same seed.

/// The `number`th value of a seed: the output function of `SplitMix64` (Steele, Lea, Flood: "Fast
/// splittable pseudorandom number generators", 2014), which needs no state between two calls.
pub(crate) fn mixed(seed: u64, number: u64) -> u64 {
    let mut value = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The same as a share of one: at least 0, below 1.
#[expect(
    clippy::cast_precision_loss,
    reason = "53 bits are what an f64 holds exactly"
)]
pub(crate) fn share(seed: u64, number: u64) -> f64 {
    (mixed(seed, number) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::{mixed, share};

    #[test]
    fn the_first_values_are_the_published_ones() {
        // Of the reference implementation, seeded with 1234567.
        assert_eq!(mixed(1_234_567, 0), 6_457_827_717_110_365_317);
        assert_eq!(mixed(1_234_567, 1), 3_203_168_211_198_807_973);
    }

    #[test]
    fn shares_spread_evenly() {
        let mean = (0..10_000).map(|number| share(3, number)).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }
}
