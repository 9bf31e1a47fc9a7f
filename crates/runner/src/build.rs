//! A submission's image.
//!
//! It is kept by a key over the snapshot's digest and all that it starts from, so that an unchanged
//! submission is built once. Whatever the Dockerfile does wrong is the submission's own failure;
//! what the engine or a registry does wrong is ours.

mod base;
mod error;
pub(crate) mod sentence;
pub(crate) mod workshop;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

use self::workshop::Open;
pub use self::{
    error::BuildError,
    workshop::{Unconfined, Workshop},
};
use crate::{
    AppFailure, BuildLimits, LogTail, Progress, RunnerEvent, RunnerPhase,
    classic::{self, Order, Stopped},
    dockerfile::Dockerfile,
    images::{ImageStore, kept_labels, use_kept},
    snapshot::{Snapshot, hex},
};

/// Changes when what is kept no longer is what would be built.
const BUILD_FORMAT: &str = "1";

/// The digest of the snapshot that an image was built from.
const SUBMISSION_LABEL: &str = "tryout.submission";

/// What came of a build.
#[derive(Debug, Clone, PartialEq)]
pub enum Build {
    /// There is an image.
    Image(BuiltImage),
    /// There is none, by the submission's own fault.
    Refused(AppFailure),
}

/// A submission's image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltImage {
    /// `sha256:...`.
    pub id: String,
    /// Whether it was kept from an earlier build.
    pub cached: bool,
    /// How long it took to build; zero when it was kept.
    pub took: Duration,
}

/// A submission's image: the one that was kept, else a new one.
///
/// Dropping the future ends the build's processes.
///
/// # Errors
/// When it cannot be said whether the submission builds: the engine fails, an image of ours cannot be
/// made, or a registry does not answer.
pub async fn image_of(
    store: &ImageStore,
    submission: &Snapshot,
    limits: BuildLimits,
    workshop: &dyn Workshop,
    progress: &dyn Progress,
) -> Result<Build, BuildError> {
    let Some((path, text)) = dockerfile(submission)? else {
        return Ok(refused(
            "there is no Dockerfile at the top of the submission",
        ));
    };
    let dockerfile = Dockerfile::parse(&text);
    if dockerfile.is_empty() {
        return Ok(refused("the Dockerfile has no instructions"));
    }
    if let Some(instruction) = dockerfile.fetching_instruction() {
        return Ok(refused(format!(
            "`{instruction}` would make the engine itself fetch from the network, which is not allowed; fetch in a RUN step instead"
        )));
    }
    let bases = match base::bases(store, &dockerfile, progress).await? {
        Ok(bases) => bases,
        Err(reason) => return Ok(refused(reason)),
    };
    let name = format!("tryout-cache/app:{}", key(submission, &bases));

    let started = Instant::now();
    progress.tell(RunnerEvent::Started(RunnerPhase::Build));
    let workshop = (workshop, ours(store, &bases));
    let build = cached_or_built(store, submission, limits, &name, path, workshop, progress).await;
    let (took, note) = match &build {
        Ok(Build::Image(image)) => (image.took, image.cached.then_some("cached")),
        Ok(Build::Refused(_)) => (started.elapsed(), Some("failed")),
        Err(_) => (started.elapsed(), Some("broken off")),
    };
    progress.tell(RunnerEvent::Ended {
        phase: RunnerPhase::Build,
        took,
        note: note.map(str::to_owned),
    });
    build
}

async fn cached_or_built(
    store: &ImageStore,
    submission: &Snapshot,
    limits: BuildLimits,
    name: &str,
    dockerfile: &str,
    (workshop, ours): (&dyn Workshop, Vec<String>),
    progress: &dyn Progress,
) -> Result<Build, BuildError> {
    if let Some(id) = use_kept(store.engine(), name).await? {
        return Ok(Build::Image(BuiltImage {
            id,
            cached: true,
            took: Duration::ZERO,
        }));
    }
    let started = Instant::now();
    let Open { confinement, guard } = workshop.open(&ours).await?;
    let mut labels = kept_labels("app");
    labels.insert(SUBMISSION_LABEL.to_owned(), submission.digest().to_owned());
    let order = Order {
        tag: name.to_owned(),
        dockerfile: dockerfile.to_owned(),
        args: confinement
            .args
            .clone()
            .unwrap_or_else(|| store.host().build_args()),
        labels,
        // The engine knows a step by all that went into it, so that submissions share only what is
        // the same for both.
        cached_steps: true,
        time: limits.time,
        network: confinement.network.clone(),
    };
    let docker = classic::limited(store.engine(), limits, confinement.cgroup_parent.as_deref());
    let tell = |line: &str| progress.tell(RunnerEvent::BuildLine(line.to_owned()));
    let building = classic::build(&docker, order, submission.tar_stream(), &tell);
    let built = tokio::select! {
        built = building => built,
        // Dropping the build ends its processes.
        reason = guard.alarm() => return Ok(did_not_build(reason, LogTail::default())),
    };
    match built {
        Ok(id) => Ok(Build::Image(BuiltImage {
            id,
            cached: false,
            took: started.elapsed(),
        })),
        Err(Stopped::Step { step, message, log }) => Ok(did_not_build(
            sentence::of_step(step.as_deref(), &message),
            with_account(log, guard.account().await?),
        )),
        Err(Stopped::Time { step, log }) => Ok(did_not_build(
            sentence::of_time(step.as_deref(), limits.time),
            with_account(log, guard.account().await?),
        )),
        Err(Stopped::Engine(error)) => Err(BuildError::BreakOff(Box::new(error))),
        Err(Stopped::NoImage) => Err(BuildError::NoImage),
    }
}

/// The ids of those that are made by recipes of ours.
fn ours(store: &ImageStore, bases: &BTreeMap<String, String>) -> Vec<String> {
    let ours = bases.iter().filter(|(name, _)| store.knows(name));
    ours.map(|(_, id)| id.clone()).collect()
}

fn with_account(mut log: LogTail, account: Vec<String>) -> LogTail {
    log.lines.extend(account);
    log
}

/// Its path and its text. The engine takes the second name too.
fn dockerfile(submission: &Snapshot) -> Result<Option<(&'static str, Vec<u8>)>, BuildError> {
    for path in ["Dockerfile", "dockerfile"] {
        if let Some(text) = submission.read(path)? {
            return Ok(Some((path, text)));
        }
    }
    Ok(None)
}

fn key(submission: &Snapshot, bases: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    let names_and_ids = bases.iter().flat_map(|(name, id)| [name, id]);
    for part in [BUILD_FORMAT, submission.digest()]
        .into_iter()
        .chain(names_and_ids.map(String::as_str))
    {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

fn refused(reason: impl Into<String>) -> Build {
    did_not_build(reason.into(), LogTail::default())
}

fn did_not_build(reason: String, log: LogTail) -> Build {
    Build::Refused(AppFailure::DidNotBuild { reason, log })
}
