use challenge_spec::model::Visibility;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Blame, Evidence, Outcome};

/// What became of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckReport {
    /// As in the challenge.
    pub id: String,
    /// What holds when it passes.
    pub title: String,
    /// As in the challenge: a root or `root/branch`.
    pub skill: String,
    /// Whether the candidate was shown it.
    pub visibility: Visibility,
    /// What it is worth.
    pub points: u32,
    /// `points` when it passed, else 0.
    pub earned: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Whose points it takes with it; none where it passed.
    pub blame: Option<Blame>,
    /// One sentence: why it ended so; none where it passed.
    pub reason: Option<String>,
    /// From its first step to its last, in milliseconds.
    pub duration_ms: u64,
    /// What a person needs in order to believe the outcome.
    pub evidence: Vec<Evidence>,
    /// A question for the interview.
    pub ask: Option<String>,
}
