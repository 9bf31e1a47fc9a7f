use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Mismatch;

/// What writers met with that wrote beside the submission's migration, as the server tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Migration {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// The service that was written to.
    pub service: String,
    /// How many wrote at once.
    pub writers: u32,
    /// Each time that the migration was run, in their order.
    pub runs: Vec<MigrationRun>,
    /// Where the last of them differs from what was expected.
    pub mismatches: Vec<Mismatch>,
}

/// One run of a migration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrationRun {
    /// How long it took.
    pub took_ms: u64,
    /// How many transactions the writers ended meanwhile.
    pub transactions: u64,
    /// For how long a writer waited for a lock behind the migration at most.
    pub longest_wait_ms: u64,
    /// Such waits, longest first; the shortest of many are left out.
    pub waits: Vec<LockWait>,
    /// What transactions failed with, and how many of them.
    pub failures: Vec<WriteFailure>,
}

/// A wait for a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockWait {
    /// Which writer waited, counted from 1.
    pub writer: u32,
    /// For how long.
    pub waited_ms: u64,
    /// For which kind of lock: `RowExclusiveLock`.
    pub lock: String,
    /// The statements of those that held it. Hostile text.
    pub behind: Vec<String>,
}

/// What transactions of writers failed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteFailure {
    /// In the server's words. Hostile text.
    pub what: String,
    /// How many.
    pub count: u64,
}
