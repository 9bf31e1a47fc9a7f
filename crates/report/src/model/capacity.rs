use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Exchange, LoadApart, LoadRequest, Mismatch, TallyLine};

/// The highest rate of requests at which an objective is kept, as it was looked for. Rates are requests a
/// second, latencies milliseconds from when a request was due to the end of its right answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// What was sent.
    pub requests: Vec<LoadRequest>,
    /// How many connections there might be.
    pub connections: u32,
    /// For how long each try went before anything was measured.
    pub warm_up_ms: u64,
    /// For how long each try was measured.
    pub duration_ms: u64,
    /// How long a request might take.
    pub timeout_ms: u64,
    /// `p50`, `p95` or `p99`: what the objective is about.
    pub of: String,
    /// What it might be.
    pub within_ms: u64,
    /// The share of requests that might fail.
    pub errors: f64,
    /// What kept the load generator and both sides apart.
    pub apart: LoadApart,
    /// The submission, and behind it the other subject, where there was one.
    pub sides: Vec<CapacitySide>,
    /// The rate at which the objective was to be kept.
    pub at_least: Option<f64>,
    /// How many times the other subject's capacity the submission's was to be.
    pub ratio: Option<CapacityRatio>,
    /// Where it differs from what was expected.
    pub mismatches: Vec<Mismatch>,
    /// Some of the submission's wrong answers; their `duration_ms` is 0, as it is not known of one.
    pub samples: Vec<Exchange>,
}

/// One side of a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacitySide {
    /// `submission`, `starter`, `reference:python`.
    pub subject: String,
    /// In their order; those of both sides took turns try by try.
    pub searches: Vec<CapacitySearch>,
}

/// One search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacitySearch {
    /// The highest rate at which the objective was kept; none where it never was.
    pub keeps: Option<f64>,
    /// The lowest above it at which it was lost; none where it never was.
    pub loses: Option<f64>,
    /// Why it was looked for no longer, in a few words.
    pub end: String,
    /// In their order.
    pub tries: Vec<CapacityTry>,
}

/// One try of a rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityTry {
    /// At which rate.
    pub rate: f64,
    /// Whether the objective was kept; none where nothing may be concluded.
    pub kept: Option<bool>,
    /// Why nothing may be.
    pub says_nothing: Option<String>,
    /// The latency that the objective is about; none where there was no right answer.
    pub latency_ms: Option<f64>,
    /// Right answers.
    pub right: u64,
    /// All else, by what went wrong.
    pub failed: Vec<TallyLine>,
}

/// What the submission's capacity is beside that of the other subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityRatio {
    /// The limit.
    pub at_least: f64,
    /// What each pair of searches says.
    pub pairs: Vec<CapacityBounds>,
}

/// Between what a ratio lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityBounds {
    /// Its lower end.
    pub low: f64,
    /// Its upper end; none where nobody knows.
    pub high: Option<f64>,
}
