//! Opening a sandbox on this host: the build beside the services, then the migration, then the app.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::{try_join, try_join_all};

use super::{
    LocalBackend, LocalError,
    app::App,
    build::{self, Build},
    facts,
    program::Program,
    sandbox::LocalSandbox,
    service::{self, Service, State},
    site::Site,
};
use crate::{
    AppFailure, Lack, Opening, Progress, RunnerEvent, RunnerPhase, SandboxFacts, SandboxSpec,
    setup::{HostSteps, ImageSource, Runtime},
    snapshot::Snapshot,
};

/// Why there is no sandbox.
enum Stop {
    Refused(AppFailure),
    Broken(LocalError),
}

impl From<LocalError> for Stop {
    fn from(error: LocalError) -> Self {
        Self::Broken(error)
    }
}

/// Kills what was started when an opening is given up.
struct Abandoned(Option<Arc<Site>>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        if let Some(site) = &self.0 {
            site.end_now();
        }
    }
}

/// A sandbox being opened.
struct Work<'a> {
    backend: &'a LocalBackend,
    site: &'a Arc<Site>,
    spec: &'a SandboxSpec,
    steps: &'a HostSteps,
    runtime: &'static Runtime,
    progress: &'a dyn Progress,
}

pub(super) async fn open(
    backend: &LocalBackend,
    spec: &SandboxSpec,
    submission: &Snapshot,
    progress: &dyn Progress,
) -> Result<Opening, LocalError> {
    let setup = &spec.app.setup;
    let found = setup
        .host
        .as_ref()
        .and_then(|steps| Some((steps, Runtime::named(steps.runtime)?)));
    let Some((steps, runtime)) = found else {
        let path = match &setup.image {
            ImageSource::Own { path } => path.clone(),
            ImageSource::Made { .. } => "an image of ours".to_owned(),
        };
        return Err(LocalError::OnlyDockerfile { path });
    };
    let site = backend.site(&spec.run)?;
    let mut abandoned = Abandoned(Some(Arc::clone(&site)));
    let work = Work {
        backend,
        site: &site,
        spec,
        steps,
        runtime,
        progress,
    };
    let mut facts = facts::at_first(steps);
    let opened = work.assemble(submission, &mut facts).await;
    let opening = match opened {
        Ok((app, child, services)) => Opening::Ready(Box::new(LocalSandbox::new(
            &site, app, child, services, facts,
        ))),
        Err(Stop::Refused(failure)) => Opening::Refused { failure, facts },
        Err(Stop::Broken(error)) => return Err(error),
    };
    abandoned.0 = None;
    Ok(opening)
}

type Assembled = (App, Arc<super::child::Child>, Vec<Service>);

impl Work<'_> {
    async fn assemble(
        &self,
        submission: &Snapshot,
        facts: &mut SandboxFacts,
    ) -> Result<Assembled, Stop> {
        let program = build::tools(self.site, self.runtime).await?;
        facts::told(self.runtime, &program.version, facts);
        let built = self.build(submission, &program);
        let (built, (services, took)) = try_join(built, self.services()).await?;
        facts.services = took;
        for service in &services {
            match &service.state {
                State::Stands { program, .. } => {
                    facts.programs.insert(service.name.clone(), program.clone());
                }
                State::Missing(lack) => facts.lacks.push(lack.clone()),
            }
        }
        facts.build = match built {
            Ok(took) => took,
            Err((failure, took)) => {
                facts.build = took;
                return Err(Stop::Refused(failure));
            }
        };
        let port = self.site.port()?;
        let address = (std::net::Ipv4Addr::LOCALHOST, port).into();
        let app = App::new(&self.spec.app, self.runtime, address, &services);
        if let Some(command) = self.spec.app.setup.migrate() {
            self.migrate(&app, command, facts).await?;
        }
        let child = self.start(&app, facts).await?;
        // What it answers from now on is its own, whatever it runs with.
        facts
            .lacks
            .retain(|lack| matches!(lack, Lack::Service { .. }));
        Ok((app, child, services))
    }

    /// In the inner error, why the submission does not build; each with how long that took.
    async fn build(
        &self,
        submission: &Snapshot,
        program: &Program,
    ) -> Result<Result<Duration, (AppFailure, Duration)>, Stop> {
        let began = Instant::now();
        self.progress.tell(RunnerEvent::Started(RunnerPhase::Build));
        let work = async {
            self.site.unpack(submission).await?;
            let build = Build {
                site: self.site,
                setup: &self.spec.app.setup,
                steps: self.steps,
                runtime: self.runtime,
                limits: self.spec.app.build_limits,
                network: &self.backend.network,
                progress: self.progress,
            };
            build.run(program).await
        };
        let built = work.await;
        let took = began.elapsed();
        self.ended(RunnerPhase::Build, took, !matches!(built, Ok(Ok(()))));
        Ok(match built? {
            Ok(()) => Ok(took),
            Err(failure) => Err((failure, took)),
        })
    }

    async fn services(&self) -> Result<(Vec<Service>, Duration), Stop> {
        let began = Instant::now();
        let phase = RunnerPhase::Services;
        self.progress.tell(RunnerEvent::Started(phase));
        let opened = self
            .spec
            .services
            .iter()
            .map(|spec| service::open(self.site, spec));
        let services = try_join_all(opened).await;
        let took = began.elapsed();
        self.ended(phase, took, services.is_err());
        Ok((services?, took))
    }

    async fn migrate(
        &self,
        app: &App,
        command: &str,
        facts: &mut SandboxFacts,
    ) -> Result<(), Stop> {
        let phase = RunnerPhase::Migrate;
        self.progress.tell(RunnerEvent::Started(phase));
        let began = Instant::now();
        let migrated = app.migrate(self.site, command).await;
        facts.migrate = began.elapsed();
        let log = match &migrated {
            Ok(Ok(log)) => Some(log),
            Ok(Err(failure)) => Some(failure.log()),
            Err(_) => None,
        };
        for line in log.into_iter().flat_map(|log| &log.lines) {
            self.progress.tell(RunnerEvent::MigrateLine(line.clone()));
        }
        self.ended(phase, facts.migrate, !matches!(migrated, Ok(Ok(_))));
        migrated?.map(|_| ()).map_err(Stop::Refused)
    }

    async fn start(
        &self,
        app: &App,
        facts: &mut SandboxFacts,
    ) -> Result<Arc<super::child::Child>, Stop> {
        let phase = RunnerPhase::Start;
        self.progress.tell(RunnerEvent::Started(phase));
        let began = Instant::now();
        let started = app.start(self.site).await;
        facts.start = began.elapsed();
        self.ended(phase, facts.start, !matches!(started, Ok(Ok(_))));
        started?.map_err(Stop::Refused)
    }

    fn ended(&self, phase: RunnerPhase, took: Duration, failed: bool) {
        self.progress.tell(RunnerEvent::Ended {
            phase,
            took,
            note: failed.then(|| "failed".to_owned()),
        });
    }
}
