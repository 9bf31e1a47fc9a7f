//! The backend on this host itself, for one's own code: it isolates nothing.
//!
//! The submission runs as the user who started us, in a private folder and a session of its own, with
//! limits on single processes; services are servers that this host has, on ports of the loopback
//! address. What is not installed is no error of the submission's. All that a sandbox starts is marked,
//! so that it can be ended whatever becomes of us.

mod abilities;
mod app;
mod build;
mod child;
mod error;
mod facts;
mod family;
mod leftover;
mod mark;
mod opening;
mod port;
mod printed;
mod program;
mod sandbox;
mod search;
mod service;
mod site;
mod wrapper;

use std::{
    collections::HashMap,
    ffi::OsString,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;

pub(crate) use self::leftover::remove_dead;
pub use self::{
    abilities::{Abilities, abilities},
    error::LocalError,
};
use self::{search::Search, site::Site};
use crate::{
    Backend, EngineFacts, HostNetwork, Opening, Progress, RunId, RunnerError, SandboxSpec, Turns,
    lease::Lease, setup::Ground, snapshot::Snapshot,
};

/// Makes sandboxes on this host. Never for foreign code.
#[derive(Debug)]
pub struct LocalBackend {
    lease: Lease,
    search: Search,
    network: HostNetwork,
    sites: Mutex<HashMap<RunId, Vec<Arc<Site>>>>,
    turns: Option<Turns>,
}

impl LocalBackend {
    /// With the programs on our path, and builds that reach the network as this host does.
    pub fn new(network: HostNetwork) -> Self {
        Self {
            lease: Lease::of_this_process(),
            search: Search::of_environment(),
            network,
            sites: Mutex::default(),
            turns: None,
        }
    }

    /// Taking turns with all others who do so in the same folder.
    #[must_use]
    pub fn taking_turns(self, folder: &Path) -> Self {
        Self {
            turns: Some(Turns::new(folder, "local")),
            ..self
        }
    }

    /// With the programs on this path and no others.
    #[must_use]
    pub fn with_path(self, path: impl Into<OsString>) -> Self {
        Self {
            search: Search::of_path(path.into()),
            ..self
        }
    }

    fn site(&self, run: &RunId) -> Result<Arc<Site>, LocalError> {
        let site = Arc::new(Site::make(run, &self.lease, &self.search)?);
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        sites
            .entry(run.clone())
            .or_default()
            .push(Arc::clone(&site));
        Ok(site)
    }
}

#[async_trait]
impl Backend for LocalBackend {
    fn name(&self) -> &'static str {
        "local"
    }

    fn ground(&self) -> Ground {
        Ground::Host
    }

    fn turns(&self) -> Option<&Turns> {
        self.turns.as_ref()
    }

    fn engine(&self) -> Option<&EngineFacts> {
        None
    }

    async fn open(
        &self,
        spec: &SandboxSpec,
        submission: &Snapshot,
        progress: &dyn Progress,
    ) -> Result<Opening, RunnerError> {
        Ok(Box::pin(opening::open(self, spec, submission, progress)).await?)
    }

    async fn close(&self, run: &RunId) -> Result<(), RunnerError> {
        let sites = {
            let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
            sites.remove(run)
        };
        let mut ended = Ok(());
        for site in sites.into_iter().flatten() {
            ended = ended.and(site.end().await);
        }
        Ok(ended?)
    }
}
