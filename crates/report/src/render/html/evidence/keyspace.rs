//! What a Redis or Valkey server tells of itself: counts, and what is stored.

use serde::Serialize;

use crate::{
    model::{Keyspace, KeyspaceCounts, StoredKey},
    neutral::brief,
};

use super::{LINE, MANY, MismatchRow, mismatches};

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct KeyspaceView {
    step: String,
    service: String,
    counts: Option<CountsView>,
    keys: u64,
    without_ttl: u64,
    /// Seconds, rounded up.
    longest_ttl: Option<u64>,
    cut: bool,
    /// KiB, rounded up.
    memory: u64,
    mismatches: Vec<MismatchRow>,
    shown: Vec<KeyRow>,
    omitted: u64,
}

#[derive(Debug, Serialize)]
struct CountsView {
    hits: u64,
    misses: u64,
    commands: u64,
    by_name: Vec<CommandRow>,
    omitted: u64,
}

#[derive(Debug, Serialize)]
struct CommandRow {
    name: String,
    calls: u64,
}

#[derive(Debug, Serialize)]
struct KeyRow {
    database: u32,
    name: String,
    /// Seconds, rounded up.
    ttl: Option<u64>,
}

impl KeyspaceView {
    pub(super) fn of(keyspace: &Keyspace) -> Self {
        let unshown = keyspace.shown.len().saturating_sub(MANY) as u64;
        Self {
            step: brief(&keyspace.step, 20),
            service: brief(&keyspace.service, 80),
            counts: keyspace.counts.as_ref().map(CountsView::of),
            keys: keyspace.keys,
            without_ttl: keyspace.without_ttl,
            longest_ttl: keyspace.longest_ttl_ms.map(seconds),
            cut: keyspace.cut,
            memory: keyspace.memory_bytes.div_ceil(1024),
            mismatches: mismatches(&keyspace.mismatches),
            shown: keyspace.shown.iter().take(MANY).map(KeyRow::of).collect(),
            omitted: keyspace.keys_omitted.saturating_add(unshown),
        }
    }
}

impl CountsView {
    fn of(counts: &KeyspaceCounts) -> Self {
        let unshown = counts.by_name.len().saturating_sub(MANY) as u64;
        let some = counts.by_name.iter().take(MANY);
        Self {
            hits: counts.hits,
            misses: counts.misses,
            commands: counts.commands,
            by_name: some
                .map(|command| CommandRow {
                    name: brief(&command.name, 80),
                    calls: command.calls,
                })
                .collect(),
            omitted: counts.names_omitted.saturating_add(unshown),
        }
    }
}

impl KeyRow {
    fn of(key: &StoredKey) -> Self {
        Self {
            database: key.database,
            name: brief(&key.name, LINE),
            ttl: key.ttl_ms.map(seconds),
        }
    }
}

fn seconds(millis: u64) -> u64 {
    millis.div_ceil(1000)
}
