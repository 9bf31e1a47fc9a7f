//! One sandbox being used: what the steps of a check need of it.

mod faults;
mod ledger;
mod own_time;
mod second;
mod services;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use challenge_spec::model::{ChallengeFile, Check};
use probe::{
    evidence::{self, Secrets},
    exchange::Client,
    expression::Scope,
};
use report::model::{Evidence, Log, Trouble};
use runner::{
    Alone, AppFailure, AppState, Beside, LogTail, Restart, RunnerError, Sandbox, ServiceState,
};
use sidecar::protocol::Order;
use tokio::sync::Mutex;

use crate::{
    finish,
    references::References,
    sql::Connections,
    stubs::{Behaviours, Stubs},
    suites::Suites,
    watch::Watch,
};

pub(crate) use faults::{Faults, MendedFault};
pub(crate) use ledger::{Kept, Ledger};
use own_time::OwnTime;
use second::Instance;

/// How often, and how far apart, a process that may be dying is looked at.
const DYING_TRIES: u32 = 10;
const DYING_PAUSE: Duration = Duration::from_millis(20);

/// What runs in a sandbox, as reasons name it.
const PROGRAMS: &str = "the submission and its services";

/// A sandbox in use.
pub(crate) struct Session<'a> {
    pub(crate) file: &'a ChallengeFile,
    pub(crate) sandbox: &'a dyn Sandbox,
    instance: Instance,
    pub(crate) client: Client,
    secrets: Secrets,
    references: &'a References<'a>,
    pub(crate) suites: &'a Suites<'a>,
    pub(crate) connections: Arc<Mutex<Connections>>,
    pub(crate) stubs: Stubs<'a>,
    pub(crate) faults: Faults,
    pub(crate) own_time: OwnTime,
    pub(crate) watch: Arc<Watch>,
    /// Whether the check that runs has a second instance.
    second_started: Mutex<bool>,
    /// What is kept of the check that runs.
    pub(crate) ledger: Arc<Mutex<Ledger>>,
}

/// Whether the submission can be used for the next check.
pub(crate) enum Ready {
    /// It runs, perhaps again.
    Yes,
    /// It died, and does not come back.
    Dead(String, Vec<Evidence>),
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        file: &'a ChallengeFile,
        sandbox: &'a dyn Sandbox,
        env: &BTreeMap<String, String>,
        references: &'a References<'a>,
        suites: &'a Suites<'a>,
        stubs: &'a Behaviours,
    ) -> Self {
        let mut secrets = Secrets::default();
        for (name, value) in env {
            secrets.insert(name, value);
        }
        Self {
            file,
            sandbox,
            instance: Instance::First,
            client: Client::new(sandbox.app()),
            secrets,
            references,
            suites,
            connections: Arc::default(),
            stubs: Stubs::new(stubs),
            faults: Faults::default(),
            own_time: OwnTime::default(),
            watch: Arc::default(),
            second_started: Mutex::default(),
            ledger: Arc::default(),
        }
    }

    /// Sees to it that the submission runs before a check begins: one that died in an earlier check
    /// is started again, so that it loses that check and not all behind it.
    pub(crate) async fn make_ready(&self) -> Result<Ready, RunnerError> {
        let AppState::Exited { exit } = self.sandbox.app_state().await? else {
            return Ok(Ready::Yes);
        };
        tracing::info!(exit, "the app died; starting it again");
        match self.sandbox.restart_app().await? {
            Restart::Ready => Ok(Ready::Yes),
            Restart::Refused(failure) => {
                let reason = format!(
                    "the submission had died in an earlier check ({exit}) and did not come back: {failure}"
                );
                Ok(Ready::Dead(reason, vec![app_log(failure.log())]))
            }
        }
    }

    /// Gives the services their first state again, and starts the submission anew.
    pub(crate) async fn reset(&self) -> Result<Ready, RunnerError> {
        self.reset_beside(&Alone).await
    }

    /// The same, with something that is done beside the submission's migration.
    pub(crate) async fn reset_beside(&self, beside: &dyn Beside) -> Result<Ready, RunnerError> {
        // Sessions of the grader's would be ended in the middle.
        self.connections.lock().await.close().await;
        self.suites.forget().await;
        self.end_second().await?;
        let reset = self.sandbox.reset(beside).await?;
        let services_ms = finish::millis(reset.services);
        tracing::debug!(services_ms, "services are as at first");
        Ok(match reset.app {
            Restart::Ready => Ready::Yes,
            Restart::Refused(failure) => {
                let source = match &failure {
                    AppFailure::MigrationFailed { .. } | AppFailure::MigrationTooLong { .. } => {
                        "migrate"
                    }
                    _ => "app",
                };
                let reason =
                    format!("the submission did not start again on a clean database: {failure}");
                Ready::Dead(reason, vec![log(source, failure.log())])
            }
        })
    }

    /// Sees to it that what a check compares with runs; or why it does not, which is ours.
    pub(crate) async fn make_references_ready(&self, check: &Check) -> Result<(), String> {
        for name in check.references() {
            self.references.ready(name, check.reset.is_some()).await?;
        }
        Ok(())
    }

    /// A reference that runs.
    pub(crate) async fn reference(&self, name: &str) -> Result<Arc<dyn Sandbox>, String> {
        self.references.ready(name, false).await
    }

    /// Another sandbox used in the same way.
    pub(crate) fn beside<'b>(&'b self, sandbox: &'b dyn Sandbox) -> Session<'b> {
        Session {
            file: self.file,
            sandbox,
            instance: Instance::First,
            client: Client::new(sandbox.app()),
            secrets: self.secrets.clone(),
            references: self.references,
            suites: self.suites,
            connections: Arc::default(),
            stubs: Stubs::new(self.stubs.at_first),
            faults: Faults::default(),
            own_time: OwnTime::default(),
            watch: Arc::default(),
            second_started: Mutex::default(),
            ledger: Arc::default(),
        }
    }

    /// Sees to it that all stubs do as at the start of a check. One that has died is left to the steps that
    /// need it: it may be the submission that ended it. One that is wanting is nobody's.
    async fn settle_stubs(&self) -> Result<(), RunnerError> {
        for (name, behaviour) in self.stubs.again() {
            if self.sandbox.service(name).is_none() {
                continue;
            }
            let order = Order::Behave(behaviour.clone());
            let Err(error) = self.sandbox.steer(name, &order).await else {
                self.stubs.is_as_at_first(name);
                continue;
            };
            match self.sandbox.service_state(name).await? {
                ServiceState::Running => return Err(error),
                ServiceState::Exited { .. } => {}
            }
        }
        Ok(())
    }

    /// Begins what is kept of one check.
    pub(crate) async fn begin(&self, check: &Check) -> Result<(), RunnerError> {
        self.own_time.begin();
        self.end_second().await?;
        self.settle_stubs().await?;
        *self.ledger.lock().await = Ledger::begin(check, self.sandbox).await?;
        Ok(())
    }

    /// Everything that a report must not show: the environment's values and the tokens made so far.
    pub(crate) fn secrets(&self, scope: &Scope) -> Secrets {
        let mut secrets = self.secrets.clone();
        secrets.extend(scope.tokens());
        secrets
    }

    /// To be called before something is asked for that has so much time.
    pub(crate) async fn look_before(&self, time: Duration) {
        self.watch.look_before(self.sandbox, time).await;
    }

    /// Why it is not the submission's doing that no answer came in this time, which ends now, if it is not.
    pub(crate) async fn kept_off(&self, time: Duration) -> Option<String> {
        let cpus = self.file.limits.app.cpus.cores();
        self.watch
            .kept_off(self.sandbox, PROGRAMS, cpus, time)
            .await
    }

    /// Whether the submission still runs after a request got no whole answer. A process that has
    /// just closed its connections may need a moment to be gone.
    pub(crate) async fn state_after_trouble(
        &self,
        trouble: &Trouble,
    ) -> Result<AppState, RunnerError> {
        let may_be_dying = matches!(trouble, Trouble::Closed(_) | Trouble::Refused(_));
        let tries = if may_be_dying { DYING_TRIES } else { 1 };
        let mut state = self.app_state().await?;
        for _ in 1..tries {
            if state != AppState::Running {
                break;
            }
            tokio::time::sleep(DYING_PAUSE).await;
            state = self.app_state().await?;
        }
        Ok(state)
    }
}

/// The same lines without what a report must not show.
pub(crate) fn hidden(tail: &LogTail, secrets: &Secrets) -> LogTail {
    let hidden = |line: &String| evidence::text(line, secrets);
    LogTail {
        lines: tail.lines.iter().map(hidden).collect(),
        omitted: tail.omitted,
    }
}

pub(crate) fn app_log(tail: &LogTail) -> Evidence {
    log("app", tail)
}

pub(crate) fn log(source: &str, tail: &LogTail) -> Evidence {
    Evidence::Log(Log {
        source: source.to_owned(),
        lines: tail.lines.clone(),
        lines_omitted: tail.omitted,
    })
}
