//! What writers beside a migration met with.

use serde::Serialize;

use crate::{model::Migration, neutral::brief, render::transcript::migration as words};

use super::{LINE, MANY, MismatchRow, mismatches};

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct MigrationView {
    step: String,
    service: String,
    writers: u32,
    mismatches: Vec<MismatchRow>,
    runs: Vec<RunView>,
}

#[derive(Debug, Serialize)]
struct RunView {
    text: String,
    waits: Vec<String>,
    failures: Vec<String>,
}

impl MigrationView {
    pub(super) fn of(migration: &Migration) -> Self {
        let runs = migration.runs.iter().take(MANY).map(|run| RunView {
            text: words::run_in_words(run),
            waits: run
                .waits
                .iter()
                .take(MANY)
                .map(words::wait_in_words)
                .collect(),
            failures: run
                .failures
                .iter()
                .take(MANY)
                .map(|failure| format!("{} x {}", failure.count, brief(&failure.what, LINE)))
                .collect(),
        });
        Self {
            step: brief(&migration.step, 20),
            service: brief(&migration.service, 80),
            writers: migration.writers,
            mismatches: mismatches(&migration.mismatches),
            runs: runs.collect(),
        }
    }
}
