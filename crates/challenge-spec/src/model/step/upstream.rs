use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Step, present};
use crate::model::{Expected, RateLimit, StubRoute, Template};

/// What the submission calls a stub for while steps are done, as the stub counts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Which stub; may be left out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What is done meanwhile. Each of them must hold.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
    /// What the calls must be; at least one thing of them.
    pub expect: Calls,
}

/// What calls to a stub must be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    /// How many came.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub calls: Option<Expected>,
    /// How many of them were open at one moment, at most.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub at_once: Option<Expected>,
    /// How many there were of some kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<CallsOf>,
}

/// How many calls of one kind there must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallsOf {
    /// Their method and path, as they come, without a query: `GET /prices/{{ sku }}`.
    pub call: Template,
    /// How many.
    pub times: Expected,
}

/// What a stub does from now on, to the end of the check: its routes and its rate, in place of those that it
/// had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStub {
    /// Which stub; may be left out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// How it answers. What they count (`errors.first`) begins anew.
    pub routes: Vec<StubRoute>,
    /// Beyond it calls are answered with 429.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
}
