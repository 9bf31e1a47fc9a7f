use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Operation, Request, load::limited};
use crate::model::Duration;

/// Half of the tries of a rate and one more decide it.
const TRIES: u32 = 3;

/// The highest rate of requests at which an objective is kept, and what it must come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Requests sent once to each side, in this order, before it is measured. Their `expect` must hold; what
    /// they capture is there for `requests`, and each side's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setup: Vec<Request>,
    /// What is sent, mixed by weight; at least one. Templates see `index`. Each `expect` holds for every
    /// answer and captures nothing.
    #[schemars(length(min = 1))]
    pub requests: Vec<Operation>,
    /// How many renderings of each are made ready, 1 to 200, with `index` from 0.
    #[schemars(range(min = 1, max = 200))]
    #[serde(default = "default_forms")]
    pub forms: u32,
    /// How many connections there may be; 64 where it is left out.
    #[schemars(range(min = 1, max = 1000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<u32>,
    /// The lowest rate that is tried, in requests a second; it is doubled until the objective is lost.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 20_000))]
    pub from: f64,
    /// The highest.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 20_000))]
    pub to: f64,
    /// How much higher the lowest rate that loses may be than the highest that keeps: 0.1 is a tenth.
    #[schemars(range(min = 0.02, max = 1.0))]
    #[serde(default = "default_precision")]
    pub precision: f64,
    /// For how long each try goes before anything is measured.
    #[serde(default = "default_warm_up")]
    pub warm_up: Duration,
    /// For how long each try is measured.
    pub duration: Duration,
    /// What must be kept at a rate.
    pub objective: Objective,
    /// How long the tries of a search may take together, those of both subjects.
    #[serde(default = "default_limit")]
    pub limit: Duration,
    /// Another subject whose capacity is looked for turn and turn about: `starter`, or `reference:` and a
    /// solution's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// What must hold; at least one of it.
    pub expect: CapacityExpect,
}

/// What must be kept at a rate: one percentile, and the share of requests that may fail.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Objective {
    /// Half of the answers take at most so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<Duration>,
    /// The same of 95 in a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<Duration>,
    /// The same of 99 in a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<Duration>,
    /// The share of requests that may fail, at least 0 and below 1; 0 where it is left out.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<f64>,
}

/// What a capacity must come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CapacityExpect {
    /// At least so many requests a second.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 20_000))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// At least so many times the capacity of the other subject.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 100))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

impl Objective {
    /// The latencies that are limited, each with its key and the share of answers that it is of.
    pub fn latencies(&self) -> impl Iterator<Item = (&'static str, f64, Duration)> {
        limited([self.p50, self.p95, self.p99])
    }
}

impl Capacity {
    /// Until most of so many tries of a rate agree.
    pub const TRIES: u32 = TRIES;

    /// Warm-up and measured time of one try.
    pub fn run_time(&self) -> std::time::Duration {
        self.warm_up.get().saturating_add(self.duration.get())
    }

    /// How many rates a search tries at most: from one end to the other by doubling, and then the gap of two
    /// that are twice as much by halving.
    pub fn most_rates(&self) -> u32 {
        let doublings = (self.to / self.from).log2().ceil().clamp(0.0, 64.0);
        let gap = std::f64::consts::LN_2 / self.precision.ln_1p();
        let halvings = gap.log2().ceil().clamp(0.0, 64.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole numbers from 0 to 128"
        )]
        let rates = (doublings + halvings) as u32;
        rates + 1
    }
}

fn default_forms() -> u32 {
    20
}

fn default_precision() -> f64 {
    0.1
}

fn default_warm_up() -> Duration {
    Duration::from_secs(1)
}

fn default_limit() -> Duration {
    Duration::from_secs(600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_doubles_and_then_halves() {
        let rates = |from: f64, to: f64, precision: f64| {
            let capacity = Capacity {
                setup: Vec::new(),
                requests: Vec::new(),
                forms: 1,
                connections: None,
                from,
                to,
                precision,
                warm_up: Duration::from_secs(1),
                duration: Duration::from_secs(1),
                objective: Objective::default(),
                limit: default_limit(),
                against: None,
                expect: CapacityExpect::default(),
            };
            capacity.most_rates()
        };
        // 10, 20, 40, 80; then from 40 to 80 in steps of a tenth.
        assert_eq!(rates(10.0, 80.0, 0.1), 4 + 3);
        assert_eq!(rates(10.0, 81.0, 0.1), 5 + 3);
        assert_eq!(rates(10.0, 20.0, 1.0), 2);
    }
}
