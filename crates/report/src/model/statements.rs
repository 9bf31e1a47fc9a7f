use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Mismatch;

/// What the submission's statements to a database came to while steps were done, as the server counts
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statements {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// The service that counted.
    pub service: String,
    /// How many were run.
    pub calls: u64,
    /// How many of them were of the form that was run most often.
    pub repeats: u64,
    /// Rows that they gave or changed.
    pub rows: u64,
    /// Blocks of 8 KiB that they looked at.
    pub blocks: u64,
    /// Statements of one form together, most blocks first.
    pub statements: Vec<Statement>,
    /// How many forms are left out here.
    pub statements_omitted: u64,
    /// Where the counts differ from what was expected.
    pub mismatches: Vec<Mismatch>,
}

/// Statements that are the same but for their values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// With `$1`, `$2` ... in place of values. Hostile text.
    pub text: String,
    /// How often it was run.
    pub calls: u64,
    /// Rows that it gave or changed, all times together.
    pub rows: u64,
    /// Blocks that it looked at, all times together.
    pub blocks: u64,
}

/// How a database found the rows of a query of the challenge's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// The service asked.
    pub service: String,
    /// The statement.
    pub query: String,
    /// Its parameters.
    pub args: Vec<Value>,
    /// Each node of the plan, indented below the one that takes its rows, with how many rows it met. Names
    /// in it are hostile text.
    pub nodes: Vec<String>,
    /// Where it differs from what was expected.
    pub mismatches: Vec<Mismatch>,
}
