use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AppLimits, Duration};

/// A service of the challenge's own that the submission's tests are run against. It is started as a
/// submission is: by `app` and `limits`, with `services` beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Implementation {
    /// The folder with its files, relative to the challenge's.
    pub from: PathBuf,
    /// A unified diff that makes it defective, relative to the challenge's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<PathBuf>,
}

/// How the submission's own tests are run, each time in a container and beside an implementation of
/// their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OwnSuite {
    /// From its process starting to its end, each time. What is not done by then has said nothing.
    pub within: Duration,
    /// What it may use, each time.
    pub limits: AppLimits,
}

impl Default for OwnSuite {
    fn default() -> Self {
        Self {
            within: Duration::from_secs(60),
            limits: AppLimits::default(),
        }
    }
}

impl OwnSuite {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
