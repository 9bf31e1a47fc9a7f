//! Opening a sandbox: what is done side by side, and what ends it early.

use std::time::{Duration, Instant};

use futures_util::future::try_join;
use tokio::sync::oneshot;
use tracing::{Instrument as _, debug_span};

use super::{
    DockerBackend, SandboxError,
    app::{self, Made, ROLE, Started},
    holder::Holder,
    isolation, readiness,
    sandbox::{DockerSandbox, app_address},
    services::{self, Service},
    site::Site,
    stage::{self, Images},
};
use crate::{
    AppFailure, LogTail, Opening, Progress, RunnerError, RunnerEvent, RunnerPhase, SandboxFacts,
    SandboxSpec,
    build::{self, Build, BuiltImage},
    snapshot::Snapshot,
};

const HOLDER: &str = "tryout/holder:1";

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

/// The app's container, not started.
struct Ready {
    holder: Holder,
    container: String,
}

pub(super) async fn open(
    backend: &DockerBackend,
    site: Site,
    spec: &SandboxSpec,
    submission: &Snapshot,
    progress: &dyn Progress,
) -> Result<Opening, RunnerError> {
    let mut facts = SandboxFacts::default();
    let images = images(backend, spec, progress, &mut facts)
        .instrument(debug_span!("images"))
        .await?;
    match assemble(
        backend, &site, spec, submission, &images, progress, &mut facts,
    )
    .await
    {
        Ok((ready, services)) => Ok(Opening::Ready(Box::new(DockerSandbox {
            site,
            spec: spec.clone(),
            holder: ready.holder,
            container: ready.container,
            control: images.holder,
            services,
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
    let mut names = vec![HOLDER];
    names.extend(bases.iter().map(String::as_str));
    let ids = backend.images.ensure(&names, progress).await?;
    let id = |name: &str| ids.get(name).cloned().unwrap_or_default();
    facts.images.insert("holder".to_owned(), id(HOLDER));
    Ok(Images {
        holder: id(HOLDER),
        services: bases.iter().map(|base| id(base)).collect(),
    })
}

async fn assemble(
    backend: &DockerBackend,
    site: &Site,
    spec: &SandboxSpec,
    submission: &Snapshot,
    images: &Images,
    progress: &dyn Progress,
    facts: &mut SandboxFacts,
) -> Result<(Ready, Vec<Service>), Stop> {
    let (holder_stands, holder) = oneshot::channel();
    let set = Box::pin(async {
        let began = Instant::now();
        progress.tell(RunnerEvent::Started(RunnerPhase::Services));
        let services = stage::set(
            site,
            spec,
            images,
            &backend.preparing,
            backend.rules,
            holder_stands,
        )
        .await;
        let took = began.elapsed();
        progress.tell(RunnerEvent::Ended {
            phase: RunnerPhase::Services,
            took,
            note: services.is_err().then(|| "failed".to_owned()),
        });
        Ok::<_, Stop>((services?, took))
    });
    let built = Box::pin(async {
        let image = built(backend, spec, submission, progress).await?;
        // Without a holder the other side has failed and ends this.
        let Ok(holder) = holder.await else {
            return std::future::pending().await;
        };
        let made = Box::pin(app::make(site, spec, &holder, &image.id, &images.holder))
            .instrument(debug_span!("app container"))
            .await?;
        match made {
            Made::Container(container) => Ok((image, Ready { holder, container })),
            Made::Refused { exit } => Err(died_at_start(exit)),
        }
    });
    let ((image, ready), (services, took)) = try_join(built, set).await?;
    facts.build = image.took;
    facts.services = took;
    facts.images.insert(ROLE.to_owned(), image.id);
    for service in &services {
        let image = service.image.clone();
        facts.images.insert(service.name.clone(), image);
    }
    start(backend, site, spec, images, &ready, progress, facts).await?;
    Ok((ready, services))
}

async fn built(
    backend: &DockerBackend,
    spec: &SandboxSpec,
    submission: &Snapshot,
    progress: &dyn Progress,
) -> Result<BuiltImage, Stop> {
    let limits = spec.app.build_limits;
    let build = build::image_of(&backend.images, submission, limits, progress)
        .instrument(debug_span!("build"))
        .await?;
    match build {
        Build::Image(image) => Ok(image),
        Build::Refused(failure) => Err(Stop::Refused(failure)),
    }
}

async fn start(
    backend: &DockerBackend,
    site: &Site,
    spec: &SandboxSpec,
    images: &Images,
    ready: &Ready,
    progress: &dyn Progress,
    facts: &mut SandboxFacts,
) -> Result<(), Stop> {
    progress.tell(RunnerEvent::Started(RunnerPhase::Start));
    let asked = Instant::now();
    let started = started(backend, site, spec, images, ready, facts).await;
    let failed = started.is_err();
    facts.start = match &started {
        Ok(start) => *start,
        Err(_) => asked.elapsed(),
    };
    progress.tell(RunnerEvent::Ended {
        phase: RunnerPhase::Start,
        took: facts.start,
        note: failed.then(|| "failed".to_owned()),
    });
    started.map(|_| ())
}

/// Starts the app and gives the time from its process starting to its first answer.
async fn started(
    backend: &DockerBackend,
    site: &Site,
    spec: &SandboxSpec,
    images: &Images,
    ready: &Ready,
    facts: &mut SandboxFacts,
) -> Result<Duration, Stop> {
    let Ready { holder, container } = ready;
    let start = app::start(site, spec, holder, container, &images.holder)
        .instrument(debug_span!("app start"));
    if let Started::Refused { exit } = start.await? {
        return Err(died_at_start(exit));
    }
    let began = Instant::now();
    let address = app_address(holder, spec.app.port);
    let isolation = async {
        let (container, system) = try_join(site.inspect(ROLE, container), backend.system()).await?;
        let items = isolation::items(&spec.app, backend.rules, &container, system);
        Ok::<_, SandboxError>(items)
    };
    let answer = async {
        let answer = readiness::of_app(site, &spec.app, address, container)
            .instrument(debug_span!("first answer"))
            .await?;
        Ok((answer, began.elapsed()))
    };
    let (isolation, (answer, took)) = try_join(isolation, answer).await?;
    facts.isolation = isolation;
    answer.map(|()| took).map_err(Stop::Refused)
}

fn died_at_start(exit: String) -> Stop {
    Stop::Refused(AppFailure::DiedAtStart {
        exit,
        log: LogTail::default(),
    })
}
