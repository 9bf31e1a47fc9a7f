use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Duration, Expected, Template, TemplateJson, present};

mod capacity;
mod differential;
mod fault;
mod load;
mod logs;
mod meanwhile;
mod migration;
mod openapi;
mod own_suite;
mod queries;
mod redis;
mod replica;
mod status;
mod suite;
mod upstream;

pub use capacity::{Capacity, CapacityExpect, Objective};
pub use differential::{Compare, Differential, Operation};
pub use fault::{Fault, FaultKind};
pub use load::{Load, LoadExpect, LoadRatio, REFERENCE, STARTER};
pub use logs::Logs;
pub use meanwhile::Meanwhile;
pub use migration::{Migration, MigrationExpect, WriterStatement};
pub use openapi::OpenApi;
pub use own_suite::{OwnSuiteStep, Pipeline};
pub use queries::{Counts, Explain, PlanExpect, Queries};
pub use redis::{RedisExpect, RedisStep};
pub use replica::Replica;
pub use status::{StatusClass, StatusSet};
pub use suite::SuiteTest;
pub use upstream::{Calls, CallsOf, SetStub, Upstream};

/// One thing done in a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// One HTTP request and what its answer must be.
    Request(Request),
    /// Many requests written at one moment, before any answer is read.
    Parallel(Parallel),
    /// Steps that are done while requests are under way.
    Meanwhile(Box<Meanwhile>),
    /// A query to a service, read-only, as the grader's own role.
    Sql(Sql),
    /// Steps, and what the submission asked of a database meanwhile.
    Queries(Queries),
    /// How a database finds the rows of a query.
    Explain(Explain),
    /// Steps, and what the submission did with a Redis or Valkey service meanwhile.
    Redis(RedisStep),
    /// Steps, and what the submission called a stub for meanwhile.
    Upstream(Upstream),
    /// What a stub does from now on.
    Stub(SetStub),
    /// Steps, and what is done to a service meanwhile.
    Fault(Fault),
    /// Steps that are done to a second instance of the submission.
    Replica(Replica),
    /// Steps tried again until they hold or the time is over.
    Eventually(Eventually),
    /// Steps done several times over, for what shows itself only now and then.
    Repeat(Repeat),
    /// An expression over what was captured.
    Assert(Assert),
    /// The lines that the submission printed since the check began.
    Logs(Logs),
    /// The submission's own OpenAPI document, held against what it did in this check.
    #[serde(rename = "openapi")]
    OpenApi(OpenApi),
    /// The same random requests to the submission and to a reference.
    Differential(Box<Differential>),
    /// Many requests over a while.
    Load(Box<Load>),
    /// The highest rate of requests at which an objective is kept.
    Capacity(Box<Capacity>),
    /// The submission's migration, run anew beside writers.
    Migration(Migration),
    /// One test of a suite of the challenge.
    Suite(SuiteTest),
    /// What the submission's own tests say of implementations.
    #[serde(rename = "own_suite")]
    OwnSuite(OwnSuiteStep),
    /// What the submission's pipeline file shows.
    Pipeline(Pipeline),
}

impl Step {
    /// Whether it, or a step inside it, is such a one.
    pub fn has(&self, such: &dyn Fn(&Step) -> bool) -> bool {
        such(self) || self.inside().iter().any(|step| step.has(such))
    }

    /// Whether it needs no running submission: what it looks at is the submission's tests.
    pub fn is_of_tests(&self) -> bool {
        matches!(self, Self::OwnSuite(_) | Self::Pipeline(_))
    }

    /// The steps inside it, and its key, which they stand under as `steps`.
    pub fn inner(&self) -> Option<(&'static str, &[Self])> {
        match self {
            Self::Meanwhile(meanwhile) => Some(("meanwhile", &meanwhile.steps)),
            Self::Fault(fault) => Some(("fault", &fault.steps)),
            Self::Replica(replica) => Some(("replica", &replica.steps)),
            Self::Eventually(eventually) => Some(("eventually", &eventually.steps)),
            Self::Repeat(repeat) => Some(("repeat", &repeat.steps)),
            Self::Queries(queries) => Some(("queries", &queries.steps)),
            Self::Redis(redis) => Some(("redis", &redis.steps)),
            Self::Upstream(upstream) => Some(("upstream", &upstream.steps)),
            _ => None,
        }
    }

    fn inside(&self) -> &[Self] {
        self.inner().map_or(&[], |(_, steps)| steps)
    }

    pub(super) fn gather_references<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::Differential(differential) => names.push(&differential.against),
            Self::Load(load) => names.extend(load.against.as_deref()),
            Self::Capacity(capacity) => names.extend(capacity.against.as_deref()),
            _ => {}
        }
        for step in self.inside() {
            step.gather_references(names);
        }
    }
}

/// One HTTP request and what its answer must be. At most one of `json`, `form` and `body`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Method and path: `POST /orders`.
    pub send: Template,
    /// Appended to the path, percent-encoded.
    #[serde(default)]
    pub query: IndexMap<String, TemplateJson>,
    /// As sent; `Host`, `User-Agent`, `Accept` and the content's type and length are added where missing.
    #[serde(default)]
    pub headers: IndexMap<String, Template>,
    /// A JSON body.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub json: Option<TemplateJson>,
    /// A form body, percent-encoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<IndexMap<String, TemplateJson>>,
    /// A body as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Template>,
    /// For the whole answer; the challenge's `limits.request` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// What the answer must be.
    #[serde(default)]
    pub expect: Expect,
}

/// What an answer must be, and what is kept of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// One status, a class (`2xx`) or a list of these; anything where it is left out.
    pub status: Option<StatusSet>,
    /// Matchers by header name; a header sent several times is joined by `, `.
    pub headers: IndexMap<String, Expected>,
    /// A matcher of the body read as JSON.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub json: Option<Expected>,
    /// A matcher of the body read as text.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub text: Option<Expected>,
    /// Matchers by JSONPath (RFC 9535). A path that can select one node only (names and indexes)
    /// gives its value; any other gives the list of all it selects.
    pub paths: IndexMap<String, Expected>,
    /// What is kept for later steps, by name: a JSONPath of the body (`$.id`), `header:NAME`,
    /// `status` or `body`.
    pub capture: IndexMap<String, String>,
}

/// Many requests written at one moment, before any answer is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parallel {
    /// How many times, 2 to 200; templates see `index` from 0.
    #[schemars(range(min = 2, max = 200))]
    pub times: u32,
    /// What is sent; its `expect` holds for each answer alone and captures nothing.
    pub request: Request,
    /// How many answers there must be, by status or class: `{ "201": 10, "4xx": { $range: { min: 1 } } }`.
    #[serde(default)]
    pub tally: IndexMap<String, Expected>,
    /// Keeps the list of answers, each `{ status, json }`, under this name.
    #[serde(default)]
    pub capture: Option<String>,
}

/// A query to a service, read-only, as the grader's own role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sql {
    /// Which service; may be left out where there is only one that speaks SQL.
    #[serde(default)]
    pub service: Option<String>,
    /// One statement with `$1`, `$2` ... as its parameters.
    pub query: String,
    /// The parameters. PostgreSQL is given each as text and casts it to what the query needs; MariaDB
    /// is given numbers as numbers and all else as text.
    #[serde(default)]
    pub args: Vec<TemplateJson>,
    /// What the rows must be.
    #[serde(default)]
    pub expect: Rows,
}

/// What the rows of a query must be, and what is kept of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rows {
    /// A matcher of the list of rows, each an object by column name.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub rows: Option<Expected>,
    /// What is kept for later steps, by name: a JSONPath of the list of rows (`$[0].n`).
    pub capture: IndexMap<String, String>,
}

/// Steps tried again until they hold or the time is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Eventually {
    /// From the first try to the last.
    pub within: Duration,
    /// Between the end of one try and the start of the next.
    #[serde(default = "default_every")]
    pub every: Duration,
    /// What must hold, all in one try. At least one.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
}

/// Steps done several times over, for what shows itself only now and then: a race. Each time must
/// hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// How many times, 2 to 50; templates see `round` from 0.
    #[schemars(range(min = 2, max = 50))]
    pub times: u32,
    /// What is done each time. What they capture is that of the last time.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
}

/// An expression over what was captured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assert {
    /// A template that must render to true: `"{{ before - after == 2 }}"`.
    pub that: Template,
    /// The sentence shown when it does not hold.
    pub because: String,
}

fn default_every() -> Duration {
    Duration::from_millis(100)
}
