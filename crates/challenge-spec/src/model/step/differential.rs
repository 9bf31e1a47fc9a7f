use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Request;
use crate::model::Template;

/// The same random requests to the submission and to a reference, which must answer alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Differential {
    /// What it is compared with: `reference:` and a solution's name.
    pub against: String,
    /// How many requests a trial sends, 1 to 200, beside those of `setup`.
    #[schemars(range(min = 1, max = 200))]
    #[serde(default = "default_requests")]
    pub requests: u32,
    /// How many trials there are, 1 to 20, each with other choices.
    #[schemars(range(min = 1, max = 20))]
    #[serde(default = "default_times")]
    pub times: u32,
    /// Values computed at the start of each trial, once for both sides; they see `trial`, which no two
    /// trials have in common.
    #[serde(default)]
    pub vars: IndexMap<String, Template>,
    /// Requests that begin each trial, in this order. Their `expect` captures and nothing else.
    #[serde(default)]
    pub setup: Vec<Request>,
    /// What is chosen from. At least one.
    #[schemars(length(min = 1))]
    pub operations: Vec<Operation>,
    /// What of an answer counts.
    #[serde(default)]
    pub compare: Compare,
}

/// One kind of request that a trial may send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// How often it is chosen, beside the weights of the others; 1 to 100.
    #[schemars(range(min = 1, max = 100))]
    #[serde(default = "default_weight")]
    pub weight: u32,
    /// What is sent. Templates see `index`, which no two requests of a trial have in common, and what
    /// requests of this step have captured: of several values of a name, one is chosen. Its `expect`
    /// captures and nothing else.
    pub request: Request,
}

/// What of an answer counts, beside its status, content type and JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Compare {
    /// Headers that must be alike.
    pub headers: Vec<String>,
    /// Keys whose values are ids, beside `id`, those that end in `_id` or `Id`, and all UUIDs.
    pub ids: Vec<String>,
    /// Keys whose values are not looked at, such as the texts of messages or cursors.
    pub ignore: Vec<String>,
    /// Keys whose lists are alike in any order of their items.
    pub unordered: Vec<String>,
}

impl Differential {
    /// All requests that it may send, those of `setup` first.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        let operations = self.operations.iter().map(|operation| &operation.request);
        self.setup.iter().chain(operations)
    }
}

fn default_requests() -> u32 {
    50
}

fn default_times() -> u32 {
    3
}

fn default_weight() -> u32 {
    1
}
