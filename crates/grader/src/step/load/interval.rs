//! How sure it is that a ratio is above or below a limit.
//!
//! Each pair of runs, one of each side and one right after the other, gives a ratio. Their logarithms
//! are taken for independent and normally distributed, as those of times are closely enough, and so that
//! twice as much and half as much weigh the same. The interval of their mean is Student's, `mean ± t · s /
//! √n` with `n - 1` degrees of freedom (Student, "The probable error of a mean", Biometrika 6, 1908).

/// Where the mean of ratios lies, as ratios.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) estimate: f64,
    pub(super) high: f64,
}

/// On which side of a limit an interval lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lies {
    /// As a whole at it or below.
    Within,
    /// As a whole above.
    Beyond,
    /// On both sides.
    Across,
}

impl Interval {
    /// Of at least two ratios above 0; `doubt` is the probability that the mean lies outside of it.
    pub(super) fn of(ratios: &[f64], doubt: f64) -> Option<Self> {
        let count = u32::try_from(ratios.len())
            .ok()
            .filter(|count| *count > 1)?;
        let logs: Vec<f64> = ratios.iter().map(|ratio| ratio.ln()).collect();
        if !logs.iter().all(|log| log.is_finite()) {
            return None;
        }
        let number = f64::from(count);
        let mean = logs.iter().sum::<f64>() / number;
        let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
        let deviation = (squares / (number - 1.0)).sqrt();
        let half = student(1.0 - doubt, count - 1) * deviation / number.sqrt();
        Some(Self {
            low: (mean - half).exp(),
            estimate: mean.exp(),
            high: (mean + half).exp(),
        })
    }

    pub(super) fn lies(self, limit: f64) -> Lies {
        if self.high <= limit {
            Lies::Within
        } else if self.low > limit {
            Lies::Beyond
        } else {
            Lies::Across
        }
    }
}

/// How far from 0 a value of Student's distribution lies at most, with this probability.
fn student(probability: f64, degrees: u32) -> f64 {
    let (mut low, mut high) = (0.0, 1e9);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if closer_than(middle, degrees) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The probability that a value of Student's distribution lies no further from 0 (Abramowitz and Stegun,
/// Handbook of Mathematical Functions, 26.7.3 and 26.7.4).
fn closer_than(distance: f64, degrees: u32) -> f64 {
    let angle = (distance / f64::from(degrees).sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    // Each term is the one before times such a fraction and the cosine's square.
    let fractions = |first: u32| {
        (first..degrees.saturating_sub(1))
            .step_by(2)
            .map(|k| f64::from(k - 1) / f64::from(k))
    };
    let series = |mut term: f64, first: u32| {
        let mut sum = term;
        for fraction in fractions(first) {
            term *= fraction * cosine * cosine;
            sum += term;
        }
        sum
    };
    match degrees {
        1 => angle * std::f64::consts::FRAC_2_PI,
        even if even.is_multiple_of(2) => series(sine, 2),
        _ => (angle + series(sine * cosine, 3)) * std::f64::consts::FRAC_2_PI,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn student_is_as_in_the_tables() {
        for (probability, degrees, tabled) in [
            (0.95, 1, 12.706_205),
            (0.95, 2, 4.302_653),
            (0.95, 3, 3.182_446),
            (0.99, 5, 4.032_143),
            (0.95, 8, 2.306_004),
            (0.99, 11, 3.105_807),
            (0.999, 11, 4.436_979),
        ] {
            let found = student(probability, degrees);
            assert!((found - tabled).abs() < 1e-5, "{degrees}: {found}");
        }
    }

    #[test]
    fn an_interval_is_around_the_geometric_mean() {
        let interval = Interval::of(&[0.5, 2.0, 0.5, 2.0], 0.05).unwrap();
        assert!((interval.estimate - 1.0).abs() < 1e-12);
        assert!((interval.low * interval.high - 1.0).abs() < 1e-9);
        // ln 2 = 0.693; s = 0.8004; half of 3.182 s is 1.2735.
        assert!((interval.high.ln() - 1.273_5).abs() < 1e-3, "{interval:?}");
        assert_eq!(Interval::of(&[1.0], 0.05), None);
        assert_eq!(Interval::of(&[1.0, 0.0], 0.05), None);
    }

    #[test]
    fn what_is_exact_is_decided() {
        let same = Interval::of(&[1.0; 4], 0.01).unwrap();
        assert_eq!(same.lies(1.0), Lies::Within);
        assert_eq!(same.lies(0.99), Lies::Beyond);
    }

    proptest! {
        /// Whatever the noise: where no pair is above the limit, none is said to be.
        #[test]
        fn pairs_on_one_side_are_never_said_to_be_on_the_other(
            ratios in prop::collection::vec(0.01..1.0f64, 2..20),
            doubt in 0.0001..0.2f64,
        ) {
            let below = Interval::of(&ratios, doubt).unwrap();
            prop_assert_ne!(below.lies(1.0), Lies::Beyond);
            let turned: Vec<f64> = ratios.iter().map(|ratio| 1.0 / ratio).collect();
            let above = Interval::of(&turned, doubt).unwrap();
            prop_assert_ne!(above.lies(0.999_999), Lies::Within);
        }

        #[test]
        fn less_doubt_is_a_wider_interval(
            ratios in prop::collection::vec(0.5..2.0f64, 3..12),
        ) {
            let wide = Interval::of(&ratios, 0.001).unwrap();
            let narrow = Interval::of(&ratios, 0.05).unwrap();
            prop_assert!(wide.low <= narrow.low && narrow.high <= wide.high);
            prop_assert!(narrow.low <= narrow.estimate && narrow.estimate <= narrow.high);
        }
    }
}
