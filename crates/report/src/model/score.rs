use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Points; `earned + lost + undecided == possible`, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// For checks that passed.
    pub earned: u32,
    /// For checks with evidence against the submission, and those skipped behind them.
    pub lost: u32,
    /// For checks that something of ours kept from deciding.
    pub undecided: u32,
    /// Fixed by the challenge.
    pub possible: u32,
}

/// The points of one root of the skills taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillScore {
    /// The root's id: `security`.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// For checks that passed.
    pub earned: u32,
    /// For checks with evidence against the submission, and those skipped behind them.
    pub lost: u32,
    /// For checks that something of ours kept from deciding.
    pub undecided: u32,
    /// Fixed by the challenge.
    pub possible: u32,
}
