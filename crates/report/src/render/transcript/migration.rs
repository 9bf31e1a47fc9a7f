//! What writers beside a migration met with, in lines.

use super::{LINE, MANY, push, push_mismatches};
use crate::{
    model::{LockWait, Migration, MigrationRun},
    neutral::brief,
};

pub(super) fn push_migration(out: &mut Vec<String>, migration: &Migration) {
    let line = format!(
        "step {}: {} writers on {} beside the migration",
        brief(&migration.step, 20),
        migration.writers,
        brief(&migration.service, 80)
    );
    push(out, &line);
    push_mismatches(out, &migration.mismatches);
    for (index, run) in migration.runs.iter().take(MANY).enumerate() {
        push(out, &format!("  run {}: {}", index + 1, run_in_words(run)));
        for wait in run.waits.iter().take(MANY) {
            push(out, &format!("    {}", wait_in_words(wait)));
        }
        for failure in run.failures.iter().take(MANY) {
            let what = brief(&failure.what, LINE);
            push(out, &format!("    {} x failed: {what}", failure.count));
        }
    }
}

/// `it took 1240 ms, 97 transactions were written, and a writer waited for 310 ms at most`.
pub(in crate::render) fn run_in_words(run: &MigrationRun) -> String {
    format!(
        "it took {} ms, {} transactions were written, and a writer waited for {} ms at most",
        run.took_ms, run.transactions, run.longest_wait_ms
    )
}

/// `writer 2 waited 310 ms for RowExclusiveLock behind: create index ...`. Hostile text.
pub(in crate::render) fn wait_in_words(wait: &LockWait) -> String {
    let behind: Vec<String> = wait
        .behind
        .iter()
        .take(MANY)
        .map(|one| brief(one, LINE))
        .collect();
    format!(
        "writer {} waited {} ms for {} behind: {}",
        wait.writer,
        wait.waited_ms,
        brief(&wait.lock, 80),
        behind.join("; ")
    )
}
