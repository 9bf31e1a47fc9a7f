//! Numbers of JSON, compared without loss.

use std::cmp::Ordering;

use serde_json::Number;

/// Below this, and above its negative, every `f64` truncates into an `i128`.
const I128_BOUND: f64 = 1.0e38;

/// Compares two numbers exactly, whole ones and others.
pub(super) fn compare(left: &Number, right: &Number) -> Ordering {
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(left), None) => compare_mixed(left, float(right)),
        (None, Some(right)) => compare_mixed(right, float(left)).reverse(),
        // JSON has neither NaN nor two zeros that differ.
        (None, None) => float(left)
            .partial_cmp(&float(right))
            .unwrap_or(Ordering::Equal),
    }
}

/// Whether it has no fraction; `3.0` has none.
pub(super) fn is_integer(number: &Number) -> bool {
    whole(number).is_some() || float(number).fract() == 0.0
}

/// The number as others like it are written: `1.0` as `1`.
pub(super) fn canonical(number: &Number) -> String {
    if let Some(whole) = whole(number) {
        return whole.to_string();
    }
    let float = float(number);
    match truncated(float) {
        Some(whole) if float.fract() == 0.0 => whole.to_string(),
        _ => number.to_string(),
    }
}

fn whole(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

fn compare_mixed(whole: i128, float: f64) -> Ordering {
    match truncated(float) {
        Some(part) => whole.cmp(&part).then_with(|| {
            0.0_f64
                .partial_cmp(&float.fract())
                .unwrap_or(Ordering::Equal)
        }),
        None if float > 0.0 => Ordering::Less,
        None => Ordering::Greater,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the bound makes the cast exact but for the fraction"
)]
fn truncated(float: f64) -> Option<i128> {
    (float.abs() < I128_BOUND).then_some(float as i128)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(left: &str, right: &str) -> Ordering {
        compare(&left.parse().unwrap(), &right.parse().unwrap())
    }

    #[test]
    fn large_whole_numbers_are_not_rounded() {
        assert_eq!(
            order("9007199254740993", "9007199254740992"),
            Ordering::Greater
        );
        assert_eq!(
            order("9007199254740993", "9007199254740992.0"),
            Ordering::Greater
        );
        assert_eq!(
            order("18446744073709551615", "1.8446744073709552e19"),
            Ordering::Less
        );
        assert_eq!(
            order("9223372036854775807", "18446744073709551615"),
            Ordering::Less
        );
    }

    #[test]
    fn whole_and_other_numbers_compare() {
        assert_eq!(order("1", "1.0"), Ordering::Equal);
        assert_eq!(order("-1", "-1.5"), Ordering::Greater);
        assert_eq!(order("1.5", "1"), Ordering::Greater);
        assert_eq!(order("0", "-0.0"), Ordering::Equal);
        assert_eq!(order("5", "1e300"), Ordering::Less);
        assert_eq!(order("-1e300", "-9223372036854775808"), Ordering::Less);
    }

    #[test]
    fn canonical_numbers_are_equal_exactly_where_they_compare_equal() {
        for (one, other) in [("1", "1.0"), ("0", "-0.0"), ("100", "1e2")] {
            assert_eq!(
                canonical(&one.parse().unwrap()),
                canonical(&other.parse().unwrap())
            );
        }
        assert_ne!(
            canonical(&"1".parse().unwrap()),
            canonical(&"1.5".parse().unwrap())
        );
    }
}
