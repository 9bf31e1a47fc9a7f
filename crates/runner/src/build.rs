//! A submission's image.
//!
//! It is built by its own Dockerfile or by one made for its runtime. It is kept by a key over the
//! snapshot's digest and all that it starts from, so that an unchanged submission is built once.
//! Whatever the Dockerfile does wrong is the submission's own failure; what the engine or a registry
//! does wrong is ours.

mod base;
pub(crate) mod clock;
mod context;
mod error;
mod paths;
pub(crate) mod sentence;
mod sources;
mod work;
pub(crate) mod workshop;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

pub use self::{
    error::BuildError,
    sources::ImageSources,
    workshop::{Unconfined, Workshop},
};
use self::{paths::Ignored, work::Work};
use crate::{
    AppFailure, BuildLimits, LogTail, Progress, RunnerEvent, RunnerPhase,
    dockerfile::Dockerfile,
    images::ImageStore,
    setup::{ImageSource, Setup},
    snapshot::{Snapshot, SnapshotError, hex},
};

/// Changes when what is kept no longer is what would be built.
const BUILD_FORMAT: &str = "2";

/// How large a Dockerfile may be, in bytes.
const LARGEST: usize = 1024 * 1024;

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

/// A submission's image: the one that was kept, else a new one, built as its setup says.
///
/// Dropping the future ends the build's processes.
///
/// # Errors
/// When it cannot be said whether the submission builds: the engine fails, an image of ours cannot be
/// made, or a registry does not answer.
pub async fn image_of(
    store: &ImageStore,
    submission: &Snapshot,
    setup: &Setup,
    limits: BuildLimits,
    workshop: &dyn Workshop,
    progress: &dyn Progress,
) -> Result<Build, BuildError> {
    let (path, text, made) = match &setup.image {
        ImageSource::Own { path } => match submission.read(path)? {
            Some(text) => (path.as_str(), text, None),
            None => return Ok(refused(format!("there is no file {path}"))),
        },
        ImageSource::Made { dockerfile, .. } => {
            let text = dockerfile.clone().into_bytes();
            ("", text, Some(dockerfile.as_str()))
        }
    };
    if text.len() > LARGEST {
        return Ok(refused(format!(
            "the Dockerfile has more than {LARGEST} bytes"
        )));
    }
    let dockerfile = Dockerfile::parse(&text);
    if dockerfile.is_empty() {
        return Ok(refused("the Dockerfile has no instructions"));
    }
    let dockerfile = match dockerfile.plainly(&store.engine().facts().platform) {
        Ok(dockerfile) => dockerfile,
        Err(reason) => return Ok(refused(reason)),
    };
    // What is made by us takes all that was handed in.
    let ignored = match made {
        Some(_) => Ignored::default(),
        None => match ignored(submission, path)? {
            Ok(ignored) => ignored,
            Err(reason) => return Ok(refused(reason)),
        },
    };
    let bases = match base::bases(
        store,
        &dockerfile.images,
        &workshop.sources(),
        limits,
        progress,
    )
    .await?
    {
        Ok(bases) => bases,
        Err(reason) => return Ok(refused(reason)),
    };
    let work = Work {
        name: format!("tryout-cache/app:{}", key(submission, path, made, &bases)),
        store,
        submission,
        limits,
        workshop,
        ours: ours(store, &bases),
        dockerfile,
        made,
        ignored,
        progress,
    };

    let started = Instant::now();
    progress.tell(RunnerEvent::Started(RunnerPhase::Build));
    let build = work.cached_or_built().await;
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

/// What the builds of a Dockerfile leave out: as `docker build` does it, the file that is named after
/// the Dockerfile comes before the one for all.
fn ignored(
    submission: &Snapshot,
    dockerfile: &str,
) -> Result<Result<Ignored, String>, SnapshotError> {
    for path in [
        format!("{dockerfile}.dockerignore"),
        ".dockerignore".to_owned(),
    ] {
        if let Some(text) = submission.read(&path)? {
            let read = Ignored::read(&String::from_utf8_lossy(&text));
            return Ok(read.map_err(|why| format!("{path}: {why}")));
        }
    }
    Ok(Ok(Ignored::default()))
}

/// The ids of those that are made by recipes of ours.
fn ours(store: &ImageStore, bases: &BTreeMap<String, String>) -> Vec<String> {
    let ours = bases.iter().filter(|(name, _)| store.knows(name));
    ours.map(|(_, id)| id.clone()).collect()
}

fn key(
    submission: &Snapshot,
    dockerfile: &str,
    made: Option<&str>,
    bases: &BTreeMap<String, String>,
) -> String {
    let mut hash = Sha256::new();
    let names_and_ids = bases.iter().flat_map(|(name, id)| [name, id]);
    let made = made.unwrap_or_default();
    for part in [BUILD_FORMAT, submission.digest(), dockerfile, made]
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
