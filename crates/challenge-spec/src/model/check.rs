use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OwnSuiteStep, Step, SuiteTest, Template};

/// A scenario with assertions, worth points in one skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Lower-case words joined by hyphens, unique in the challenge; of a test of a suite behind the
    /// suite's name and `/`.
    pub id: String,
    /// What holds when it passes, as a sentence without a full stop.
    pub title: String,
    /// A skill of the taxonomy: a root (`security`) or a branch (`security/authorization`).
    pub skill: String,
    /// What it is worth; at least 1.
    #[schemars(range(min = 1))]
    pub points: u32,
    /// Whether the candidate is shown it before handing in.
    #[serde(default)]
    pub visibility: Visibility,
    /// Checks that must pass first; behind one that failed this is skipped.
    #[serde(default)]
    pub requires: Vec<String>,
    /// What is as at first when it begins.
    #[serde(default)]
    pub reset: Option<Reset>,
    /// Values computed at its start, in this order; later ones see earlier ones.
    #[serde(default)]
    pub vars: IndexMap<String, Template>,
    /// What is done, in order; the first failure ends it. At least one.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
    /// A question for the interview, shown where the check was lost.
    #[serde(default)]
    pub ask: Option<String>,
}

impl Check {
    /// Whether any of its steps, at any depth, is such a one.
    pub fn has(&self, such: &dyn Fn(&Step) -> bool) -> bool {
        self.steps.iter().any(|step| step.has(such))
    }

    /// The test of a suite that it stands for.
    pub fn suite_test(&self) -> Option<&SuiteTest> {
        self.steps.iter().find_map(|step| match step {
            Step::Suite(test) => Some(test),
            _ => None,
        })
    }

    /// Whether it looks at the submission's tests, and needs no running submission.
    pub fn is_of_tests(&self) -> bool {
        self.steps.iter().all(Step::is_of_tests)
    }

    /// What it asks of the submission's own tests.
    pub fn own_suite(&self) -> impl Iterator<Item = &OwnSuiteStep> {
        self.steps.iter().filter_map(|step| match step {
            Step::OwnSuite(step) => Some(step),
            _ => None,
        })
    }

    /// The other subjects that its steps compare with, in their order: `reference:python`, `starter`.
    pub fn references(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for step in &self.steps {
            step.gather_references(&mut names);
        }
        names
    }
}

/// What is as at first when a check begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reset {
    /// All services: the submission is stopped, they are given their first state again, its migration
    /// is run, and it is started.
    Database,
}

/// Whether the candidate is shown a check before handing in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// Handed out with the brief.
    Public,
    /// Known to the grader alone.
    #[default]
    Hidden,
}
