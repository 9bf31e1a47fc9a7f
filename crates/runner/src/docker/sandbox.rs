//! A running submission with its services.

use std::{net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use sidecar::protocol::{Answer, Order};

use super::{
    SandboxError,
    app::{self, ROLE, Started},
    breaking,
    disk::DiskWatch,
    ended,
    hold::Holding,
    holder::Holder,
    limits, log, printed, readiness,
    reading::{self, Accounts},
    replica::{self, Replicable},
    reset,
    room::Disk,
    services::Service,
    site::Site,
    slowing, steering, teardown, usage,
    visit::{self, Entrance},
};
use crate::{
    AppFailure, AppState, Beside, Fault, Hold, LogMark, LogTail, Mended, PrintedLines, Reading,
    Replica, Reset, Restart, RunnerError, Sandbox, SandboxFacts, SandboxSpec, ServiceEndpoint,
    ServiceSpec, ServiceState, Usage,
    visit::{Visit, Visited},
};

/// A sandbox on a container engine.
#[derive(Debug)]
pub(super) struct DockerSandbox {
    pub(super) site: Site,
    pub(super) spec: SandboxSpec,
    pub(super) holder: Holder,
    /// Where the app is reached.
    pub(super) app: SocketAddr,
    pub(super) container: String,
    /// The image that an engine which starts anything starts.
    pub(super) control: String,
    pub(super) services: Vec<Service>,
    /// One for each service, in their order.
    pub(super) disks: Vec<DiskWatch>,
    /// Where visitors stand.
    pub(super) entrance: Option<Entrance>,
    /// The app's second instance, where there may be one.
    pub(super) replica: Option<Replicable>,
    /// The engine's.
    pub(super) disk: Disk,
    pub(super) facts: SandboxFacts,
    pub(super) holding: Arc<Holding>,
    pub(super) accounts: Accounts,
}

impl DockerSandbox {
    pub(super) fn find(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// A service and what it was to be.
    pub(super) fn find_both(&self, name: &str) -> Result<(&ServiceSpec, &Service), SandboxError> {
        let mut both = self.spec.services.iter().zip(&self.services);
        both.find(|(spec, _)| spec.name == name)
            .ok_or_else(|| SandboxError::NoSuchService {
                service: name.to_owned(),
            })
    }

    /// What its disk has to do with a service's end.
    pub(super) fn disk_verdict(&self, name: &str) -> Option<String> {
        let mut watched = self.services.iter().zip(&self.disks);
        let (_, watch) = watched.find(|(service, _)| service.name == name)?;
        watch.verdict()
    }
}

#[async_trait]
impl Sandbox for DockerSandbox {
    fn app(&self) -> SocketAddr {
        self.app
    }

    fn service(&self, name: &str) -> Option<&ServiceEndpoint> {
        self.find(name).map(|service| &service.endpoint)
    }

    fn facts(&self) -> &SandboxFacts {
        &self.facts
    }

    async fn app_state(&self) -> Result<AppState, RunnerError> {
        let state = ended::state(&self.site, ROLE, &self.container).await?;
        Ok(ended::of_app(&state))
    }

    async fn service_state(&self, name: &str) -> Result<ServiceState, RunnerError> {
        let service = self.find(name).ok_or_else(|| SandboxError::NoSuchService {
            service: name.to_owned(),
        })?;
        let state = ended::state(&self.site, name, &service.container).await?;
        if let (Some(true), Some(proxy)) = (state.running, &service.proxy) {
            return Ok(slowing::state(&self.site, name, proxy).await?);
        }
        Ok(match state.running {
            Some(true) => ServiceState::Running,
            _ => ServiceState::Exited {
                exit: self
                    .disk_verdict(name)
                    .unwrap_or_else(|| ended::in_words(&state)),
            },
        })
    }

    async fn usage(&self) -> Result<Option<Usage>, RunnerError> {
        let services = self.services.iter();
        let services = services.map(|service| (service.name.as_str(), service.container.as_str()));
        let all = std::iter::once((ROLE, self.container.as_str())).chain(services);
        Ok(usage::of(self.site.docker(), all).await?)
    }

    async fn reading(&self) -> Option<Reading> {
        reading::of(self).await
    }

    async fn cores(&self) -> Result<Vec<u32>, RunnerError> {
        Ok(self.holding.cores(&self.holder).await?)
    }

    async fn hold(&self, hold: Hold) -> Result<(), RunnerError> {
        Ok(self.holding.hold(hold).await?)
    }

    fn let_go(&self) {
        Holding::let_go(&self.holding);
    }

    async fn outage(&self) -> Option<String> {
        match self.disk.full_beside(&self.disks).await {
            Some(full) => Some(full),
            None => steering::ended_from_outside(self).await,
        }
    }

    async fn app_log(&self) -> Result<LogTail, RunnerError> {
        Ok(log::tail(self.site.docker(), ROLE, &self.container).await?)
    }

    async fn log_mark(&self) -> Result<LogMark, RunnerError> {
        Ok(printed::mark(self.site.docker(), ROLE, &self.container).await?)
    }

    async fn app_lines(&self, since: &LogMark) -> Result<PrintedLines, RunnerError> {
        let file = limits::log_file(self.spec.app.limits.log);
        Ok(printed::since(self.site.docker(), ROLE, &self.container, since, file).await?)
    }

    async fn visit(&self, visit: &Visit) -> Result<Visited, RunnerError> {
        match &self.entrance {
            Some(entrance) => Ok(Box::pin(visit::run(self, entrance, visit)).await?),
            None => Err(RunnerError::NoVisits),
        }
    }

    async fn steer(&self, stub: &str, order: &Order) -> Result<Answer, RunnerError> {
        Ok(steering::steer(self, stub, order).await?)
    }

    fn has_faults(&self) -> bool {
        true
    }

    async fn break_service(&self, name: &str, fault: Fault) -> Result<(), RunnerError> {
        Ok(breaking::make(self, name, fault).await?)
    }

    async fn mend_service(&self, name: &str, fault: Fault) -> Result<Mended, RunnerError> {
        Ok(Box::pin(breaking::mend(self, name, fault)).await?)
    }

    fn has_replicas(&self) -> bool {
        self.replica.is_some()
    }

    async fn start_replica(&self) -> Result<Replica, RunnerError> {
        Box::pin(replica::start(self)).await
    }

    async fn replica_state(&self) -> Result<AppState, RunnerError> {
        replica::state(self).await
    }

    async fn replica_log(&self) -> Result<LogTail, RunnerError> {
        replica::log(self).await
    }

    async fn end_replica(&self) -> Result<(), RunnerError> {
        replica::end(self).await
    }

    async fn close(&self) -> Result<(), RunnerError> {
        let label = self.site.label();
        Ok(teardown::remove_all(&self.site.engine, &label).await?)
    }

    async fn reset(&self, beside: &dyn Beside) -> Result<Reset, RunnerError> {
        reset::reset(self, beside).await
    }

    async fn restart_app(&self) -> Result<Restart, RunnerError> {
        let started = app::start(
            &self.site,
            &self.spec,
            &self.holder,
            (ROLE, &self.container),
            &self.control,
        );
        if let Started::Refused { exit } = started.await? {
            let log = self.app_log().await?;
            return Ok(Restart::Refused(AppFailure::DiedAtStart { exit, log }));
        }
        let ready = readiness::of_app(
            &self.site,
            &self.spec.app,
            self.app,
            &self.holder,
            (ROLE, &self.container),
        );
        Ok(match ready.await? {
            Ok(()) => Restart::Ready,
            Err(failure) => Restart::Refused(failure),
        })
    }
}
