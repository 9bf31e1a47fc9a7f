//! What a runner tells while it works, sideways.

use std::time::Duration;

/// Hears what happens. Called from several tasks; must not block.
pub trait Progress: Send + Sync {
    /// One thing happened.
    fn tell(&self, event: RunnerEvent);
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunnerEvent {
    /// A phase began.
    Started(RunnerPhase),
    /// A phase ended.
    Ended {
        /// Which.
        phase: RunnerPhase,
        /// How long it took.
        took: Duration,
        /// What is worth knowing of it: `cached`, `failed`.
        note: Option<String>,
    },
    /// The build printed a line. Hostile text, bounded.
    BuildLine(String),
    /// The migration printed a line; its last ones are told when it has ended. Hostile text, bounded.
    MigrateLine(String),
}

/// A stretch of a runner's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunnerPhase {
    /// Making the images of ours that are missing.
    Images,
    /// Building the submission.
    Build,
    /// Starting network and services.
    Services,
    /// Running the submission's migration.
    Migrate,
    /// From the submission's process starting to its first answer.
    Start,
    /// Removing the sandbox.
    Teardown,
}

impl<F: Fn(RunnerEvent) + Send + Sync> Progress for F {
    fn tell(&self, event: RunnerEvent) {
        self(event);
    }
}
