//! What is said to a program inside a sandbox, and what it says. JSON, one line each way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The port that a stub listens on.
pub const STUB_PORT: u16 = 8080;
/// The port that a proxy listens on, beside the service in one network namespace.
pub const PROXY_PORT: u16 = 17_000;
/// Where the program is in its image.
pub const PROGRAM: &str = "/usr/local/bin/sidecar";
/// The variable that carries a stub's first [`Behaviour`].
pub const BEHAVIOUR_VARIABLE: &str = "TRYOUT_STUB";
/// The variable that carries an [`Order`] to `sidecar steer`.
pub const ORDER_VARIABLE: &str = "TRYOUT_ORDER";
/// How much an order may be, in bytes: the kernel passes on no longer variable.
pub const MOST_ORDER: usize = 96 * 1024;
/// How much the body of a route may be, in bytes, before and after its path is filled in.
pub const MOST_BODY: usize = 64 * 1024;
/// What a stub cannot use up whatever comes, in bytes; one that has less may run out of memory.
pub const ENOUGH_MEMORY: u64 = 256 * 1024 * 1024;
/// How many routes a stub may have.
pub const MOST_ROUTES: usize = 200;
/// How many forms of calls a journal keeps apart.
pub const MOST_FORMS: usize = 500;

/// What a stub does with calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Behaviour {
    /// Where its chances come from: the same calls in the same order fare the same.
    pub seed: u64,
    /// The first that fits a call answers it; what fits none is answered with 404.
    pub routes: Vec<Route>,
    /// How many calls a second are taken up; what is beyond is answered with 429.
    pub per_second: Option<u32>,
}

/// How calls of one kind are answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// A method and a path whose segments may be `{names}`: `GET /prices/{sku}`.
    pub on: String,
    /// The answer's.
    pub status: u16,
    /// Beside those of the body.
    pub headers: BTreeMap<String, String>,
    /// In its texts `{sku}` stands for what the call's path has there.
    pub body: Body,
    /// None answers at once.
    pub latency: Option<Latency>,
    /// Which of them fail.
    pub errors: Option<Errors>,
}

/// What an answer carries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A JSON value.
    Json(Value),
    /// A text as it stands.
    Text(String),
}

/// How long an answer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// What half of the answers take at most, in milliseconds; all of them, where there is no `p99_ms`.
    pub p50_ms: u64,
    /// What 99 of 100 take at most, in milliseconds. The times are log-normal through both points, and never
    /// more than twice this one.
    pub p99_ms: Option<u64>,
}

/// Which calls of a route fail, and how.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// Which.
    pub which: Which,
    /// How.
    pub how: Failure,
}

/// Which calls of a route fail.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Which {
    /// So many at first, then none.
    First(u32),
    /// So many of all, by chance; 0 to 1.
    Share(f64),
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// It is answered with this status.
    Status(u16),
    /// Its connection is closed without an answer.
    Close,
}

/// What a program is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Order {
    /// From now on it does this.
    Behave(Behaviour),
    /// From now on a proxy passes on what the service says so much later; what is on its way likewise.
    Delay {
        /// In milliseconds.
        by_ms: u64,
    },
    /// From now on calls are counted.
    Begin,
    /// What was counted since, and an end of it.
    End {
        /// As it was given by [`Answer::Begun`].
        window: u64,
    },
}

/// What it says to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// It does so.
    Done,
    /// It counts.
    Begun {
        /// Names what is counted.
        window: u64,
    },
    /// What it counted.
    Counted(Journal),
    /// It cannot.
    Refused {
        /// In words.
        why: String,
    },
}

/// The calls that came since some moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// How many.
    pub calls: u64,
    /// How many of them were open at once, at most.
    pub at_once: u64,
    /// By their form, in the order of the first of each.
    pub forms: Vec<Form>,
    /// How many calls were of forms that there was no room for.
    pub calls_omitted: u64,
    /// How many connections were closed unheard, since there were too many.
    pub connections_refused: u64,
}

/// The calls with one method and one path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// `GET /prices/a`: as it came, without its query, cut where it is long. Hostile text.
    pub call: String,
    /// How many.
    pub calls: u64,
    /// How many were open at once, at most.
    pub at_once: u64,
    /// How many got a whole answer of the stub's, by its status.
    pub answers: BTreeMap<u16, u64>,
    /// When the first came, in milliseconds since the counting began.
    pub first_ms: u64,
    /// When the last came, likewise.
    pub last_ms: u64,
}
