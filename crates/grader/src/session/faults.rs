//! What is done to services.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use challenge_spec::model;
use report::model::{Evidence, Fault as Shown, FaultKind};
use runner::{Fault, Mended, RunnerError};
use tokio::time::Instant;

use super::Session;
use crate::{finish, step::Place};

/// The faults of a sandbox.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    standing: Option<Standing>,
    /// Why the sandbox is of no use any more.
    broken: Option<String>,
}

/// A fault that has been made and not taken back.
#[derive(Debug, Clone)]
struct Standing {
    step: String,
    service: String,
    fault: Fault,
    since: Instant,
}

/// What came of taking a fault back.
#[derive(Debug)]
pub(crate) struct MendedFault {
    /// `` `cache` was stopped ``.
    pub(crate) what: String,
    pub(crate) evidence: Evidence,
    /// In the error, why the service is of no use any more, which is ours.
    pub(crate) end: Result<Mended, String>,
}

impl Faults {
    /// Why nothing can be asked of the sandbox any more, where a fault could not be taken back.
    pub(crate) fn broken(&self) -> Option<String> {
        self.inner().broken.clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session<'_> {
    /// Does to a service what a step says. It stays so until it is mended, whatever comes of this.
    pub(crate) async fn break_service(
        &self,
        place: &Place,
        step: &model::Fault,
    ) -> Result<(), RunnerError> {
        let _own = self.own_time.spend();
        let fault = fault(step);
        let services = &self.file.services;
        let speaks_sql = services
            .get(&step.service)
            .is_some_and(model::Service::speaks_sql);
        if fault == Fault::Stopped && speaks_sql {
            // Sessions of the grader's would be ended in the middle.
            self.connections.lock().await.close().await;
        }
        let standing = Standing {
            step: place.to_string(),
            service: step.service.clone(),
            fault,
            since: Instant::now(),
        };
        self.faults.inner().standing = Some(standing);
        self.sandbox.break_service(&step.service, fault).await?;
        if let Some(standing) = &mut self.faults.inner().standing {
            standing.since = Instant::now();
        }
        Ok(())
    }

    /// Takes back what was done to a service, if anything was.
    pub(crate) async fn mend(&self) -> Option<MendedFault> {
        let standing = self.faults.inner().standing.clone()?;
        let _own = self.own_time.spend();
        let lasted = standing.since.elapsed();
        let began = Instant::now();
        let Standing { service, fault, .. } = &standing;
        let end = self.sandbox.mend_service(service, *fault).await;
        let is_ready = matches!(end, Ok(Mended::Ready));
        let back_after = is_ready.then(|| finish::millis(began.elapsed()));
        let what = what(service, *fault);
        let end = end.map_err(|error| {
            let error = finish::chain(&error);
            format!("{what} by the grader, and that could not be taken back: {error}")
        });
        let mut inner = self.faults.inner();
        inner.standing = None;
        if let Err(why) = &end {
            inner.broken = Some(why.clone());
        }
        Some(MendedFault {
            what,
            evidence: standing.shown(lasted, back_after),
            end,
        })
    }
}

impl Standing {
    fn shown(self, lasted: Duration, back_after_ms: Option<u64>) -> Evidence {
        let (is, by) = match self.fault {
            Fault::Paused => (FaultKind::Paused, None),
            Fault::Stopped => (FaultKind::Stopped, None),
            Fault::Slow { by } => (FaultKind::Slow, Some(finish::millis(by))),
        };
        Evidence::Fault(Box::new(Shown {
            step: self.step,
            service: self.service,
            is,
            by_ms: by,
            lasted_ms: finish::millis(lasted),
            back_after_ms,
        }))
    }
}

fn fault(step: &model::Fault) -> Fault {
    match step.is {
        model::FaultKind::Paused => Fault::Paused,
        model::FaultKind::Stopped => Fault::Stopped,
        model::FaultKind::Slow => Fault::Slow {
            by: step.by.map(model::Duration::get).unwrap_or_default(),
        },
    }
}

fn what(service: &str, fault: Fault) -> String {
    match fault {
        Fault::Paused => format!("`{service}` was paused"),
        Fault::Stopped => format!("`{service}` was stopped"),
        Fault::Slow { by } => format!("`{service}` was slow by {} ms", by.as_millis()),
    }
}
