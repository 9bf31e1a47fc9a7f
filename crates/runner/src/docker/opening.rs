//! Opening a sandbox: what is done side by side, and what ends it early.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::try_join;
use tokio::sync::oneshot;
use tracing::{Instrument as _, debug_span};

use super::{
    DockerBackend, SandboxError,
    app::{self, Made, Process, ROLE, Started},
    building::Building,
    hold::Holding,
    holder::Holder,
    isolation, migrate, readiness,
    reading::Accounts,
    room::Disk,
    sandbox::DockerSandbox,
    services,
    site::Site,
    stage::{self, Images, Stage},
};
use crate::{
    AppFailure, IsolationItem, LogTail, Opening, Progress, RunnerError, RunnerEvent, RunnerPhase,
    SandboxFacts, SandboxSpec,
    build::{Build, BuiltImage},
    images::SIDECAR,
    snapshot::Snapshot,
};

pub(super) const HOLDER: &str = "tryout/holder:1";
pub(super) const PROXY: &str = "tryout/proxy:1";

/// Why there is no sandbox.
enum Stop {
    Refused(AppFailure),
    Broken(RunnerError),
}

impl<E: Into<RunnerError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Broken(error.into())
    }
}

/// The app's container and its migration's, not started.
struct Ready {
    holder: Holder,
    container: String,
    migration: Option<String>,
}

/// A sandbox being opened.
struct Work<'a> {
    backend: &'a DockerBackend,
    site: &'a Site,
    spec: &'a SandboxSpec,
    images: &'a Images,
    disk: &'a Disk,
    progress: &'a dyn Progress,
}

pub(super) async fn open(
    backend: &DockerBackend,
    site: Site,
    spec: &SandboxSpec,
    submission: &Snapshot,
    progress: &dyn Progress,
) -> Result<Opening, RunnerError> {
    let disk = backend.disk().await?;
    let writing = spec.services.iter().map(|service| service.limits.disk);
    disk.must_have(writing.sum(), "the sandbox's services")?;
    let mut facts = SandboxFacts::default();
    let images = images(backend, spec, progress, &mut facts)
        .instrument(debug_span!("images"))
        .await?;
    let work = Work {
        backend,
        site: &site,
        spec,
        images: &images,
        disk: &disk,
        progress,
    };
    match work.assemble(submission, &mut facts).await {
        Ok((ready, stage)) => Ok(Opening::Ready(Box::new(DockerSandbox {
            holding: Arc::new(Holding::new(&site, &ready.container, &stage.services)),
            accounts: Accounts::default(),
            disks: stage.disks,
            entrance: stage.entrance,
            replica: stage.replica,
            site,
            spec: spec.clone(),
            holder: ready.holder,
            app: stage.app,
            container: ready.container,
            control: images.holder,
            services: stage.services,
            disk,
            facts,
        }))),
        Err(Stop::Refused(failure)) => Ok(Opening::Refused { failure, facts }),
        Err(Stop::Broken(error)) => Err(error),
    }
}

async fn images(
    backend: &DockerBackend,
    spec: &SandboxSpec,
    progress: &dyn Progress,
    facts: &mut SandboxFacts,
) -> Result<Images, RunnerError> {
    let bases: Vec<_> = spec.services.iter().map(services::base_image).collect();
    let mut names = vec![HOLDER, PROXY];
    names.extend(bases.iter().map(String::as_str));
    let slowed = spec.services.iter().any(|service| service.slowed);
    if slowed {
        names.push(SIDECAR);
    }
    let ids = backend.images.ensure(&names, progress).await?;
    let id = |name: &str| ids.get(name).cloned().unwrap_or_default();
    facts.images.insert("holder".to_owned(), id(HOLDER));
    if slowed {
        facts.images.insert("sidecar".to_owned(), id(SIDECAR));
    }
    Ok(Images {
        holder: id(HOLDER),
        proxy: id(PROXY),
        sidecar: id(SIDECAR),
        services: bases.iter().map(|base| id(base)).collect(),
    })
}

impl Work<'_> {
    async fn assemble(
        &self,
        submission: &Snapshot,
        facts: &mut SandboxFacts,
    ) -> Result<(Ready, Stage), Stop> {
        let (rules, system) = (self.backend.rules, self.backend.system().await?);
        facts.isolation = isolation::of_build(&self.spec.app, rules, system);
        self.demand(&facts.isolation)?;
        let (holder_made, holder) = oneshot::channel();
        let built = Box::pin(self.build(submission, holder));
        let set = Box::pin(self.set_stage(holder_made));
        let ((image, ready), (stage, took)) = try_join(built, set).await?;
        facts.build = image.took;
        facts.services = took;
        facts.images.insert(ROLE.to_owned(), image.id);
        for service in &stage.services {
            let image = service.image.clone();
            facts.images.insert(service.name.clone(), image);
        }
        facts.isolation = self.isolation(&ready.container).await?;
        self.demand(&facts.isolation)?;
        match self.bring_up(&ready, &stage, facts).await {
            Ok(()) => Ok((ready, stage)),
            Err(stop) => Err(self.unless_full(stop, &stage).await),
        }
    }

    /// Migrates where there is something to, and starts.
    async fn bring_up(
        &self,
        ready: &Ready,
        stage: &Stage,
        facts: &mut SandboxFacts,
    ) -> Result<(), Stop> {
        if let Some(migration) = &ready.migration {
            services::are_there(self.site, &stage.services).await?;
            self.migrate(&ready.holder, migration, facts).await?;
        }
        self.start(ready, stage, facts).await
    }

    /// What comes of a disk that others have filled is not the submission's failure.
    async fn unless_full(&self, stop: Stop, stage: &Stage) -> Stop {
        let Stop::Refused(failure) = stop else {
            return stop;
        };
        match self.disk.full_beside(&stage.disks).await {
            None => Stop::Refused(failure),
            Some(full) => Stop::from(SandboxError::DiskFull {
                full,
                failure: failure.to_string(),
            }),
        }
    }

    /// Builds the submission and makes its containers as soon as there is a holder for them.
    async fn build(
        &self,
        submission: &Snapshot,
        holder: oneshot::Receiver<Holder>,
    ) -> Result<(BuiltImage, Ready), Stop> {
        let app = &self.spec.app;
        let building = Building {
            backend: self.backend,
            site: self.site,
            images: self.images,
            progress: self.progress,
        };
        let build = building
            .image_of(submission, &app.setup, app.build_limits, &app.build_network)
            .instrument(debug_span!("build"))
            .await?;
        let image = match build {
            Build::Image(image) => image,
            Build::Refused(failure) => return Err(Stop::Refused(failure)),
        };
        // Without a holder the other side has failed, and ends this.
        let Ok(holder) = holder.await else {
            return std::future::pending().await;
        };
        let ready = Box::pin(self.make(holder, &image.id))
            .instrument(debug_span!("app containers"))
            .await?;
        Ok((image, ready))
    }

    async fn make(&self, holder: Holder, image: &str) -> Result<Ready, Stop> {
        let (site, spec, control) = (self.site, self.spec, &self.images.holder);
        let mold = app::mold(site, spec, image).await?.map_err(died_at_start)?;
        let mut migration = None;
        if let Some(command) = spec.app.setup.migrate() {
            let process = Process {
                role: migrate::ROLE,
                command: Some(command),
            };
            let made = app::make(site, spec, &holder, &mold, process, control);
            match Box::pin(made).await? {
                Made::Container(container) => migration = Some(container),
                Made::Refused { exit } => return Err(migration_failed(exit)),
            }
        }
        let process = Process {
            role: ROLE,
            command: spec.app.setup.start(),
        };
        let made = app::make(site, spec, &holder, &mold, process, control);
        match Box::pin(made).await? {
            Made::Container(container) => Ok(Ready {
                holder,
                container,
                migration,
            }),
            Made::Refused { exit } => Err(died_at_start(exit)),
        }
    }

    /// Makes all but the submission, and says how long that took.
    async fn set_stage(
        &self,
        holder_made: oneshot::Sender<Holder>,
    ) -> Result<(Stage, Duration), Stop> {
        let began = Instant::now();
        self.progress
            .tell(RunnerEvent::Started(RunnerPhase::Services));
        let stage = stage::set(
            self.site,
            self.spec,
            self.images,
            &self.backend.preparing,
            self.backend.rules,
            holder_made,
        )
        .await;
        let took = began.elapsed();
        self.ended(RunnerPhase::Services, took, stage.is_err());
        Ok((stage?, took))
    }

    async fn migrate(
        &self,
        holder: &Holder,
        container: &str,
        facts: &mut SandboxFacts,
    ) -> Result<(), Stop> {
        self.progress
            .tell(RunnerEvent::Started(RunnerPhase::Migrate));
        let began = Instant::now();
        let control = &self.images.holder;
        let migrated = Box::pin(migrate::run(
            self.site, self.spec, holder, container, control,
        ))
        .instrument(debug_span!("migration"))
        .await;
        facts.migrate = began.elapsed();
        let log = match &migrated {
            Ok(Ok(log)) => Some(log),
            Ok(Err(failure)) => Some(failure.log()),
            Err(_) => None,
        };
        for line in log.into_iter().flat_map(|log| &log.lines) {
            self.progress.tell(RunnerEvent::MigrateLine(line.clone()));
        }
        let is_good = matches!(migrated, Ok(Ok(_)));
        self.ended(RunnerPhase::Migrate, facts.migrate, !is_good);
        migrated?.map(|_| ()).map_err(Stop::Refused)
    }

    async fn start(
        &self,
        ready: &Ready,
        stage: &Stage,
        facts: &mut SandboxFacts,
    ) -> Result<(), Stop> {
        self.progress.tell(RunnerEvent::Started(RunnerPhase::Start));
        let asked = Instant::now();
        let started = self.wait(ready, stage).await;
        facts.start = match &started {
            Ok(start) => *start,
            Err(_) => asked.elapsed(),
        };
        self.ended(RunnerPhase::Start, facts.start, started.is_err());
        started.map(|_| ())
    }

    /// Starts the app and gives the time from its process starting to its first answer.
    async fn wait(
        &self,
        Ready {
            holder,
            container,
            migration,
        }: &Ready,
        stage: &Stage,
    ) -> Result<Duration, Stop> {
        let (site, spec) = (self.site, self.spec);
        let start = app::start(site, spec, holder, (ROLE, container), &self.images.holder)
            .instrument(debug_span!("app start"));
        if let Started::Refused { exit } = start.await? {
            return Err(died_at_start(exit));
        }
        let began = Instant::now();
        // A migration is the submission's own already, and what dies of it is too.
        let services = async {
            match migration {
                None => services::were_there(site, &stage.services, container).await,
                Some(_) => Ok(()),
            }
        };
        let answer = async {
            let answer = readiness::of_app(site, &spec.app, stage.app, holder, (ROLE, container))
                .instrument(debug_span!("first answer"))
                .await?;
            Ok((answer, began.elapsed()))
        };
        let ((), (answer, took)) = try_join(services, answer).await?;
        answer.map(|()| took).map_err(Stop::Refused)
    }

    /// For strict isolation: all of these, or nothing goes on.
    fn demand(&self, items: &[IsolationItem]) -> Result<(), SandboxError> {
        let missing = items.iter().filter(|item| !item.enforced);
        let missing: Vec<_> = missing
            .map(|item| format!("{}: {}", item.item, item.detail))
            .collect();
        if missing.is_empty() || !self.backend.containment.strict {
            return Ok(());
        }
        Err(SandboxError::NotIsolated { missing })
    }

    async fn isolation(&self, container: &str) -> Result<Vec<IsolationItem>, SandboxError> {
        let system = self.backend.system();
        let (container, system) = try_join(self.site.inspect(ROLE, container), system).await?;
        let rules = self.backend.rules;
        Ok(isolation::items(self.spec, rules, &container, system))
    }

    fn ended(&self, phase: RunnerPhase, took: Duration, failed: bool) {
        self.progress.tell(RunnerEvent::Ended {
            phase,
            took,
            note: failed.then(|| "failed".to_owned()),
        });
    }
}

fn died_at_start(exit: String) -> Stop {
    Stop::Refused(AppFailure::DiedAtStart {
        exit,
        log: LogTail::default(),
    })
}

fn migration_failed(exit: String) -> Stop {
    Stop::Refused(AppFailure::MigrationFailed {
        exit,
        log: LogTail::default(),
    })
}
