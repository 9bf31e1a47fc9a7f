//! What can go wrong on this host by no fault of the submission.

use std::{io, path::PathBuf, time::Duration};

use thiserror::Error;

use crate::snapshot::SnapshotError;

/// An error of ours, or something that this host lacks.
#[derive(Debug, Error)]
pub enum LocalError {
    /// A program is not there.
    #[error(
        "{what} is not installed here, which {needed_by} needs; as root on Debian: apt-get install {packages}"
    )]
    NotInstalled {
        /// The program, by the names that were looked for.
        what: String,
        /// What it is for.
        needed_by: String,
        /// What to install.
        packages: String,
    },
    /// Only its Dockerfile says how the submission is run.
    #[error(
        "only {path} says how the submission is run, and that takes a container engine: start one, or add a tryout.yaml with `runtime`"
    )]
    OnlyDockerfile {
        /// The Dockerfile.
        path: String,
    },
    /// A folder of ours could not be made or written to.
    #[error("{path} could not be made ready")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The submission could not be copied out.
    #[error("the submission could not be unpacked")]
    Unpack(#[source] SnapshotError),
    /// A process could not be started.
    #[error("the process `{role}` could not be started")]
    Spawn {
        /// What it was to be.
        role: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A process ended before it was what it was to be.
    #[error("the process `{role}` was not set up: {log}")]
    NotSetUp {
        /// What it was to be.
        role: String,
        /// What it printed.
        log: String,
    },
    /// Whether a process runs could not be seen.
    #[error("it could not be seen whether the process `{role}` runs")]
    Watch {
        /// What it is.
        role: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Processes do not go away.
    #[error("{left} processes of `{role}` are still there")]
    StillThere {
        /// What they are of.
        role: String,
        /// How many.
        left: usize,
    },
    /// What dependencies are installed into could not be made.
    #[error(
        "`{command}` failed here ({exit}); as root on Debian: apt-get install {packages}: {log}"
    )]
    Toolchain {
        /// What was run.
        command: String,
        /// In words.
        exit: String,
        /// What may be missing.
        packages: String,
        /// Its last lines.
        log: String,
    },
    /// The package registry does not answer us either.
    #[error("{reason}; and the package registry does not answer `{asked}` either: {told}")]
    RegistryUnreachable {
        /// How the build failed.
        reason: String,
        /// What was asked.
        asked: String,
        /// The last line of what came of it.
        told: String,
    },
    /// No port is to be had.
    #[error("no free port was found on the loopback address")]
    NoPort,
    /// Somebody else took the submission's port.
    #[error("port {port} of the loopback address was taken by another program meanwhile")]
    PortTaken {
        /// Which.
        port: u16,
    },
    /// Servers do not run as root, and there is nobody else.
    #[error("servers cannot be run as root, and there is neither a user `postgres` nor `nobody`")]
    NobodyElse,
    /// A service's first state could not be made.
    #[error("the service `{service}` could not be made ready: {message}")]
    PrepareService {
        /// Which.
        service: String,
        /// Why.
        message: String,
    },
    /// A service ended before the submission was started.
    #[error("the service `{service}` died at start: {exit}: {log}")]
    ServiceDied {
        /// Which.
        service: String,
        /// In words.
        exit: String,
        /// Its last lines.
        log: String,
    },
    /// A service took too long.
    #[error("the service `{service}` accepted no connection within {} s", within.as_secs_f32())]
    ServiceNotReady {
        /// Which.
        service: String,
        /// How long was waited.
        within: Duration,
    },
    /// No service of that name.
    #[error("there is no service `{service}` in the sandbox")]
    NoSuchService {
        /// The name.
        service: String,
    },
    /// A clean start was asked for.
    #[error(
        "a check that begins with a clean database needs containers: leave --backend local out"
    )]
    NoReset,
    /// The sandbox has been closed.
    #[error("the sandbox has been closed")]
    Closed,
}
