//! What a backend does, so that graders can be tested without an engine.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use async_trait::async_trait;
use sidecar::protocol::{Answer, Order};

use crate::{
    AppFailure, Beside, Fault, Lack, Mended, Progress, Reading, RunId, RunnerError, SandboxSpec,
    ServiceEndpoint, Turns,
    errand::{Errand, ErrandEnd},
    practice::{Sources, ToolRun},
    setup::Ground,
    snapshot::Snapshot,
    visit::{Visit, Visited, VisitorSpec},
};

/// Makes sandboxes.
#[async_trait]
pub trait Backend: Send + Sync {
    /// `docker`, `local`.
    fn name(&self) -> &'static str;

    /// Where submissions are built and run; what a [`crate::setup::Setup`] is to be found for.
    fn ground(&self) -> Ground {
        Ground::Image
    }

    /// Taking turns with others who use the same engine; none where nothing is shared.
    fn turns(&self) -> Option<&Turns>;

    /// The engine behind it; none where there is none to speak of.
    fn engine(&self) -> Option<&EngineFacts>;

    /// Builds the submission and starts services side by side, then runs the submission's migration
    /// where it has one, starts it and waits for its first answer. Dropping the future stops the work; what it made is removed by
    /// [`Backend::close`].
    async fn open(
        &self,
        spec: &SandboxSpec,
        submission: &Snapshot,
        progress: &dyn Progress,
    ) -> Result<Opening, RunnerError>;

    /// Whether sandboxes can be visited; see [`crate::visit`].
    fn has_visits(&self) -> bool {
        false
    }

    /// Builds what is to visit a run's sandboxes; in the inner error, why its files do not make an image.
    async fn visitor(
        &self,
        _run: &RunId,
        _spec: &VisitorSpec,
        _files: &Snapshot,
        _progress: &dyn Progress,
    ) -> Result<Result<String, AppFailure>, RunnerError> {
        Err(RunnerError::NoVisits)
    }

    /// Runs a command of ours aside; what is made for it carries the run's labels.
    async fn aside(&self, _run: &RunId, _errand: &Errand) -> Result<ErrandEnd, RunnerError> {
        Err(RunnerError::NoVisits)
    }

    /// Has a language's usual tools look at some sources; see [`crate::practice`]. What is made for it
    /// carries the run's labels.
    async fn look(
        &self,
        _run: &RunId,
        _sources: &Sources,
        _progress: &dyn Progress,
    ) -> Result<Vec<ToolRun>, RunnerError> {
        Err(RunnerError::NoTools)
    }

    /// Removes all that the run made; nothing to remove is no error.
    async fn close(&self, run: &RunId) -> Result<(), RunnerError>;
}

/// A running submission with its services.
#[async_trait]
pub trait Sandbox: Send + Sync {
    /// Where the submission is reached from here.
    fn app(&self) -> SocketAddr;

    /// Where a service is reached from here.
    fn service(&self, name: &str) -> Option<&ServiceEndpoint>;

    /// How it was made.
    fn facts(&self) -> &SandboxFacts;

    /// Whether the submission's process runs.
    async fn app_state(&self) -> Result<AppState, RunnerError>;

    /// Whether a service runs.
    async fn service_state(&self, name: &str) -> Result<ServiceState, RunnerError>;

    /// The submission's last lines.
    async fn app_log(&self) -> Result<LogTail, RunnerError>;

    /// What its programs have used so far; none where that is not told.
    async fn usage(&self) -> Result<Option<Usage>, RunnerError> {
        Ok(None)
    }

    /// What its programs and this machine's cores have done so far; none where its engine is on another machine,
    /// or the kernel does not tell.
    async fn reading(&self) -> Option<Reading> {
        None
    }

    /// Which of this host's cores its programs may compute on, as the host numbers them.
    ///
    /// # Errors
    /// Where that cannot be told, or is none of this host's.
    async fn cores(&self) -> Result<Vec<u32>, RunnerError> {
        Err(RunnerError::NotHeld)
    }

    /// Has its programs, app and services, do no more than this until they are told otherwise.
    async fn hold(&self, hold: Hold) -> Result<(), RunnerError> {
        match hold {
            Hold::Free => Ok(()),
            Hold::OffCore(_) | Hold::Still => Err(RunnerError::NotHeld),
        }
    }

    /// Lets go of its programs as soon as may be, for those who cannot wait for it; whatever is asked of
    /// them afterwards holds.
    fn let_go(&self) {}

    /// What of the host keeps anything in the sandbox from working, in words, where that is nothing a
    /// submission can bring about within its limits.
    async fn outage(&self) -> Option<String>;

    /// Where the submission's output ends now, by the engine's own account.
    async fn log_mark(&self) -> Result<LogMark, RunnerError>;

    /// What the submission printed to either stream since then, across restarts; bounded.
    async fn app_lines(&self, since: &LogMark) -> Result<PrintedLines, RunnerError>;

    /// Runs a visitor's program to its end. Dropping the future leaves its container for
    /// [`Backend::close`].
    async fn visit(&self, _visit: &Visit) -> Result<Visited, RunnerError> {
        Err(RunnerError::NoVisits)
    }

    /// Tells a stub what to do, or asks what came; by the engine's own way into its container, which
    /// nothing in the sandbox has.
    ///
    /// # Errors
    /// When the engine does not run our command, and when the stub does not answer it.
    async fn steer(&self, _stub: &str, _order: &Order) -> Result<Answer, RunnerError> {
        Err(RunnerError::NoStubs)
    }

    /// Whether something bad can be done to services.
    fn has_faults(&self) -> bool {
        false
    }

    /// Does something bad to a service that runs; it stays so until [`Sandbox::mend_service`].
    async fn break_service(&self, _name: &str, _fault: Fault) -> Result<(), RunnerError> {
        Err(RunnerError::NoFaults)
    }

    /// Takes that back, also where it was made by a half only, and waits until the service is of use.
    async fn mend_service(&self, _name: &str, _fault: Fault) -> Result<Mended, RunnerError> {
        Err(RunnerError::NoFaults)
    }

    /// Whether a second instance of the submission can run beside it.
    fn has_replicas(&self) -> bool {
        false
    }

    /// Starts a second instance of the submission on the same services, unless it runs, and waits for its
    /// answer. The migration is not run again. One that has died since it was started is started again.
    async fn start_replica(&self) -> Result<Replica, RunnerError> {
        Err(RunnerError::NoReplicas)
    }

    /// Whether the second instance's process runs.
    async fn replica_state(&self) -> Result<AppState, RunnerError> {
        Err(RunnerError::NoReplicas)
    }

    /// The second instance's last lines.
    async fn replica_log(&self) -> Result<LogTail, RunnerError> {
        Err(RunnerError::NoReplicas)
    }

    /// Ends the second instance, if it runs.
    async fn end_replica(&self) -> Result<(), RunnerError> {
        Ok(())
    }

    /// Removes all that was made for it, before its run is over: nothing of it can be used any more.
    /// What stays behind is found by [`Backend::close`].
    async fn close(&self) -> Result<(), RunnerError>;

    /// Stops the submission, gives every service its first state again, runs the submission's migration
    /// where it has one, starts it, and waits for its answer. What is done beside the migration ends
    /// with it.
    async fn reset(&self, beside: &dyn Beside) -> Result<Reset, RunnerError>;

    /// Starts the submission's dead process again, same image and network, and waits for its answer.
    async fn restart_app(&self) -> Result<Restart, RunnerError>;
}

/// What came of opening a sandbox.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one a run, and it is taken apart at once"
)]
pub enum Opening {
    /// The submission answers.
    Ready(Box<dyn Sandbox>),
    /// The submission cannot be used, by its own fault.
    Refused {
        /// Why.
        failure: AppFailure,
        /// How far it came.
        facts: SandboxFacts,
    },
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ready(sandbox) => f.debug_tuple("Ready").field(&sandbox.app()).finish(),
            Self::Refused { failure, .. } => f.debug_tuple("Refused").field(failure).finish(),
        }
    }
}

/// How a sandbox was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SandboxFacts {
    /// The images used, by role (`app`, `holder`, a service's name), each with its id.
    pub images: BTreeMap<String, String>,
    /// What of this host was used in place of images, by role, and how it differs from what was asked
    /// for.
    pub programs: BTreeMap<String, String>,
    /// What was not to be had.
    pub lacks: Vec<Lack>,
    /// What keeps the submission in.
    pub isolation: Vec<IsolationItem>,
    /// Building; zero where the image was there.
    pub build: Duration,
    /// Network and services, beside the build.
    pub services: Duration,
    /// The submission's migration; zero where it has none.
    pub migrate: Duration,
    /// From the process starting to its first answer.
    pub start: Duration,
}

/// One thing that keeps the submission in, or cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsolationItem {
    /// `network`, `read-only root` ...
    pub item: String,
    /// Whether it is in force.
    pub enforced: bool,
    /// By what, or why not.
    pub detail: String,
}

/// Which engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineFacts {
    /// `Docker Engine 20.10.24`.
    pub name: String,
    /// `1.41`.
    pub api: String,
    /// `linux/amd64`.
    pub platform: String,
}

/// What the programs of a sandbox have used since they were started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Computing time of all of them together.
    pub cpu: Duration,
    /// The most memory that each has had at once in bytes, by role (`app`, a service's name), where the
    /// engine tells.
    pub memory_peak: BTreeMap<String, u64>,
}

/// What the programs of a sandbox may do while something is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hold {
    /// What their limits allow.
    #[default]
    Free,
    /// The same, on every core that they have but this one of the host's.
    OffCore(u32),
    /// Nothing.
    Still,
}

/// Whether the submission's process runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppState {
    /// It does.
    Running,
    /// It ended.
    Exited {
        /// In words: `exit code 1`, `killed by signal 9 (out of memory)`.
        exit: String,
    },
}

/// Whether a service runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceState {
    /// It does.
    Running,
    /// It ended.
    Exited {
        /// In words.
        exit: String,
    },
}

/// What came of starting the submission again.
#[derive(Debug, Clone, PartialEq)]
pub enum Restart {
    /// It answers again.
    Ready,
    /// It does not, by its own fault.
    Refused(AppFailure),
}

/// What came of starting a second instance of the submission.
#[derive(Debug, Clone, PartialEq)]
pub enum Replica {
    /// It answers, there.
    Ready(SocketAddr),
    /// It does not, by its own fault.
    Refused(AppFailure),
}

/// What came of a clean start.
#[derive(Debug, Clone, PartialEq)]
pub struct Reset {
    /// What the services took, from the submission being stopped.
    pub services: Duration,
    /// What came of migrating and starting the submission.
    pub app: Restart,
}

/// A place in the submission's output, which means something to the backend that gave it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogMark(pub(crate) String);

/// Lines that the submission printed. Hostile text, bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrintedLines {
    /// Oldest first within each stream. A line longer than 64 KiB is cut.
    pub lines: Vec<String>,
    /// Whether lines are missing: more was printed than is kept, or than is read (16 MiB).
    pub cut: bool,
}

/// The last lines that a program printed. Hostile text, bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogTail {
    /// Oldest first.
    pub lines: Vec<String>,
    /// How many earlier lines are left out, as far as known.
    pub omitted: u64,
}
