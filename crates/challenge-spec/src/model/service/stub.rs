use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Duration, ServiceLimits, Template, TemplateJson, present};

/// An HTTP upstream that answers as it is told and counts what it is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stub {
    /// The environment variable that carries its URL: `http://NAME:8080`.
    pub env: String,
    /// How it answers at the start of each check. The first route that fits a call answers it; what fits
    /// none is answered with 404. Templates may call functions and use `env`.
    #[serde(default)]
    pub routes: Vec<StubRoute>,
    /// Beyond it calls are answered with 429.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// What it may use.
    #[serde(default)]
    pub limits: ServiceLimits,
}

/// How a stub answers calls of one kind. At most one of `json` and `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StubRoute {
    /// A method and a path whose segments may be `{names}`: `GET /prices/{sku}`. A call's query is not
    /// looked at.
    pub on: Template,
    /// The answer's.
    #[serde(default = "ok")]
    #[schemars(range(min = 200, max = 599))]
    pub status: u16,
    /// A JSON body. In its strings `{sku}` stands for what the call's path has there.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub json: Option<TemplateJson>,
    /// A body as it stands; `{sku}` is the same in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Template>,
    /// Of the answer, beside its content's type and length.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, Template>,
    /// How long an answer takes; with `latency_p99`, half of them take no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Duration>,
    /// What 99 of 100 answers take at most: the times are log-normal through `latency` and this, from the
    /// run's seed, and at most twice this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_p99: Option<Duration>,
    /// Which calls fail, after the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<StubErrors>,
}

/// Which calls fail, and how. One of `first` and `share`; at most one of `status` and `close`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StubErrors {
    /// So many calls of the route fail at first, and then none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub first: Option<u32>,
    /// So many of all fail, by chance from the run's seed: above 0, at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1))]
    pub share: Option<f64>,
    /// They are answered with this; 503 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 400, max = 599))]
    pub status: Option<u16>,
    /// Their connection is closed without an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub close: bool,
}

/// How many calls a stub takes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// So many at once, and as many again with each second.
    #[schemars(range(min = 1, max = 100_000))]
    pub per_second: u32,
}

fn ok() -> u16 {
    200
}
