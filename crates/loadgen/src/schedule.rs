//! When each request of an open loop is due.

use std::time::Duration;

use crate::{
    load::{Arrival, Ramp},
    seed,
};

/// The moments of one worker's requests, one after the other, from the run's start.
///
/// Requests come as a process whose `i`th event is when the expected number of requests reaches
/// `s(i)`: with a constant arrival `s(i) = i`, with a Poisson arrival a sum of exponential steps
/// (the inversion method: Çinlar, "Introduction to stochastic processes", 1975). Of `n` workers each
/// takes every `n`th event, or has a process of its own with an `n`th of the rate, which together
/// are one Poisson process again.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    ramp: Ramp,
    arrival: Arrival,
    warm_up: f64,
    duration: f64,
    worker: u64,
    workers: u64,
    seed: u64,
    taken: u64,
    expected: f64,
}

/// A request that is due.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Due {
    /// From the run's start.
    pub(crate) at: Duration,
    /// Counts the requests of all workers.
    pub(crate) number: u64,
}

impl Schedule {
    pub(crate) fn new(
        (ramp, arrival): (Ramp, Arrival),
        (warm_up, duration): (Duration, Duration),
        (worker, workers): (u64, u64),
        seed: u64,
    ) -> Self {
        Self {
            ramp,
            arrival,
            warm_up: warm_up.as_secs_f64(),
            duration: duration.as_secs_f64(),
            worker,
            workers,
            seed: seed::mixed(seed, worker),
            taken: 0,
            expected: 0.0,
        }
    }

    /// How many are still to come, about; exactly so with a constant arrival.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no run has 2^53 requests, and what is below zero is none"
    )]
    pub(crate) fn left(&self) -> u64 {
        let (from, to) = (self.ramp.from.per_second(), self.ramp.to.per_second());
        let all = from * self.warm_up + f64::midpoint(from, to) * self.duration;
        let next = match self.arrival {
            Arrival::Constant => (self.taken * self.workers + self.worker) as f64,
            Arrival::Poisson => self.expected,
        };
        ((all - next) / self.workers as f64).ceil().max(0.0) as u64
    }

    /// When so many requests are expected to have been sent; none where that is after the end.
    fn when(&self, expected: f64) -> Option<f64> {
        let (from, to) = (self.ramp.from.per_second(), self.ramp.to.per_second());
        let past = expected - from * self.warm_up;
        if past < 0.0 {
            return Some(expected / from);
        }
        // from * t + slope * t^2 = past, solved for t in the form that does not cancel.
        let slope = (to - from) / (2.0 * self.duration);
        let root = from * from + 4.0 * slope * past;
        if root < 0.0 {
            return None;
        }
        let after = 2.0 * past / (from + root.sqrt());
        (after < self.duration).then_some(self.warm_up + after)
    }
}

impl Iterator for Schedule {
    type Item = Due;

    #[expect(clippy::cast_precision_loss, reason = "no run has 2^53 requests")]
    fn next(&mut self) -> Option<Due> {
        let number = self.taken * self.workers + self.worker;
        let expected = match self.arrival {
            Arrival::Constant => number as f64,
            Arrival::Poisson => {
                let step = -(1.0 - seed::share(self.seed, self.taken)).ln();
                self.expected += step * self.workers as f64;
                self.expected
            }
        };
        self.taken += 1;
        let at = Duration::from_secs_f64(self.when(expected)?);
        Some(Due { at, number })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::load::Rate;

    fn schedule(from: f64, to: f64, arrival: Arrival, worker: u64, workers: u64) -> Schedule {
        let rate = |rate| Rate::new(rate).unwrap();
        let ramp = Ramp {
            from: rate(from),
            to: rate(to),
        };
        let spans = (Duration::from_secs(1), Duration::from_secs(10));
        Schedule::new((ramp, arrival), spans, (worker, workers), 5)
    }

    #[test]
    fn a_constant_rate_has_even_gaps() {
        let due: Vec<_> = schedule(100.0, 100.0, Arrival::Constant, 0, 1).collect();
        assert_eq!(due.len(), 1100);
        for (place, due) in due.iter().enumerate() {
            let exact = 0.01 * f64::from(u32::try_from(place).unwrap());
            assert!((due.at.as_secs_f64() - exact).abs() < 1e-6);
        }
    }

    #[test]
    fn what_is_left_is_known() {
        for workers in 1..4 {
            let mut schedule = schedule(100.0, 300.0, Arrival::Constant, 1 % workers, workers);
            for _ in 0..500 {
                schedule.next();
            }
            assert_eq!(schedule.left(), schedule.count() as u64);
        }
    }

    #[test]
    fn a_ramp_sends_the_area_under_it() {
        let due: Vec<_> = schedule(100.0, 300.0, Arrival::Constant, 0, 1).collect();
        // One second of 100, then ten of 200 on average.
        assert_eq!(due.len(), 2100);
        let in_second = |second| due.iter().filter(|due| due.at.as_secs() == second).count();
        assert!((109..=111).contains(&in_second(1)), "{}", in_second(1));
        assert!((289..=291).contains(&in_second(10)), "{}", in_second(10));
    }

    #[test]
    fn a_ramp_may_go_down() {
        let due = schedule(300.0, 100.0, Arrival::Constant, 0, 1).count();
        assert_eq!(due, 2300);
    }

    #[test]
    fn poisson_arrivals_have_the_spread_of_their_mean() {
        let due: Vec<_> = schedule(1000.0, 1000.0, Arrival::Poisson, 0, 1).collect();
        assert!((10_600..11_400).contains(&due.len()), "{}", due.len());
        let gaps: Vec<_> = due
            .windows(2)
            .map(|pair| pair[1].at.as_secs_f64() - pair[0].at.as_secs_f64())
            .collect();
        let count = f64::from(u32::try_from(gaps.len()).unwrap());
        let mean = gaps.iter().sum::<f64>() / count;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / count;
        let ratio = variance.sqrt() / mean;
        assert!((0.95..1.05).contains(&ratio), "{ratio}");
    }

    proptest! {
        #[test]
        fn workers_together_send_what_one_would(workers in 1u64..5, from in 1.0f64..500.0, to in 1.0f64..500.0) {
            let alone: Vec<_> = schedule(from, to, Arrival::Constant, 0, 1).collect();
            let mut together: Vec<_> = (0..workers)
                .flat_map(|worker| schedule(from, to, Arrival::Constant, worker, workers))
                .collect();
            together.sort_by_key(|due| due.number);
            prop_assert_eq!(alone, together);
        }

        #[test]
        fn nothing_is_due_twice_or_backwards(from in 0.5f64..900.0, to in 0.5f64..900.0, poisson: bool) {
            let arrival = if poisson { Arrival::Poisson } else { Arrival::Constant };
            let due: Vec<_> = schedule(from, to, arrival, 0, 1).collect();
            prop_assert!(due.windows(2).all(|pair| pair[0].at <= pair[1].at));
            prop_assert!(due.iter().all(|due| due.at < Duration::from_secs(11)));
        }
    }
}
