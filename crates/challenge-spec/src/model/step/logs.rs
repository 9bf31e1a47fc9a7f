use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::present;
use crate::model::{Duration, Expected};

/// The lines that the submission printed to stdout and stderr since the check began. Only those
/// that are JSON objects count; asked for again until all holds or the time is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    /// From the first look to the last.
    #[serde(default = "default_within")]
    pub within: Duration,
    /// Which lines are meant; all that are JSON objects where it is left out.
    #[serde(
        default,
        rename = "where",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub which: Option<Expected>,
    /// How many lines match `where`: a number or a matcher; at least one where it is left out.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub count: Option<Expected>,
    /// A matcher of each of them.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub json: Option<Expected>,
}

fn default_within() -> Duration {
    Duration::from_secs(5)
}
