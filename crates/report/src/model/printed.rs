use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Mismatch;

/// Lines that a program printed, looked through for some of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// How many lines it printed since the check began.
    pub seen: u64,
    /// How many of them are JSON objects.
    pub objects: u64,
    /// How many of those are the ones that are looked for.
    pub matching: u64,
    /// Whether lines are missing, because more was printed than is kept or read.
    pub cut: bool,
    /// Where their number differs from what was expected.
    pub mismatches: Vec<Mismatch>,
    /// Those that are looked for, bounded; where there are none, the ones that come closest.
    pub lines: Vec<PrintedLine>,
}

/// One line of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrintedLine {
    /// As printed, bounded.
    pub text: String,
    /// Where it differs from what was looked for or expected.
    pub mismatches: Vec<Mismatch>,
}
