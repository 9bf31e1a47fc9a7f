//! Snapshots, builds, services and sandboxes on a container engine.
//!
//! The runner is asked with a [`SandboxSpec`] of its own and knows nothing of challenges, checks or
//! reports. A submission's failure ([`AppFailure`]) and an error of ours ([`RunnerError`]) are
//! different types from end to end.

mod backend;
mod beside;
pub mod build;
mod classic;
mod clean;
pub mod docker;
mod dockerfile;
mod endpoint;
mod engine;
pub mod errand;
mod exit;
mod failure;
mod fault;
mod host;
pub mod images;
mod lack;
pub mod lease;
pub mod local;
mod machine;
pub mod mutator;
pub mod practice;
mod progress;
mod pull;
mod service;
pub mod setup;
pub mod snapshot;
mod spec;
mod tail;
pub mod temp;
pub mod turn;
pub mod visit;
mod wait;

pub use backend::{
    AppState, Backend, EngineFacts, Hold, IsolationItem, LogMark, LogTail, Opening, PrintedLines,
    Replica, Reset, Restart, Sandbox, SandboxFacts, ServiceState, Usage,
};
pub use beside::{Alone, Beside};
pub use clean::{Cleaned, clean, clean_host};
pub use docker::{Containment, DockerBackend};
pub use endpoint::ServiceEndpoint;
pub use engine::Engine;
pub use failure::{AppFailure, RunnerError};
pub use fault::{Fault, Mended};
pub use host::HostNetwork;
pub use lack::Lack;
pub use local::LocalBackend;
pub use machine::{OnBehalf, Reading, Thread, Threads, own_threads};
pub use progress::{Progress, RunnerEvent, RunnerPhase};
pub use spec::{
    AppLimits, AppSpec, BuildLimits, BuildNetwork, MariaDbSpec, PostgresSpec, RedisProgram,
    RedisSpec, RunId, SandboxSpec, ServiceKind, ServiceLimits, ServiceSpec, SqlFile, StubSpec,
};
pub use turn::{Turn, Turns};
