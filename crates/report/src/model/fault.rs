use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was done to a service, by the grader, while steps were done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// To which service.
    pub service: String,
    /// What was done.
    pub is: FaultKind,
    /// How much later each of its answers came, in milliseconds; none unless it was slow.
    pub by_ms: Option<u64>,
    /// How long it was so, in milliseconds.
    pub lasted_ms: u64,
    /// How long it then took until it was as before, in milliseconds; none where it did not come to that.
    pub back_after_ms: Option<u64>,
}

/// What is done to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FaultKind {
    /// Connections stay open and new ones are taken up, and nothing is answered.
    Paused,
    /// Its process has ended: connections are broken, and new ones refused.
    Stopped,
    /// What it says comes later.
    Slow,
}
