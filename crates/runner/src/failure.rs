//! Whose fault it is that something did not run.

use std::time::Duration;

use thiserror::Error;

use crate::LogTail;

/// The submission's own failure to run; it costs points.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AppFailure {
    /// There is no image of it.
    #[error("the submission did not build: {reason}")]
    DidNotBuild {
        /// In a few words, with the failing step where there is one.
        reason: String,
        /// The build's last lines.
        log: LogTail,
    },
    /// Its migration ended otherwise than well, before it was started.
    #[error("the submission's migration failed: {exit}")]
    MigrationFailed {
        /// In words: `exit code 1`, `killed by signal 9 (out of memory)`.
        exit: String,
        /// The migration's last lines.
        log: LogTail,
    },
    /// Its migration did not end in time.
    #[error("the submission's migration was not done within {} s", within.as_secs_f32())]
    MigrationTooLong {
        /// How long was waited.
        within: Duration,
        /// The migration's last lines.
        log: LogTail,
    },
    /// Its process ended before it answered.
    #[error("the submission died at start: {exit}")]
    DiedAtStart {
        /// In words: `exit code 1`, `killed by signal 9 (out of memory)`.
        exit: String,
        /// Its last lines.
        log: LogTail,
    },
    /// Nothing accepted a connection on its port in time.
    #[error("the submission did not listen on port {port} within {} s", within.as_secs_f32())]
    NeverListened {
        /// Where it should have listened.
        port: u16,
        /// How long was waited.
        within: Duration,
        /// Its last lines.
        log: LogTail,
    },
    /// It accepted connections and answered nothing in time.
    #[error("the submission listens on port {port} but gave no HTTP answer to GET {path} within {} s", within.as_secs_f32())]
    NeverAnswered {
        /// Where it listens.
        port: u16,
        /// What was asked.
        path: String,
        /// How long was waited.
        within: Duration,
        /// Its last lines.
        log: LogTail,
    },
}

impl AppFailure {
    /// The last lines of what failed.
    pub fn log(&self) -> &LogTail {
        match self {
            Self::DidNotBuild { log, .. }
            | Self::MigrationFailed { log, .. }
            | Self::MigrationTooLong { log, .. }
            | Self::DiedAtStart { log, .. }
            | Self::NeverListened { log, .. }
            | Self::NeverAnswered { log, .. } => log,
        }
    }
}

/// An error of ours: the engine, an image, a service before the submission started.
#[derive(Debug, Error)]
pub enum RunnerError {
    /// The backend has no sandboxes that can be visited, or this one was not asked for as such.
    #[error("this sandbox has no room for a suite of tests beside the submission")]
    NoVisits,
    /// The backend has no containers in which foreign files could be looked at.
    #[error("the language's tools are run in containers, and this backend starts none")]
    NoTools,
    /// The backend has no hold on what programs compute on.
    #[error(
        "nothing here keeps programs off a core, or still, that they could not undo themselves"
    )]
    NotHeld,
    /// The backend has no stubs.
    #[error("a stub is steered in its container, and this backend starts none")]
    NoStubs,
    /// The backend does nothing to services.
    #[error("a fault is done to a service in its container, and this backend starts none")]
    NoFaults,
    /// The backend runs one instance of a submission.
    #[error("a second instance runs in a container of its own, and this backend starts none")]
    NoReplicas,
    /// No engine answers.
    #[error("no container engine answers at {address}")]
    NoEngine {
        /// Where it was looked for.
        address: String,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The engine is older than what is spoken here.
    #[error("{name} speaks API {api}; {oldest} or newer is needed")]
    EngineTooOld {
        /// Which engine.
        name: String,
        /// What it speaks at most.
        api: String,
        /// What is needed at least.
        oldest: String,
    },
    /// An image of ours is not there.
    #[error(transparent)]
    Image(#[from] crate::images::ImageError),
    /// It is not known whether the submission builds.
    #[error(transparent)]
    Build(#[from] crate::build::BuildError),
    /// A sandbox could not be made, watched or removed.
    #[error(transparent)]
    Sandbox(#[from] crate::docker::SandboxError),
    /// Something of this host is missing or broke.
    #[error(transparent)]
    Local(#[from] crate::local::LocalError),
}

impl RunnerError {
    /// Whether an engine is there that this user may not use.
    pub fn is_denied(&self) -> bool {
        let Self::NoEngine { source, .. } = self else {
            return false;
        };
        let of_host = source.downcast_ref::<std::io::Error>();
        of_host.is_some_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
    }
}
