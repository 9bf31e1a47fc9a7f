use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Exchange, Mismatch};

/// The same requests to the submission and to a reference, up to the first that they answered
/// differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// What it was compared with: `reference:python`.
    pub against: String,
    /// How many trials were made in all.
    pub trials: u32,
    /// How many requests had been sent when the difference was first seen.
    pub requests_before: u64,
    /// How many requests make it now.
    pub requests: u64,
    /// Where the submission's last answer differs; what is expected is what the reference answered.
    pub mismatches: Vec<Mismatch>,
    /// How many requests before those are left out here.
    pub exchanges_omitted: u64,
    /// The requests with both answers, the one that differs last.
    pub exchanges: Vec<PairedExchange>,
}

/// One request of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairedExchange {
    /// With the submission.
    pub subject: Exchange,
    /// With the reference; its request may have other ids.
    pub reference: Exchange,
}
