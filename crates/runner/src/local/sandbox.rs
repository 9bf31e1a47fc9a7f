//! A submission that runs on this host, with its services.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use super::{
    LocalError,
    app::App,
    child::Child,
    printed::Printed,
    service::{Service, State},
    site::Site,
};
use crate::{
    AppState, Beside, LogMark, LogTail, PrintedLines, Reset, Restart, RunnerError, Sandbox,
    SandboxFacts, ServiceEndpoint, ServiceState,
};

/// A sandbox on this host. What it runs is killed when it is dropped.
#[derive(Debug)]
pub(super) struct LocalSandbox {
    site: Arc<Site>,
    app: App,
    child: Mutex<Arc<Child>>,
    services: Vec<Service>,
    facts: SandboxFacts,
}

impl LocalSandbox {
    pub(super) fn new(
        site: &Arc<Site>,
        app: App,
        child: Arc<Child>,
        services: Vec<Service>,
        facts: SandboxFacts,
    ) -> Self {
        Self {
            site: Arc::clone(site),
            app,
            child: Mutex::new(child),
            services,
            facts,
        }
    }

    fn child(&self) -> Arc<Child> {
        Arc::clone(&self.child.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn printed(&self) -> MutexGuard<'_, Printed> {
        let printed = self.app.printed.lock();
        printed.unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, name: &str) -> Option<(&Child, &ServiceEndpoint)> {
        let service = self.services.iter().find(|service| service.name == name)?;
        match &service.state {
            State::Stands {
                child, endpoint, ..
            } => Some((child, endpoint)),
            State::Missing(_) => None,
        }
    }
}

#[async_trait]
impl Sandbox for LocalSandbox {
    fn app(&self) -> SocketAddr {
        self.app.address
    }

    fn service(&self, name: &str) -> Option<&ServiceEndpoint> {
        self.find(name).map(|(_, endpoint)| endpoint)
    }

    fn facts(&self) -> &SandboxFacts {
        &self.facts
    }

    async fn app_state(&self) -> Result<AppState, RunnerError> {
        Ok(match self.child().exit()? {
            None => AppState::Running,
            Some(exit) => AppState::Exited { exit },
        })
    }

    async fn service_state(&self, name: &str) -> Result<ServiceState, RunnerError> {
        let Some((child, _)) = self.find(name) else {
            return Err(LocalError::NoSuchService {
                service: name.to_owned(),
            }
            .into());
        };
        Ok(match child.exit()? {
            None => ServiceState::Running,
            Some(exit) => ServiceState::Exited { exit },
        })
    }

    /// Nothing bounds what a submission writes here: a full disk may be its own doing.
    async fn outage(&self) -> Option<String> {
        None
    }

    async fn app_log(&self) -> Result<LogTail, RunnerError> {
        Ok(self.child().log().await)
    }

    async fn log_mark(&self) -> Result<LogMark, RunnerError> {
        Ok(self.printed().mark())
    }

    async fn app_lines(&self, since: &LogMark) -> Result<PrintedLines, RunnerError> {
        Ok(self.printed().since(since))
    }

    async fn close(&self) -> Result<(), RunnerError> {
        Ok(self.site.end().await?)
    }

    async fn reset(&self, _: &dyn Beside) -> Result<Reset, RunnerError> {
        Err(LocalError::NoReset.into())
    }

    async fn restart_app(&self) -> Result<Restart, RunnerError> {
        // Its children may hold its port.
        self.site.end_of(&self.child()).await?;
        Ok(match self.app.start(&self.site).await? {
            Ok(child) => {
                *self.child.lock().unwrap_or_else(PoisonError::into_inner) = child;
                Restart::Ready
            }
            Err(failure) => Restart::Refused(failure),
        })
    }
}

impl Drop for LocalSandbox {
    fn drop(&mut self) {
        self.site.end_now();
    }
}
