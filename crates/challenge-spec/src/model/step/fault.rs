use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Step;
use crate::model::Duration;

/// Steps that are done while a service is in trouble, by our doing. It is as before again at their end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which service; no stub.
    pub service: String,
    /// What is done to it.
    pub is: FaultKind,
    /// How much later each of its answers comes, of one that is slow: more than 0, at most 10 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Duration>,
    /// What is done meanwhile. Each of them must hold. At least one.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
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

impl FaultKind {
    /// Whether the grader has no answers of it meanwhile either.
    pub fn is_silent(self) -> bool {
        self != Self::Slow
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Slow => "slow",
        })
    }
}
