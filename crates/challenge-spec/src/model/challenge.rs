use std::path::PathBuf;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{App, Check, Implementation, Limits, OwnSuite, Service, Step, Suite, Template};

/// The whole of a `challenge.yaml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeFile {
    /// The version of this format; `1`.
    #[schemars(range(min = 1, max = 1))]
    pub schema: u32,
    /// Lower-case words joined by hyphens; the folder's name.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Raised with every change that could move a grade: `MAJOR.MINOR.PATCH`.
    pub version: String,
    /// One or two sentences for lists.
    pub summary: String,
    /// The candidate's text, Markdown, relative to the challenge's folder.
    #[serde(default = "default_brief")]
    pub brief: PathBuf,
    /// The OpenAPI document of what is to be built, relative to the challenge's folder.
    #[serde(default)]
    pub openapi: Option<PathBuf>,
    /// What the submission may use.
    #[serde(default)]
    pub limits: Limits,
    /// How the submission is started.
    #[serde(default)]
    pub app: App,
    /// What stands beside it, by name; the name is its host name too.
    #[serde(default)]
    pub services: IndexMap<String, Service>,
    /// Values computed at the start of each check, in this order, before the check's own.
    #[serde(default)]
    pub vars: IndexMap<String, Template>,
    /// Tests of the challenge's own, by name; checks stand for them.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub suites: IndexMap<String, Suite>,
    /// Services that the submission's own tests are run against, by name; never handed out.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub implementations: IndexMap<String, Implementation>,
    /// How the submission's own tests are run.
    #[serde(default, skip_serializing_if = "OwnSuite::is_default")]
    pub own_suite: OwnSuite,
    /// Folders to begin from, by language.
    #[serde(default)]
    pub starters: IndexMap<String, PathBuf>,
    /// The points that a starter earns as it is, by language; 0 where it is not named.
    #[serde(default)]
    pub starters_earn: IndexMap<String, u32>,
    /// Folders that earn every point, by language.
    #[serde(default)]
    pub solutions: IndexMap<String, PathBuf>,
    /// Changes to a solution that must cost exactly the checks they name.
    #[serde(default)]
    pub defects: Vec<Defect>,
    /// What is looked at, in the order of the report. At least one.
    #[schemars(length(min = 1))]
    pub checks: Vec<Check>,
}

impl ChallengeFile {
    /// Whether any check wants services in their first state.
    pub fn resets(&self) -> bool {
        self.checks.iter().any(|check| check.reset.is_some())
    }

    /// Whether a step makes this service slow.
    pub fn slows(&self, service: &str) -> bool {
        let slows = |step: &Step| match step {
            Step::Fault(fault) => fault.is == super::FaultKind::Slow && fault.service == service,
            _ => false,
        };
        self.checks.iter().any(|check| check.has(&slows))
    }

    /// Whether any check asks a second instance of the submission.
    pub fn replicates(&self) -> bool {
        let replicates = |step: &Step| matches!(step, Step::Replica(_));
        self.checks.iter().any(|check| check.has(&replicates))
    }

    /// Whether any check wants statements to a database counted.
    pub fn counts_statements(&self) -> bool {
        let counts = |step: &Step| matches!(step, Step::Queries(_));
        self.checks.iter().any(|check| check.has(&counts))
    }
}

/// A small, named change to a solution that must cost exactly the checks it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// Lower-case words joined by hyphens, unique among the defects.
    pub id: String,
    /// What a reviewer would call it.
    pub title: String,
    /// The name of the solution that it changes.
    pub of: String,
    /// A unified diff, relative to the challenge's folder.
    pub patch: PathBuf,
    /// The ids of the checks that it must fail; all others must pass or be skipped behind these.
    #[schemars(length(min = 1))]
    pub loses: Vec<String>,
}

fn default_brief() -> PathBuf {
    PathBuf::from("brief.md")
}
