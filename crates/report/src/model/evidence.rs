use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Capacity, Comparison, Fault, Keyspace, Load, Migration, Plan, Printed, Statements, Upstream,
};

/// What a person needs in order to believe an outcome. Every text in it is bounded and redacted
/// where it was made, and hostile: a renderer escapes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// One request and its answer.
    Exchange(Box<Exchange>),
    /// Requests written at one moment.
    Burst(Box<Burst>),
    /// A query and its rows.
    Query(Box<Query>),
    /// What the submission's statements to a database came to.
    Statements(Box<Statements>),
    /// How a database found the rows of a query.
    Plan(Box<Plan>),
    /// What the submission did with a Redis or Valkey service, and stored there.
    Keyspace(Box<Keyspace>),
    /// What was done to a service while steps were done.
    Fault(Box<Fault>),
    /// What the submission called a stub for.
    Upstream(Box<Upstream>),
    /// Lines that a program printed, looked through for some of them.
    Printed(Box<Printed>),
    /// Requests that a reference answered differently.
    Comparison(Box<Comparison>),
    /// Many requests over a while.
    Load(Box<Load>),
    /// The highest rate of requests at which an objective is kept.
    Capacity(Box<Capacity>),
    /// What writers beside the submission's migration met with.
    Migration(Box<Migration>),
    /// Lines that a program printed.
    Log(Log),
    /// A sentence.
    Note(String),
}

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Which step of the check, counted from 1; inside `eventually` as `3.1`.
    pub step: String,
    /// As sent.
    pub request: SentRequest,
    /// As received; none where no answer came.
    pub answer: Option<Answer>,
    /// Why there is no whole answer.
    pub trouble: Option<Trouble>,
    /// Where the answer differs from what was expected; empty where it does not.
    pub mismatches: Vec<Mismatch>,
    /// A unified diff of what was expected and what came, where both are structured.
    pub diff: Option<String>,
    /// A command line that repeats the request; secrets stand as shell variables.
    pub curl: String,
    /// When the request began.
    pub started_at: DateTime<Utc>,
    /// From the first byte sent to the last byte received, in milliseconds.
    pub duration_ms: f64,
}

/// A request as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SentRequest {
    /// `POST`.
    pub method: String,
    /// Path and query as on the request line.
    pub target: String,
    /// In the order sent.
    pub headers: Vec<(String, String)>,
    /// As text; bytes that are no UTF-8 are replaced.
    pub body: Option<String>,
    /// How many bytes of the body are left out here.
    pub body_omitted: u64,
}

/// An answer as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Of the status line.
    pub status: u16,
    /// In the order received.
    pub headers: Vec<(String, String)>,
    /// As text, decompressed; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// How many bytes of the body are left out here.
    pub body_omitted: u64,
}

/// Why there is no whole answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// Nothing listens.
    Refused(String),
    /// The connection ended before the answer did.
    Closed(String),
    /// No whole answer within the time, in milliseconds.
    TimedOut(u64),
    /// The body is larger than is read, in bytes.
    TooLarge(u64),
    /// What came is no HTTP, or its encoding is broken.
    Invalid(String),
}

/// One place where a value differs from what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mismatch {
    /// `status`, `header Location`, `json $.items[0].quantity`, `rows $[0].n` ...
    pub at: String,
    /// In words: `201`, `a string`, `at least 1`.
    pub expected: String,
    /// In words or as JSON, bounded.
    pub actual: String,
}

/// Requests written at one moment, before any answer was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// How many were sent.
    pub times: u32,
    /// How the answers fell out.
    pub tally: Vec<TallyLine>,
    /// Where tally or answers differ from what was expected.
    pub mismatches: Vec<Mismatch>,
    /// Some of the exchanges, those that differ first.
    pub samples: Vec<Exchange>,
}

/// How many answers of one kind came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TallyLine {
    /// A status, or what went wrong.
    pub what: String,
    /// How many.
    pub count: u32,
}

/// A query and its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Which step of the check, counted from 1.
    pub step: String,
    /// The service asked.
    pub service: String,
    /// The statement.
    pub query: String,
    /// Its parameters.
    pub args: Vec<Value>,
    /// The rows that came, bounded.
    pub rows: Vec<Value>,
    /// How many rows are left out here.
    pub rows_omitted: u64,
    /// Where they differ from what was expected.
    pub mismatches: Vec<Mismatch>,
    /// A unified diff of what was expected and what came.
    pub diff: Option<String>,
}

/// Lines that a program printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Which program: `build`, `app`, `db`.
    pub source: String,
    /// Its last lines.
    pub lines: Vec<String>,
    /// How many earlier lines are left out here, as far as known.
    pub lines_omitted: u64,
}
