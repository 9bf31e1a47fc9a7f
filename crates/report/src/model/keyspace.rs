use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Mismatch;

/// What the submission did with a Redis or Valkey service while steps were done, as the server counts it, and
/// what was stored there after them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Keyspace {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// The service asked.
    pub service: String,
    /// What was counted; none where nothing was done meanwhile.
    pub counts: Option<KeyspaceCounts>,
    /// How many keys there were, in all databases.
    pub keys: u64,
    /// How many of them never expire.
    pub without_ttl: u64,
    /// The longest that one of those that expire had to live, in milliseconds; none where none expires.
    pub longest_ttl_ms: Option<u64>,
    /// Whether there were keys that were not looked at, as they were too many or moved all the time: then the
    /// longest is that of some.
    pub cut: bool,
    /// What all that was stored took, in bytes.
    pub memory_bytes: u64,
    /// Some of the keys: those that never expire first, then those that live longest.
    pub shown: Vec<StoredKey>,
    /// How many keys are left out here.
    pub keys_omitted: u64,
    /// Where it differs from what was expected.
    pub mismatches: Vec<Mismatch>,
}

/// What a Redis or Valkey server counted while steps were done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyspaceCounts {
    /// How many keys were looked up to be read and were there.
    pub hits: u64,
    /// How many were not there.
    pub misses: u64,
    /// How many commands were run.
    pub commands: u64,
    /// The same by name, the most frequent first.
    pub by_name: Vec<CommandCount>,
    /// How many names are left out here.
    pub names_omitted: u64,
}

/// How often one command was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandCount {
    /// `get`, `xgroup create`.
    pub name: String,
    /// How often.
    pub calls: u64,
}

/// One key of a Redis or Valkey server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredKey {
    /// The number of its database.
    pub database: u32,
    /// Its name, cut; bytes that are no UTF-8 are replaced. Hostile text.
    pub name: String,
    /// How long it had to live, in milliseconds; none where it never expires.
    pub ttl_ms: Option<u64>,
}
