use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Mismatch;

/// What the submission called a stub for while steps were done, as the stub counts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// The stub that counted.
    pub service: String,
    /// How many calls came.
    pub calls: u64,
    /// How many of them were open at one moment, at most.
    pub at_once: u64,
    /// How many connections were closed unheard, since there were too many.
    pub connections_refused: u64,
    /// Calls with one method and one path together, in the order of the first of each.
    pub forms: Vec<UpstreamForm>,
    /// How many calls are of forms that are left out here.
    pub calls_omitted: u64,
    /// Where the counts differ from what was expected.
    pub mismatches: Vec<Mismatch>,
}

/// Calls with one method and one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpstreamForm {
    /// Method and path, without the query. Hostile text.
    pub call: String,
    /// How many.
    pub calls: u64,
    /// How many were open at one moment, at most.
    pub at_once: u64,
    /// How many were answered, by status.
    pub answers: BTreeMap<u16, u64>,
    /// When the first came, in milliseconds since counting began.
    pub first_ms: u64,
    /// When the last came, likewise.
    pub last_ms: u64,
}

impl UpstreamForm {
    /// `2 x 503, 1 x 200, 1 unanswered`.
    pub fn told(&self) -> String {
        let answers = self.answers.iter();
        let mut told: Vec<String> = answers
            .map(|(status, count)| format!("{count} x {status}"))
            .collect();
        let answered: u64 = self.answers.values().sum();
        if answered < self.calls {
            told.push(format!("{} unanswered", self.calls - answered));
        }
        told.join(", ")
    }
}
