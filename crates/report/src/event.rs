//! What happens while a grade is made: one stream that terminal, JSON lines and server read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Outcome, Score};

/// One thing that happened. One JSON line each under `--json-events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A subject's grading began.
    RunStarted {
        /// The run's id.
        run: String,
        /// The challenge's id.
        challenge: String,
        /// `submission`, `solution:python` ...
        subject: String,
        /// Where the random values come from.
        seed: u64,
        /// How many checks will be run.
        checks: u32,
    },
    /// It was found how the subject is run.
    SetupFound {
        /// The run's id.
        run: String,
        /// What was found and why, in one sentence. Hostile text in part, bounded.
        found: String,
    },
    /// A phase began.
    PhaseStarted {
        /// The run's id.
        run: String,
        /// Which phase.
        phase: Phase,
    },
    /// A phase ended.
    PhaseEnded {
        /// The run's id.
        run: String,
        /// Which phase.
        phase: Phase,
        /// How long it took, in milliseconds.
        duration_ms: u64,
        /// What is worth knowing of it: `cached`, `failed: ...`.
        note: Option<String>,
    },
    /// The build printed a line. Hostile text.
    BuildLine {
        /// The run's id.
        run: String,
        /// The line, bounded.
        line: String,
    },
    /// The submission's migration printed a line; its last ones are told when it has ended. Hostile
    /// text.
    MigrateLine {
        /// The run's id.
        run: String,
        /// The line, bounded.
        line: String,
    },
    /// A check began.
    CheckStarted {
        /// The run's id.
        run: String,
        /// The check's id.
        check: String,
    },
    /// The submission's own tests were run against one more implementation.
    TestsRan {
        /// The run's id.
        run: String,
        /// How often they were run.
        done: u32,
        /// How often they will be.
        of: u32,
    },
    /// A check ended.
    CheckEnded {
        /// The run's id.
        run: String,
        /// The check's id.
        check: String,
        /// What holds when it passes.
        title: String,
        /// How it ended.
        outcome: Outcome,
        /// What it is worth.
        points: u32,
        /// Why it ended so; none where it passed. Hostile text.
        reason: Option<String>,
        /// How long it took, in milliseconds.
        duration_ms: u64,
    },
    /// The subject's grading ended.
    RunEnded {
        /// The run's id.
        run: String,
        /// Points of the checks that were run.
        score: Score,
        /// Without the removal of the sandbox, in milliseconds.
        duration_ms: u64,
    },
}

/// A stretch of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Reading the submission.
    Snapshot,
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
    /// Running the checks.
    Checks,
    /// Having the usual tools of its language look at the submission.
    Practice,
    /// Removing the sandbox.
    Teardown,
}
