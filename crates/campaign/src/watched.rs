//! A backend that remembers what a challenge's own files did wrong.
//!
//! A grade says of a seed that fails only that something of ours broke: to whoever hands in, the
//! challenge is ours. To whoever proves the challenge it is the challenge's own mistake.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use runner::{
    AppFailure, Backend, EngineFacts, Opening, Progress, RunId, RunnerError, SandboxSpec, Turns,
    docker::SandboxError,
    errand::{Errand, ErrandEnd},
    practice::{Sources, ToolRun},
    setup::Ground,
    snapshot::Snapshot,
    visit::VisitorSpec,
};

use crate::VerifyError;

/// Passes everything on.
pub(crate) struct Watched {
    inner: Arc<dyn Backend>,
    seed: Mutex<Option<(String, String, String)>>,
}

impl Watched {
    pub(crate) fn new(inner: Arc<dyn Backend>) -> Self {
        Self {
            inner,
            seed: Mutex::default(),
        }
    }

    /// The seed that failed, where one did.
    pub(crate) fn failed_seed(&self) -> Option<VerifyError> {
        let seed = self.seed.lock().unwrap_or_else(PoisonError::into_inner);
        let (service, file, message) = seed.clone()?;
        Some(VerifyError::Seed {
            service,
            file,
            message,
        })
    }
}

#[async_trait]
impl Backend for Watched {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn ground(&self) -> Ground {
        self.inner.ground()
    }

    fn turns(&self) -> Option<&Turns> {
        self.inner.turns()
    }

    fn engine(&self) -> Option<&EngineFacts> {
        self.inner.engine()
    }

    fn has_visits(&self) -> bool {
        self.inner.has_visits()
    }

    async fn visitor(
        &self,
        run: &RunId,
        spec: &VisitorSpec,
        files: &Snapshot,
        progress: &dyn Progress,
    ) -> Result<Result<String, AppFailure>, RunnerError> {
        self.inner.visitor(run, spec, files, progress).await
    }

    async fn aside(&self, run: &RunId, errand: &Errand) -> Result<ErrandEnd, RunnerError> {
        self.inner.aside(run, errand).await
    }

    async fn open(
        &self,
        spec: &SandboxSpec,
        submission: &Snapshot,
        progress: &dyn Progress,
    ) -> Result<Opening, RunnerError> {
        let opening = self.inner.open(spec, submission, progress).await;
        if let Err(RunnerError::Sandbox(SandboxError::Seed {
            service,
            file,
            message,
        })) = &opening
        {
            let mut seed = self.seed.lock().unwrap_or_else(PoisonError::into_inner);
            seed.get_or_insert((service.clone(), file.clone(), message.clone()));
        }
        opening
    }

    async fn look(
        &self,
        run: &RunId,
        sources: &Sources,
        progress: &dyn Progress,
    ) -> Result<Vec<ToolRun>, RunnerError> {
        self.inner.look(run, sources, progress).await
    }

    async fn close(&self, run: &RunId) -> Result<(), RunnerError> {
        self.inner.close(run).await
    }
}
