use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Exchange, Mismatch, TallyLine};

/// Many requests over a while, and what came of them. Latencies are in milliseconds with fractions: at a
/// rate from when a request was due, else from its sending, to the end of its right answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// What was sent.
    pub requests: Vec<LoadRequest>,
    /// Requests a second; none where each connection sent the next one when the last was answered.
    pub rate: Option<f64>,
    /// How many connections; with a rate the most there might be, none where nobody said.
    pub connections: Option<u32>,
    /// For how long each run went before anything was measured.
    pub warm_up_ms: u64,
    /// For how long each run was measured.
    pub duration_ms: u64,
    /// How long a request might take.
    pub timeout_ms: u64,
    /// What kept the load generator and both sides apart.
    #[serde(default)]
    pub apart: LoadApart,
    /// The submission, and behind it the other subject, where there was one.
    pub sides: Vec<LoadSide>,
    /// What the submission took beside the other subject.
    pub ratios: Vec<LoadRatio>,
    /// Where it differs from what was expected.
    pub mismatches: Vec<Mismatch>,
    /// Some of the submission's wrong answers; their `duration_ms` is 0, as it is not known of one.
    pub samples: Vec<Exchange>,
}

/// What kept those apart who measure and who are measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadApart {
    /// The core that the load generator kept to, and no program of a side could use; none where it had none
    /// to itself.
    pub core: Option<u32>,
    /// Whether the programs of one side stood still while the other was measured; none where there was one.
    pub still: Option<bool>,
    /// What could not be had, and why, in sentences.
    pub lacks: Vec<String>,
}

/// One request of a load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadRequest {
    /// How often it was sent, beside the weights of the others.
    pub weight: u32,
    /// Method and path as the challenge has them, templates and all.
    pub send: String,
    /// In how many renderings.
    pub forms: u32,
}

/// One side of a load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadSide {
    /// `submission`, `starter`, `reference:python`.
    pub subject: String,
    /// In their order; those of both sides took turns.
    pub runs: Vec<LoadRun>,
    /// The latencies of all runs that say something together, rising.
    pub latency: Vec<LatencyPoint>,
}

/// A point of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LatencyPoint {
    /// Of the requests, 0 to 1.
    pub share: f64,
    /// What they did not exceed.
    pub ms: f64,
}

/// One run of one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadRun {
    /// Why nothing may be concluded from it; none where something may.
    pub says_nothing: Option<String>,
    /// How late a request was sent at most, where that was too much to be passed over: latencies may be too
    /// long by as much. 0 in reports from before this was told.
    #[serde(default)]
    pub late_ms: f64,
    /// Right answers.
    pub right: u64,
    /// Right answers a second.
    pub per_second: f64,
    /// All else, by what went wrong.
    pub errors: Vec<TallyLine>,
    /// What half of the right answers did not exceed. None where there was none, as of all latencies.
    pub p50_ms: Option<f64>,
    /// The same of 95 in a hundred.
    pub p95_ms: Option<f64>,
    /// The same of 99 in a hundred.
    pub p99_ms: Option<f64>,
    /// The longest.
    pub max_ms: Option<f64>,
    /// Computing time a request of the app and all services, where the backend tells.
    pub cpu_ms: Option<f64>,
    /// The most memory that app and services have had until then, in bytes, where the engine tells.
    pub memory_peak: Option<u64>,
    /// Second by second.
    pub seconds: Vec<LoadSecond>,
}

/// One second of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadSecond {
    /// Right answers that came in it.
    pub right: u64,
    /// Requests that failed in it.
    pub failed: u64,
    /// Of the right answers.
    pub p50_ms: Option<f64>,
    /// Of the right answers.
    pub p95_ms: Option<f64>,
}

/// What the submission took beside the other subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadRatio {
    /// `p50`, `p95`, `p99` or `cpu`.
    pub of: String,
    /// The limit.
    pub at_most: f64,
    /// Of each pair of runs.
    pub pairs: Vec<f64>,
    /// Their geometric mean, and the interval in which it is by 99 %, all looks at all ratios of the
    /// step taken together. None of fewer than two pairs.
    pub interval: Option<LoadInterval>,
}

/// Where a ratio lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadInterval {
    /// Its lower end.
    pub low: f64,
    /// The best guess.
    pub estimate: f64,
    /// Its upper end.
    pub high: f64,
}
