//! What runs come to, or that there must be more of them. Nothing here knows where they come from.

use std::time::Duration;

use challenge_spec::model::{LoadExpect, LoadRatio};

use super::interval::{Interval, Lies};
use crate::step::measure::Figures;

/// A limit of time is missed when it was missed so often and never kept: noise makes nothing faster.
pub(super) const RUNS: usize = 3;
/// After so many pairs the ratios are looked at.
pub(super) const LOOKS: [usize; 4] = [4, 6, 9, 12];
/// So many rounds may say nothing.
pub(super) const WASTED: usize = 6;
/// How likely it may be that any interval of a step, at any look, misses the ratio that it is of.
const DOUBT: f64 = 0.01;

/// All rounds so far.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    /// Of the submission.
    pub(super) ours: Vec<Figures>,
    /// Of the submission and the other subject, one after the other.
    pub(super) pairs: Vec<(Figures, Figures)>,
    /// How many rounds said nothing.
    pub(super) wasted: usize,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decision {
    /// Another round.
    More,
    /// All held.
    Held,
    /// Something did not, in a sentence.
    Failed(String),
    /// It cannot be said, in a sentence.
    Open(String),
}

/// A ratio that was asked for.
#[derive(Debug, Clone)]
pub(super) struct Ratio {
    /// `p95`, `cpu`.
    pub(super) of: &'static str,
    pub(super) limit: f64,
    /// One for each pair.
    pub(super) ratios: Vec<f64>,
    /// None of fewer than two pairs.
    pub(super) interval: Option<Interval>,
}

/// The ratio of a pair.
#[derive(Debug, Clone, Copy)]
struct Between {
    low: f64,
    measured: f64,
    high: f64,
}

impl Between {
    /// Of their mean, wherever each of them lies.
    fn interval(ratios: &[Self], doubt: f64) -> Option<Interval> {
        let of = |which: fn(&Self) -> f64| {
            let ratios: Vec<f64> = ratios.iter().map(which).collect();
            Interval::of(&ratios, doubt)
        };
        Some(Interval {
            // None of it may be left.
            low: of(|ratio| ratio.low).map_or(0.0, |interval| interval.low),
            high: of(|ratio| ratio.high)?.high,
            ..of(|ratio| ratio.measured)?
        })
    }
}

impl Rounds {
    /// The ratios that are asked for, as far as they are known.
    pub(super) fn ratios(&self, expect: &LoadExpect) -> Vec<Ratio> {
        let asked = expect.ratio.iter().flat_map(LoadRatio::each);
        let asked: Vec<_> = asked.collect();
        // Every look at every figure has its share of the doubt (Bonferroni).
        let shares = LOOKS.len() * asked.len().max(1);
        let doubt = DOUBT / f64::from(u32::try_from(shares).unwrap_or(u32::MAX));
        let of = |(key, limit)| {
            let ratio = |ours: Option<Duration>, theirs: Option<Duration>| {
                Some(ours?.as_secs_f64() / theirs?.as_secs_f64())
            };
            // Where requests were sent late, a ratio lies between two.
            let each = |(ours, theirs): &(Figures, Figures)| {
                Some(Between {
                    low: ratio(ours.least(key), theirs.of(key))?,
                    measured: ratio(ours.of(key), theirs.of(key))
                        .filter(|ratio| ratio.is_finite())?,
                    high: ratio(ours.of(key), theirs.least(key))?,
                })
            };
            let ratios: Vec<Between> = self.pairs.iter().filter_map(each).collect();
            Ratio {
                of: key,
                limit,
                interval: Between::interval(&ratios, doubt),
                ratios: ratios.into_iter().map(|ratio| ratio.measured).collect(),
            }
        };
        asked.into_iter().map(of).collect()
    }

    /// What they come to. `other` is what the other subject is called.
    pub(super) fn decide(&self, expect: &LoadExpect, other: Option<&str>) -> Decision {
        let limits = self.limits(expect);
        let ratios = match other {
            Some(other) => self.compared(expect, other),
            None => Decision::Held,
        };
        match (limits, ratios) {
            (failed @ Decision::Failed(_), _) | (_, failed @ Decision::Failed(_)) => failed,
            (Decision::Held, Decision::Held) => Decision::Held,
            (_, open @ Decision::Open(_)) => open,
            _ => Decision::More,
        }
    }

    fn limits(&self, expect: &LoadExpect) -> Decision {
        if self.ours.iter().any(|run| keeps(run, expect)) {
            return Decision::Held;
        }
        let missing: Vec<&Figures> = self.ours.iter().filter(|run| misses(run, expect)).collect();
        if missing.len() < RUNS {
            return Decision::More;
        }
        // Of each the best, and of these the first that misses; else each run missed another.
        let missed = expect.latencies().find_map(|(key, _, limit)| {
            let best = missing.iter().filter_map(|run| run.least(key)).min()?;
            (best > limit.get()).then(|| {
                let best = shown(best);
                format!("{key} was {best} at best, and should be at most {limit}")
            })
        });
        let runs = missing.len();
        let missed = missed.unwrap_or_else(|| "no run kept all limits".to_owned());
        Decision::Failed(format!("too slow in each of {runs} runs: {missed}"))
    }

    fn compared(&self, expect: &LoadExpect, other: &str) -> Decision {
        if !LOOKS.contains(&self.pairs.len()) {
            return Decision::More;
        }
        let ratios = self.ratios(expect);
        let lies = |ratio: &Ratio| {
            let interval = ratio.interval;
            interval.map_or(Lies::Across, |interval| interval.lies(ratio.limit))
        };
        let first = |wanted: Lies| ratios.iter().find(|ratio| lies(ratio) == wanted);
        if let Some(beyond) = first(Lies::Beyond) {
            return Decision::Failed(beyond.told(other));
        }
        match first(Lies::Across) {
            None => Decision::Held,
            Some(open) if Some(&self.pairs.len()) == LOOKS.last() => Decision::Open(format!(
                "too near to say after {} pairs of runs: {}",
                self.pairs.len(),
                open.told(other)
            )),
            Some(_) => Decision::More,
        }
    }
}

impl Ratio {
    fn told(&self, other: &str) -> String {
        let Self { of, limit, .. } = self;
        let what = match *of {
            "cpu" => "computing time a request",
            latency => latency,
        };
        match self.interval {
            Some(Interval {
                low,
                estimate,
                high,
            }) => format!(
                "{what} was {estimate:.2} times that of {other} (99 % sure: {low:.2} to {high:.2}), \
                 and should be at most {limit}"
            ),
            None => format!("{what} beside that of {other} is not known"),
        }
    }
}

/// Whether a run keeps all limits of time, however late its requests were sent.
pub(super) fn keeps(run: &Figures, expect: &LoadExpect) -> bool {
    let mut limits = expect.latencies();
    limits.all(|(key, _, limit)| run.of(key).is_some_and(|time| time <= limit.get()))
}

/// Whether it misses one, however late they were sent. Neither may be.
pub(super) fn misses(run: &Figures, expect: &LoadExpect) -> bool {
    let mut limits = expect.latencies();
    limits.any(|(key, _, limit)| run.least(key).is_some_and(|time| time > limit.get()))
}

/// Whether half or more of what the other subject took may be that its requests were sent late: then it is
/// nothing to compare with.
pub(super) fn is_doubtful(theirs: &Figures, expect: &LoadExpect) -> bool {
    let mut asked = expect.ratio.iter().flat_map(LoadRatio::each);
    asked.any(|(key, _)| match (theirs.least(key), theirs.of(key)) {
        (Some(least), Some(measured)) => least < measured / 2,
        _ => false,
    })
}

/// `12.3 ms`.
pub(super) fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests;
