use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Duration;

/// What the submission's own tests say of implementations. They accept one that they end with exit
/// code 0 against, and reject one that they end with another against. That they accept some and reject
/// others is asked in one step, so that always saying the same earns nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnSuiteStep {
    /// Implementations without a patch, each of which they must accept. At least one.
    #[schemars(length(min = 1))]
    pub accepts: Vec<String>,
    /// Implementations with a patch, each of which they must reject. At least one.
    #[schemars(length(min = 1))]
    pub rejects: Vec<String>,
    /// So many of `rejects`, chosen by the run's seed; all unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub choose: Option<u32>,
    /// How often they are run against each, 1 to 5; the answer must be the same each time.
    #[serde(default = "once")]
    #[schemars(range(min = 1, max = 5))]
    pub times: u32,
    /// The most that the fastest of these times may take, against each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
}

impl OwnSuiteStep {
    /// All that it may run the tests against.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        let named = self.accepts.iter().chain(&self.rejects);
        named.map(String::as_str)
    }
}

const fn once() -> u32 {
    1
}

/// What the submission's pipeline file must show. It is a workflow of GitHub Actions
/// (`.github/workflows/*.yml`) or of GitLab CI (`.gitlab-ci.yml`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pipeline {
    /// There is one, and it has the shape that its host asks for.
    Valid,
    /// It runs the command `test` of `tryout.yaml`.
    RunsTests,
    /// It does so when something is pushed.
    OnPush,
    /// It does so for pull or merge requests.
    OnReview,
    /// It fails when that command fails.
    FailsWithTests,
    /// It keeps what it has installed from one run to the next.
    Caches,
}
