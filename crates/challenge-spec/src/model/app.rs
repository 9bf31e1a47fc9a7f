use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Template;

/// How the submission is started and reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct App {
    /// The TCP port it listens on, from 1; handed to it as `PORT`.
    #[schemars(range(min = 1))]
    pub port: u16,
    /// The path asked until any HTTP answer comes; then it counts as started.
    pub ready: String,
    /// Environment beside `PORT` and one URL for each service. Generators are seeded by the run
    /// alone, so that a value is the same in every check; checks see it as `env.NAME`.
    pub env: IndexMap<String, Template>,
}

impl Default for App {
    fn default() -> Self {
        Self {
            port: 8080,
            ready: "/".to_owned(),
            env: IndexMap::new(),
        }
    }
}
