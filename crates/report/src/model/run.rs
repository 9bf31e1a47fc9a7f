use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CheckReport, Evidence, Practice, Score, SkillScore};
use crate::certificate::Certification;

/// The version of the report format; raised when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// The result of grading one submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What wrote it.
    pub tool: Tool,
    /// What was asked.
    pub challenge: ChallengeRef,
    /// Whether the challenge was proven as it is; none where that was not asked.
    #[serde(default)]
    pub certification: Option<Certification>,
    /// What was graded.
    pub submission: SubmissionRef,
    /// How it was run.
    pub run: Run,
    /// Points of all checks; none where only some checks were run.
    pub total: Option<Score>,
    /// Points by root of the skills taxonomy, of the checks that were run.
    pub skills: Vec<SkillScore>,
    /// Why the submission could not be used at all, where that is so.
    pub submission_failure: Option<SubmissionFailure>,
    /// Every check that was asked for, in the challenge's order.
    pub checks: Vec<CheckReport>,
    /// What the usual tools of the submission's language say of its files; none where that was not asked.
    /// It earns and costs no points.
    #[serde(default)]
    pub practice: Option<Practice>,
}

/// What wrote a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// `tryout`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Which challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRef {
    /// As in `challenge.yaml`.
    pub id: String,
    /// As in `challenge.yaml`.
    pub title: String,
    /// As in `challenge.yaml`.
    pub version: String,
    /// Of all its files: `sha256:...`.
    pub digest: String,
}

/// Which submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionRef {
    /// The folder's name.
    pub name: String,
    /// The subject asked for: `submission`, `starter:python`, `solution:python`, `defect:NAME`.
    pub subject: String,
    /// Of all its files: `sha256:...`.
    pub digest: String,
    /// How many files it has.
    pub files: u64,
}

/// How a submission was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Labels of everything that the run made.
    pub id: String,
    /// How the submission is built and started, as it was found; none where that was not found.
    #[serde(default)]
    pub setup: Option<Setup>,
    /// Where the random values came from.
    pub seed: u64,
    /// `docker`, or `local`: on the machine itself, isolated by nothing.
    pub backend: String,
    /// The engine asked; none where none answered.
    pub engine: Option<Engine>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// From the start until all was looked at, without the removal of the sandbox, in milliseconds.
    pub duration_ms: u64,
    /// How long each phase took.
    pub phases: Phases,
    /// The images used, by role (`app`, `db`, `holder`), each with its id.
    pub images: BTreeMap<String, String>,
    /// What of the machine itself was used in place of images, by role, and how it differs from what
    /// was asked for.
    #[serde(default)]
    pub programs: BTreeMap<String, String>,
    /// What kept the submission in.
    pub isolation: Vec<Isolation>,
    /// Which checks were asked for, where not all were.
    pub only: Option<Vec<String>>,
}

/// How a submission is built and started, in its own words where it has some. Hostile text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// What was found and why, in one sentence.
    pub found: String,
    /// `node-20`; none where the submission has a Dockerfile of its own.
    pub runtime: Option<String>,
    /// Run once before the start.
    pub migrate: Option<String>,
    /// Starts the submission; none where its image says it.
    pub start: Option<String>,
    /// Runs the submission's own tests.
    pub test: Option<String>,
}

/// Which engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// `Docker Engine 20.10.24`.
    pub name: String,
    /// `1.41`.
    pub api: String,
    /// `linux/amd64`.
    pub platform: String,
}

/// How long each phase took, in milliseconds. Phases overlap; they do not add up to the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phases {
    /// Reading the submission.
    pub snapshot_ms: u64,
    /// Building its image; 0 where it was built before.
    pub build_ms: u64,
    /// Services and network, beside the build.
    pub services_ms: u64,
    /// The submission's migration; 0 where it has none.
    #[serde(default)]
    pub migrate_ms: u64,
    /// From the submission's process starting to its first answer.
    pub start_ms: u64,
    /// All checks.
    pub checks_ms: u64,
    /// The usual tools of the submission's language; 0 where they were not asked.
    #[serde(default)]
    pub practice_ms: u64,
}

/// One thing that kept the submission in, or could not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Isolation {
    /// `network`, `read-only root` ...
    pub item: String,
    /// Whether it was in force.
    pub enforced: bool,
    /// By what, or why not.
    pub detail: String,
}

/// Why a submission could not be used at all; every check behind it is skipped, and lost unless
/// something that the machine lacks may be why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionFailure {
    /// `did-not-build`, `migration-failed`, `migration-too-long`, `died-at-start`, `never-listened`,
    /// `never-answered`.
    pub kind: String,
    /// One sentence.
    pub reason: String,
    /// The last lines of the build, the migration or the program.
    pub evidence: Vec<Evidence>,
}
