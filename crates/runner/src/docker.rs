//! The backend on a container engine.
//!
//! A sandbox is one private network, a holder for the app and one for each service, the services, and
//! the app. What does not wait for each other is made side by side: the build beside network and
//! services, the app's container beside the services' start.

mod app;
mod breaking;
mod building;
mod command;
mod disk;
mod ended;
mod errand;
mod fault;
mod forwarder;
mod hold;
mod holder;
mod image_files;
mod isolation;
mod kept;
mod limits;
mod log;
mod loosening;
mod migrate;
mod mutator;
mod opening;
mod practice;
mod printed;
mod readiness;
mod reading;
mod replica;
mod reset;
mod room;
mod rules;
mod sandbox;
mod services;
mod site;
mod slowing;
mod stage;
mod steering;
pub(crate) mod teardown;
mod usage;
mod visit;
mod way;
mod workshop;

use std::path::Path;

use async_trait::async_trait;
use bollard::models::{ContainerCreateBody, SystemInfo};
use tokio::sync::OnceCell;

pub use breaking::BreakingError;
pub use fault::SandboxError;
#[doc(hidden)]
pub use loosening::Part;
pub use rules::Rules;

use kept::Preparing;
use loosening::Loosening;
use room::Disk;
use site::{Makings, Site};

use crate::{
    AppFailure, Backend, Engine, EngineFacts, IsolationItem, Opening, Progress, RunId, RunnerError,
    SandboxSpec, Turns,
    build::Build,
    errand::{Errand, ErrandEnd},
    images::ImageStore,
    lease::Lease,
    practice::{self as tools, Kept, Sources, ToolRun},
    snapshot::Snapshot,
    visit::VisitorSpec,
};

/// What is demanded beside all that is done anyway.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Containment {
    /// Whether nothing is started where an item of the isolation cannot be enforced.
    pub strict: bool,
    /// The engine's runtime for the submission's containers, such as `runsc`; the engine's usual one
    /// where there is none.
    pub runtime: Option<String>,
}

/// Makes sandboxes on a container engine.
#[derive(Debug)]
pub struct DockerBackend {
    engine: Engine,
    images: ImageStore,
    lease: Lease,
    rules: Rules,
    containment: Containment,
    forwarded: bool,
    loosening: Option<Loosening>,
    makings: Makings,
    preparing: Preparing,
    system: OnceCell<SystemInfo>,
    turns: Option<Turns>,
    said: Option<Kept>,
}

impl DockerBackend {
    /// On this engine, with these images.
    pub fn new(engine: Engine, images: ImageStore) -> Self {
        Self {
            engine,
            images,
            lease: Lease::of_this_process(),
            rules: Rules::On,
            containment: Containment::default(),
            forwarded: false,
            loosening: None,
            makings: Makings::default(),
            preparing: Preparing::default(),
            system: OnceCell::new(),
            turns: None,
            said: None,
        }
    }

    /// With demands on how a submission is kept in.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchRuntime`] when the engine has no runtime of the name, and when it does not
    /// say which ones it has.
    pub async fn contained(mut self, containment: Containment) -> Result<Self, RunnerError> {
        if let Some(runtime) = &containment.runtime {
            let known = self.runtimes().await?;
            if !known.contains(runtime) {
                return Err(RunnerError::Sandbox(SandboxError::NoSuchRuntime {
                    runtime: runtime.clone(),
                    known: known.join(", "),
                }));
            }
        }
        self.containment = containment;
        Ok(self)
    }

    /// Taking turns with all others who do so in the same folder, on the same engine.
    ///
    /// # Errors
    /// When the engine does not say which it is.
    pub async fn taking_turns(mut self, folder: &Path) -> Result<Self, RunnerError> {
        let id = self.system().await?.id.clone();
        self.turns = Some(Turns::new(folder, &id.unwrap_or_default()));
        Ok(self)
    }

    /// Keeping what tools say of sources in this folder, for when the same ones come again.
    #[must_use]
    pub fn keeping_practice(mut self, folder: &Path) -> Self {
        self.said = Some(Kept::new(folder));
        self
    }

    /// With the network rules or, for tests that show what they keep from happening, without.
    #[doc(hidden)]
    #[must_use]
    pub fn with_rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Through a forwarder also where the sandbox is in this host's reach: for measuring what that
    /// costs.
    #[doc(hidden)]
    #[must_use]
    pub fn forwarded(mut self) -> Self {
        self.forwarded = true;
        self
    }

    /// With less asked of the engine for some containers: for tests that show what each item of a
    /// submission's isolation keeps from happening.
    #[doc(hidden)]
    #[must_use]
    pub fn loosened(
        mut self,
        part: Part,
        loosen: impl Fn(&mut ContainerCreateBody) + Send + Sync + 'static,
    ) -> Self {
        self.loosening = Some(Loosening::new(part, loosen));
        self
    }

    /// The items of the isolation that not every engine can enforce, as reports call them.
    ///
    /// # Errors
    /// When the engine does not say what it can do.
    pub async fn enforceable(&self) -> Result<Vec<IsolationItem>, RunnerError> {
        Ok(isolation::of_engine(self.system().await?))
    }

    /// The engine's runtimes for containers.
    ///
    /// # Errors
    /// When the engine does not say what it has.
    pub async fn runtimes(&self) -> Result<Vec<String>, RunnerError> {
        let known = self.system().await?.runtimes.clone().unwrap_or_default();
        let mut known: Vec<_> = known.into_keys().collect();
        known.sort();
        // Its own names for what is already there.
        known.retain(|name| !name.starts_with("io.containerd."));
        Ok(known)
    }

    /// The images that sandboxes are made of.
    pub fn images(&self) -> &ImageStore {
        &self.images
    }

    /// Where the engine keeps what containers write.
    async fn disk(&self) -> Result<Disk, SandboxError> {
        Ok(Disk::of(self.system().await?))
    }

    /// What the engine can do; asked once.
    async fn system(&self) -> Result<&SystemInfo, SandboxError> {
        let ask = || async {
            let told = self.engine.docker().info().await;
            told.map_err(|source| SandboxError::List {
                things: "abilities",
                source,
            })
        };
        self.system.get_or_try_init(ask).await
    }
}

#[async_trait]
impl Backend for DockerBackend {
    fn name(&self) -> &'static str {
        "docker"
    }

    fn engine(&self) -> Option<&EngineFacts> {
        Some(self.engine.facts())
    }

    fn turns(&self) -> Option<&Turns> {
        self.turns.as_ref()
    }

    async fn open(
        &self,
        spec: &SandboxSpec,
        submission: &Snapshot,
        progress: &dyn Progress,
    ) -> Result<Opening, RunnerError> {
        let making = self.makings.of(&spec.run);
        let site = Site::new(&self.engine, &self.lease, &spec.run, making)
            .loosened(self.loosening.clone())
            .with_runtime(self.containment.runtime.clone())
            .forwarded(self.forwarded);
        opening::open(self, site, spec, submission, progress).await
    }

    fn has_visits(&self) -> bool {
        true
    }

    async fn visitor(
        &self,
        run: &RunId,
        spec: &VisitorSpec,
        files: &Snapshot,
        progress: &dyn Progress,
    ) -> Result<Result<String, AppFailure>, RunnerError> {
        let making = self.makings.of(run);
        let site = Site::new(&self.engine, &self.lease, run, making);
        let built = building::visitor(self, &site, spec, files, progress).await?;
        Ok(match built {
            Build::Image(image) => Ok(image.id),
            Build::Refused(failure) => Err(failure),
        })
    }

    async fn aside(&self, run: &RunId, errand: &Errand) -> Result<ErrandEnd, RunnerError> {
        errand::run(self, run, errand).await
    }

    async fn look(
        &self,
        run: &RunId,
        sources: &Sources,
        progress: &dyn Progress,
    ) -> Result<Vec<ToolRun>, RunnerError> {
        let name = sources.language.image;
        let images = self.images.ensure(&[name], progress).await?;
        let image = images.get(name).cloned().unwrap_or_default();
        let key = tools::key(sources, &image);
        if let Some(said) = self.said.as_ref().and_then(|kept| kept.find(&key, sources)) {
            return Ok(said);
        }
        let site = Site::new(&self.engine, &self.lease, run, self.makings.of(run));
        let said = Box::pin(practice::look(&site, image, sources)).await?;
        if let Some(kept) = &self.said {
            kept.keep(&key, &said);
        }
        Ok(said)
    }

    async fn close(&self, run: &RunId) -> Result<(), RunnerError> {
        self.makings.settle(run).await;
        Ok(teardown::remove_run(&self.engine, run).await?)
    }
}
