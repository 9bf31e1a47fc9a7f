use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AppLimits, Duration};

/// Tests of the challenge's own, run in a container of ours beside the submission and against it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// The folder with its files, relative to the challenge's. It is built as a submission is: by its
    /// `tryout.yaml`, its Dockerfile or its language.
    pub from: PathBuf,
    /// Runs the tests; given to a shell in the folder of the built suite. Finds the submission at
    /// `$BASE_URL`, leaves its results in the folder `$RESULTS`: `JUnit` XML in `*.xml`, TAP in `*.tap`.
    pub run: String,
    /// From its process starting to its end; two minutes unless given.
    #[serde(default = "default_within")]
    pub within: Duration,
    /// What it may use.
    #[serde(default)]
    pub limits: AppLimits,
}

fn default_within() -> Duration {
    Duration::from_secs(120)
}
