//! What a Redis or Valkey server told of itself, as lines.

use super::{LINE, MANY, brief, push, push_mismatches};
use crate::model::Keyspace;

pub(super) fn push_keyspace(out: &mut Vec<String>, keyspace: &Keyspace) {
    let counts = keyspace.counts.as_ref().map_or(String::new(), |counts| {
        format!(
            "{} hits, {} misses, {} commands; ",
            counts.hits, counts.misses, counts.commands
        )
    });
    let longest = keyspace.longest_ttl_ms.map_or(String::new(), |longest| {
        let of = if keyspace.cut {
            " of those that were looked at"
        } else {
            ""
        };
        format!(", the longest to live{of} {} s", longest.div_ceil(1000))
    });
    let line = format!(
        "step {}: {} tells of {counts}{} keys, {} of them for ever{longest}; {} KiB",
        brief(&keyspace.step, 20),
        brief(&keyspace.service, 80),
        keyspace.keys,
        keyspace.without_ttl,
        keyspace.memory_bytes.div_ceil(1024)
    );
    push(out, &line);
    push_mismatches(out, &keyspace.mismatches);
    if let Some(counts) = &keyspace.counts {
        for command in counts.by_name.iter().take(MANY) {
            let line = format!("  {} x {}", command.calls, brief(&command.name, 80));
            push(out, &line);
        }
        let unshown = counts.by_name.len().saturating_sub(MANY) as u64;
        push_omitted(
            out,
            counts.names_omitted.saturating_add(unshown),
            "commands",
        );
    }
    for key in keyspace.shown.iter().take(MANY) {
        let lives = key.ttl_ms.map_or_else(
            || "lives for ever".to_owned(),
            |ttl| format!("lives {} s", ttl.div_ceil(1000)),
        );
        let line = format!(
            "  database {}, {lives}: {}",
            key.database,
            brief(&key.name, LINE)
        );
        push(out, &line);
    }
    let unshown = keyspace.shown.len().saturating_sub(MANY) as u64;
    push_omitted(out, keyspace.keys_omitted.saturating_add(unshown), "keys");
}

fn push_omitted(out: &mut Vec<String>, omitted: u64, what: &str) {
    if omitted > 0 {
        push(out, &format!("  ({omitted} more {what})"));
    }
}
