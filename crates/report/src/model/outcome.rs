use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every step held.
    Passed,
    /// There is evidence against the submission.
    Failed,
    /// Not run, because a check that it requires did not pass, or the submission did not start; or run
    /// and not decided, for want of a service on this machine.
    Skipped,
    /// Something of ours broke; the submission could not have caused it.
    Errored,
    /// Measured, and too near the threshold to say.
    Inconclusive,
}

/// Whose points a check that did not pass takes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// The submission's: the points are lost.
    Submission,
    /// Ours: the points are undecided.
    Ours,
    /// Nobody's: the points are undecided.
    Nobody,
}
