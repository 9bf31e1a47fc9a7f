use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{ChallengeRef, Engine, Outcome, Tool};

/// The version of the certificate's format; raised when a field changes its meaning or goes.
pub const CERTIFICATE_VERSION: u32 = 1;

/// That each check of a challenge was seen to pass and to fail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// [`CERTIFICATE_VERSION`].
    pub certificate_version: u32,
    /// What proved it.
    pub tool: Tool,
    /// What was proven; the digest leaves the certificate out.
    pub challenge: ChallengeRef,
    /// When.
    pub issued_at: DateTime<Utc>,
    /// Where random values came from; the first is that of the rows.
    pub seeds: Vec<u64>,
    /// How often every subject was graded with each seed.
    pub repeat: u32,
    /// How many sandboxes were asked for in all.
    pub sandboxes: u64,
    /// The solution whose checks were run each alone; none where that was left out.
    pub alone: Option<String>,
    /// The solutions whose checks were run in another order.
    pub shuffled: Vec<String>,
    /// The engine that it was proven on.
    pub engine: Option<Engine>,
    /// The images used, by role, each with its id; those of the subjects are left out.
    pub images: BTreeMap<String, String>,
    /// The checks, in the challenge's order: the columns.
    pub checks: Vec<CertifiedCheck>,
    /// Every subject, with how each check ended.
    pub rows: Vec<CertifiedRow>,
    /// What came of changes that nobody chose; none where none were made.
    pub mutation: Option<Mutation>,
    /// Of `certificate.md`: `sha256:...`.
    pub markdown_digest: String,
    /// Of all of this but this field: `sha256:...`.
    pub content_digest: String,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertifiedCheck {
    /// As in the challenge.
    pub id: String,
    /// What it is worth.
    pub points: u32,
    /// The defects that fail it.
    pub failed_by: Vec<String>,
}

/// One subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertifiedRow {
    /// `solution:python`, `defect:NAME` ...
    pub subject: String,
    /// Of its files: `sha256:...`.
    pub digest: String,
    /// Points for checks that passed.
    pub earned: u32,
    /// How each check ended, in the order of the checks.
    pub outcomes: Vec<Outcome>,
}

/// What came of changes that nobody chose, one at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mutation {
    /// What made them, with its version.
    pub tool: String,
    /// Which solution was changed.
    pub of: String,
    /// Which of all possible changes were tried follows from it.
    pub seed: u64,
    /// The files that were changed.
    pub files: Vec<String>,
    /// How many changes there are in all, without those that change nothing.
    pub possible: u64,
    /// How many of the tool's changes change nothing, or are one change twice.
    pub equal: u64,
    /// How many were tried.
    pub tried: u64,
    /// How many of these a check noticed.
    pub killed: u64,
    /// How many of these did not build or start, and show nothing of any check.
    pub invalid: u64,
    /// Those that no check noticed, and need not.
    pub equivalent: Vec<Equivalent>,
}

/// A change that no check need notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Equivalent {
    /// In the solution's folder.
    pub file: String,
    /// From 1.
    pub line: u64,
    /// What stands there.
    pub was: String,
    /// What would stand there.
    pub becomes: String,
    /// Why that is no worse.
    pub reason: String,
}
