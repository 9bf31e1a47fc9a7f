use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Step, present};
use crate::model::{ByteSize, Duration, Expected};

/// What the submission does with a Redis or Valkey service while steps are done, as the server counts it, and
/// what is stored there after them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RedisStep {
    /// Which service; may be left out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What is done meanwhile. Each of them must hold. Without any, only what is stored can be expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// What the counts and what is stored must be; at least one of it.
    pub expect: RedisExpect,
}

/// What the server's counts, and what it stores, must be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RedisExpect {
    /// How many keys were looked up to be read and were there, while the steps were done.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub hits: Option<Expected>,
    /// How many were looked up to be read and were not there, while the steps were done.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub misses: Option<Expected>,
    /// How many commands were run while the steps were done. What only opens a connection or shows that it is
    /// alive is not counted.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub commands: Option<Expected>,
    /// How many keys there are after the steps, in all databases of the server.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub keys: Option<Expected>,
    /// How many of them never expire.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub without_ttl: Option<Expected>,
    /// The longest that any of them has still to live, at most. Those that never expire are not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_ttl: Option<Duration>,
    /// How much memory all that is stored takes, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<ByteSize>,
}

impl RedisExpect {
    /// Those that count while steps are done, each with its key.
    pub fn counts(&self) -> [(&'static str, Option<&Expected>); 3] {
        [
            ("hits", self.hits.as_ref()),
            ("misses", self.misses.as_ref()),
            ("commands", self.commands.as_ref()),
        ]
    }

    /// Those that count what is stored after the steps, each with its key.
    pub fn stored(&self) -> [(&'static str, Option<&Expected>); 2] {
        [
            ("keys", self.keys.as_ref()),
            ("without_ttl", self.without_ttl.as_ref()),
        ]
    }
}
