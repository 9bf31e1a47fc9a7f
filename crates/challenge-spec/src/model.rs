//! What a challenge file says, once it has been read and found valid.

mod app;
mod challenge;
mod check;
mod implementation;
mod limits;
mod quantity;
mod service;
mod step;
mod suite;
mod text;

pub use app::App;
pub use challenge::{ChallengeFile, Defect};
pub use check::{Check, Reset, Visibility};
pub use implementation::{Implementation, OwnSuite};
pub use limits::{AppLimits, BuildLimits, BuildNetwork, Limits, ServiceLimits, SubmissionLimits};
pub use quantity::{ByteSize, Cpus, Duration, QuantityError};
pub use service::{MariaDb, Postgres, RateLimit, Redis, Service, Stub, StubErrors, StubRoute};
pub use step::{
    Assert, Calls, CallsOf, Capacity, CapacityExpect, Compare, Counts, Differential, Eventually,
    Expect, Explain, Fault, FaultKind, Load, LoadExpect, LoadRatio, Logs, Meanwhile, Migration,
    MigrationExpect, Objective, OpenApi, Operation, OwnSuiteStep, Parallel, Pipeline, PlanExpect,
    Queries, REFERENCE, RedisExpect, RedisStep, Repeat, Replica, Request, Rows, STARTER, SetStub,
    Sql, StatusClass, StatusSet, Step, SuiteTest, Upstream, WriterStatement,
};
pub use suite::Suite;
pub use text::{Expected, Template, TemplateJson};

/// Tells a key that is `null` from one that is missing.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
