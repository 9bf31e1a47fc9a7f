//! A second instance of the submission, beside the first.

use std::sync::Arc;

use probe::exchange::Client;
use report::model::Evidence;
use runner::{AppFailure, AppState, LogTail, Replica, RunnerError};
use tokio::sync::Mutex;

use super::{Session, faults::Faults, log, own_time::OwnTime};
use crate::stubs::Stubs;

/// Which of the submission's instances a session asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instance {
    First,
    Second,
}

/// Why there is none: in a sentence, and what the submission printed.
pub(crate) type Missing = (String, Vec<Evidence>);

impl Session<'_> {
    /// The same check at a second instance, which is started where it was not before.
    pub(crate) async fn second(&self) -> Result<Result<Session<'_>, Missing>, RunnerError> {
        let mut started = self.second_started.lock().await;
        if *started && let AppState::Exited { exit } = self.sandbox.replica_state().await? {
            let reason = format!("the second instance has died: {exit}");
            let log = self.sandbox.replica_log().await?;
            return Ok(Err((reason, vec![second_log(&log)])));
        }
        let _own = self.own_time.spend();
        *started = true;
        Ok(match self.sandbox.start_replica().await? {
            Replica::Ready(address) => Ok(Session {
                file: self.file,
                sandbox: self.sandbox,
                instance: Instance::Second,
                client: Client::new(address),
                secrets: self.secrets.clone(),
                references: self.references,
                suites: self.suites,
                connections: Arc::clone(&self.connections),
                stubs: Stubs::new(self.stubs.at_first),
                faults: Faults::default(),
                own_time: OwnTime::default(),
                watch: Arc::clone(&self.watch),
                second_started: Mutex::default(),
                ledger: Arc::clone(&self.ledger),
            }),
            Replica::Refused(failure) => Err(refused(&failure)),
        })
    }

    /// Ends it, with the check that had it started.
    pub(super) async fn end_second(&self) -> Result<(), RunnerError> {
        let mut started = self.second_started.lock().await;
        if *started {
            self.sandbox.end_replica().await?;
            *started = false;
        }
        Ok(())
    }

    /// Whether the instance that is asked runs.
    pub(crate) async fn app_state(&self) -> Result<AppState, RunnerError> {
        match self.instance {
            Instance::First => self.sandbox.app_state().await,
            Instance::Second => self.sandbox.replica_state().await,
        }
    }

    /// What that instance printed last; nothing where even that cannot be had.
    pub(crate) async fn log(&self) -> Option<Evidence> {
        let (tail, shown): (_, fn(&LogTail) -> Evidence) = match self.instance {
            Instance::First => (self.sandbox.app_log().await, super::app_log),
            Instance::Second => (self.sandbox.replica_log().await, second_log),
        };
        let tail = tail.ok()?;
        (!tail.lines.is_empty()).then(|| shown(&tail))
    }

    /// What the second instance printed last, where the check has had one started.
    pub(crate) async fn log_of_second(&self) -> Option<Evidence> {
        if !*self.second_started.lock().await {
            return None;
        }
        let tail = self.sandbox.replica_log().await.ok()?;
        (!tail.lines.is_empty()).then(|| second_log(&tail))
    }
}

fn refused(failure: &AppFailure) -> Missing {
    let reason =
        format!("a second instance of the submission did not start beside the first: {failure}");
    (reason, vec![second_log(failure.log())])
}

fn second_log(tail: &LogTail) -> Evidence {
    log("app, second instance", tail)
}
