use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Operation, Request};
use crate::model::Duration;

/// What [`Load::against`] and [`Differential::against`](super::Differential::against) begin with.
pub const REFERENCE: &str = "reference:";
/// What [`Load::against`] calls the challenge's starter.
pub const STARTER: &str = "starter";

/// Many requests over a while, and what their answers must come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load {
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
    /// Requests a second, whether or not others were answered. Without it each connection sends the next
    /// request when it has the answer to the last.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 20_000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// How many connections; with a rate the most there may be, and 64 where it is left out.
    #[schemars(range(min = 1, max = 1000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<u32>,
    /// For how long each run goes before anything is measured.
    #[serde(default = "default_warm_up")]
    pub warm_up: Duration,
    /// For how long each run is measured.
    pub duration: Duration,
    /// Another subject under the same load, turn and turn about: `starter`, or `reference:` and a
    /// solution's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// What must hold; at least one of it.
    pub expect: LoadExpect,
}

/// What the answers under a load must come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoadExpect {
    /// The share of requests that may fail, 0 to 1; 0 where it is left out.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<f64>,
    /// Half of the right answers take at most so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<Duration>,
    /// The same of 95 in a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<Duration>,
    /// The same of 99 in a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<Duration>,
    /// What the submission may take beside the other subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<LoadRatio>,
}

/// At most so large a share of what the other subject takes: 0.5 is half of it. At least one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoadRatio {
    /// Of the latency that half of the right answers do not exceed.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 100))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// The same of 95 in a hundred.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 100))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// The same of 99 in a hundred.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 100))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
    /// Of the computing time a request, of app and services together.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 100))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<f64>,
}

impl Load {
    /// Warm-up and measured time of one run.
    pub fn run_time(&self) -> std::time::Duration {
        self.warm_up.get().saturating_add(self.duration.get())
    }
}

/// The latencies of 50, 95 and 99 in a hundred that are limited, each with its key and its share.
pub(super) fn limited(
    limits: [Option<Duration>; 3],
) -> impl Iterator<Item = (&'static str, f64, Duration)> {
    let each = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];
    each.into_iter()
        .zip(limits)
        .filter_map(|((key, share), limit)| Some((key, share, limit?)))
}

impl LoadExpect {
    /// The latencies that are limited, each with its key and the share of answers that it is of.
    pub fn latencies(&self) -> impl Iterator<Item = (&'static str, f64, Duration)> {
        limited([self.p50, self.p95, self.p99])
    }
}

impl LoadRatio {
    /// Each that is given, with its key.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let each = [
            ("p50", self.p50),
            ("p95", self.p95),
            ("p99", self.p99),
            ("cpu", self.cpu),
        ];
        each.into_iter()
            .filter_map(|(key, limit)| Some((key, limit?)))
    }
}

fn default_forms() -> u32 {
    20
}

fn default_warm_up() -> Duration {
    Duration::from_secs(1)
}
