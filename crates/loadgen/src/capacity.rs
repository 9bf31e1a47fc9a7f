//! The highest rate at which a server keeps an objective.
//!
//! A rate is doubled until the objective is lost, and the gap then halved until it is narrow enough. Noise
//! loses an objective now and then, so that each rate is tried until most of so many tries agree. The
//! answer is an interval, with how often its two ends were tried: kept at the lower one, lost at the
//! upper.

mod search;

pub use search::Searching;

use std::time::{Duration, Instant};

use thiserror::Error;

use crate::{
    load::{Arrival, Load, LoadError, Pace, Ramp, Rate},
    measured::{Measured, Saturation},
    run::run,
    stop::Stop,
};

/// What a server must keep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    share: f64,
    within: Duration,
    error_rate: f64,
}

impl Objective {
    /// Of all requests so many in a hundred are answered within a time, and at most a share of them
    /// fails. There is no objective without a percentile: means hide what is slow.
    pub fn new(
        percentile: Option<f64>,
        within: Duration,
        error_rate: f64,
    ) -> Result<Self, CapacityError> {
        let percentile = percentile
            .filter(|percentile| *percentile > 0.0 && *percentile < 100.0)
            .ok_or(CapacityError::Percentile)?;
        if within.is_zero() {
            return Err(CapacityError::Within);
        }
        if !(0.0..1.0).contains(&error_rate) {
            return Err(CapacityError::ErrorRate { error_rate });
        }
        Ok(Self {
            share: percentile / 100.0,
            within,
            error_rate,
        })
    }

    /// What a run at a rate says of it.
    pub fn judge(&self, rate: Rate, measured: &Measured) -> Try {
        let saturated = measured.audit.saturated;
        let concludes = saturated.is_none() && !measured.stopped;
        Try {
            rate,
            kept: concludes.then(|| self.is_kept(measured)),
            latency: measured.latency.quantile(self.share),
            error_rate: measured.error_rate(),
            saturated,
        }
    }

    /// Whether it was kept. Requests of which nothing is known were not answered in time.
    pub fn is_kept(&self, measured: &Measured) -> bool {
        measured.right > 0
            && measured.unfinished == 0
            && measured.error_rate() <= self.error_rate
            && measured.latency.quantile(self.share) <= self.within
    }
}

/// How it is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// The first rate that is tried.
    pub from: Rate,
    /// The highest.
    pub to: Rate,
    /// Below this nothing is tried where even the first one is lost; a thousandth of the first where none
    /// is named.
    pub lowest: Option<Rate>,
    /// A rate is tried until more than half of so many tries agree.
    pub tries: u32,
    /// How much higher the upper end of the interval may be than the lower one: 0.05 is 5 %.
    pub precision: f64,
    /// How long all of it may take.
    pub budget: Duration,
}

/// Why nothing is looked for, or no more.
#[derive(Debug, Error)]
pub enum CapacityError {
    /// The objective names no percentile.
    #[error("an objective needs a percentile above 0 and below 100, such as 99")]
    Percentile,
    /// The objective names no time.
    #[error("an objective needs a time within which answers come")]
    Within,
    /// The objective's share of errors is none.
    #[error("an error rate of {error_rate}: it must be at least 0 and below 1")]
    ErrorRate {
        /// As given.
        error_rate: f64,
    },
    /// The search itself is none.
    #[error("a search for capacity {what}")]
    Search {
        /// What is wrong.
        what: &'static str,
    },
    /// A load could not be run.
    #[error("a try at {per_second} requests a second could not be made")]
    Try {
        /// The rate.
        per_second: f64,
        /// Why.
        #[source]
        source: LoadError,
    },
}

/// One try.
#[derive(Debug, Clone, PartialEq)]
pub struct Try {
    /// At which rate.
    pub rate: Rate,
    /// Whether the objective was kept; none where nothing may be concluded.
    pub kept: Option<bool>,
    /// The latency that the objective is about.
    pub latency: Duration,
    /// The share of requests that failed.
    pub error_rate: f64,
    /// Why nothing may be concluded.
    pub saturated: Option<Saturation>,
}

/// How often a rate was tried, and what most of the tries said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tried {
    /// At which rate.
    pub rate: Rate,
    /// In so many tries it was kept.
    pub kept: u32,
    /// In so many it was lost.
    pub lost: u32,
}

/// What was found: the capacity is between `keeps` and `loses`.
#[derive(Debug, Clone)]
pub struct Capacity {
    /// The highest rate at which the objective was kept; none where it never was.
    pub keeps: Option<Tried>,
    /// The lowest rate above it at which it was lost; none where it never was.
    pub loses: Option<Tried>,
    /// Why it was looked for no longer.
    pub end: End,
    /// All tries, in order.
    pub tries: Vec<Try>,
}

/// Why a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The interval is as narrow as was asked for.
    Found,
    /// The objective is kept at the highest rate that may be tried.
    AtLeast,
    /// It is lost even at rates far below the first.
    Never,
    /// The generator was the limit: the server may do more.
    Saturated,
    /// There was no time left; the interval is what it is.
    Budget,
    /// It was stopped.
    Stopped,
}

impl Search {
    fn check(&self) -> Result<(), CapacityError> {
        let wrong = |what| Err(CapacityError::Search { what });
        if self.to < self.from {
            return wrong("whose highest rate is below its first");
        }
        if self.tries == 0 {
            return wrong("without tries");
        }
        if !(self.precision > 0.0 && self.precision.is_finite()) {
            return wrong("whose precision is not above 0");
        }
        Ok(())
    }
}

/// Looks for the capacity. The load's rate is set by the search; its duration is that of one try. Ends
/// within the budget, or with the first try that would not.
pub async fn capacity(
    load: &Load,
    objective: &Objective,
    search: &Search,
    stop: &Stop,
) -> Result<Capacity, CapacityError> {
    let began = Instant::now();
    let longest = load.longest();
    let has_time = || !stop.is_stopped() && began.elapsed() + longest <= search.budget;
    let found = search::search(search, has_time, async |rate| {
        let load = at(load, rate);
        let measured = run(&load, stop)
            .await
            .map_err(|source| CapacityError::Try {
                per_second: rate.per_second(),
                source,
            })?;
        Ok(objective.judge(rate, &measured))
    });
    let mut found = found.await?;
    if stop.is_stopped() {
        found.end = End::Stopped;
    }
    Ok(found)
}

fn at(load: &Load, rate: Rate) -> Load {
    let (arrival, connections) = match load.pace {
        Pace::Open {
            arrival,
            connections,
            ..
        } => (arrival, connections),
        Pace::Closed { connections } => (Arrival::Constant, connections),
    };
    Load {
        pace: Pace::Open {
            ramp: Ramp::constant(rate),
            arrival,
            connections,
        },
        ..load.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_needs_a_percentile_a_time_and_a_share() {
        let second = Duration::from_secs(1);
        let refused = |percentile, within, errors| {
            Objective::new(percentile, within, errors)
                .unwrap_err()
                .to_string()
        };
        for percentile in [None, Some(0.0), Some(100.0), Some(f64::NAN)] {
            assert!(refused(percentile, second, 0.0).contains("needs a percentile"));
        }
        assert!(refused(Some(99.0), Duration::ZERO, 0.0).contains("a time"));
        assert!(refused(Some(99.0), second, 1.0).contains("error rate of 1"));
        assert!(refused(Some(99.0), second, -0.1).contains("error rate of -0.1"));
        Objective::new(Some(99.9), second, 0.01).unwrap();
    }

    #[test]
    fn a_search_that_is_none_is_told() {
        let rate = |rate| Rate::new(rate).unwrap();
        let search = Search {
            from: rate(10.0),
            to: rate(100.0),
            lowest: None,
            tries: 3,
            precision: 0.1,
            budget: Duration::from_secs(1),
        };
        search.check().unwrap();
        let wrong = [
            Search {
                to: rate(1.0),
                ..search
            },
            Search { tries: 0, ..search },
            Search {
                precision: 0.0,
                ..search
            },
        ];
        assert!(wrong.iter().all(|search| search.check().is_err()));
    }
}
