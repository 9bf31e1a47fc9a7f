//! The images that a submission starts from.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{BuildError, ImageSources};
use crate::{
    BuildLimits, Progress,
    dockerfile::trigger_fetches,
    images::{ImageStore, inspect, is_ours},
    pull::{Bounds, PullError, pull, with_tag},
};

/// How much of an image's environment is taken over, in bytes. A Dockerfile may say it several times.
const ENVIRONMENT: usize = 64 * 1024;

/// How long a registry may be silent.
const SILENCE: Duration = Duration::from_mins(1);

/// The images by name, each with its id; or, in one sentence, why the submission cannot start from
/// one.
pub(super) type Bases = Result<BTreeMap<String, String>, String>;

/// Makes or pulls what is missing.
pub(super) async fn bases(
    store: &ImageStore,
    images: &BTreeSet<String>,
    sources: &ImageSources,
    limits: BuildLimits,
    progress: &dyn Progress,
) -> Result<Bases, BuildError> {
    if let Some(reason) = images.iter().find_map(|image| sources.refuses(image)) {
        return Ok(Err(reason));
    }
    let (ours, others): (Vec<_>, Vec<_>) = images.iter().partition(|image| is_ours(image));
    if let Some(unknown) = ours.iter().find(|image| !store.knows(image)) {
        let known: Vec<_> = store.names().collect();
        return Ok(Err(format!(
            "there is no image {unknown}; there are {}",
            known.join(", ")
        )));
    }
    let ours: Vec<_> = ours.iter().map(|image| image.as_str()).collect();
    let mut ids = store.ensure(&ours, progress).await?;
    for image in others {
        match other(store, image, sources, limits).await? {
            Ok(id) => ids.insert(image.clone(), id),
            Err(reason) => return Ok(Err(reason)),
        };
    }
    Ok(Ok(ids))
}

async fn other(
    store: &ImageStore,
    image: &str,
    sources: &ImageSources,
    limits: BuildLimits,
) -> Result<Result<String, String>, BuildError> {
    let mut there = inspect(store.engine(), image).await;
    // A name that is none is refused by the engine even when it is only asked for.
    if !matches!(there, Ok(Some(_))) {
        if let Some(reason) = sources.keeps_from_fetching(image) {
            return Ok(Err(reason));
        }
        let bounds = Bounds {
            silence: SILENCE,
            time: limits.time,
            bytes: limits.disk,
        };
        match pull(store.engine().docker(), image, bounds).await {
            Ok(()) => there = inspect(store.engine(), image).await,
            Err(PullError::NoSuchImage { message }) => {
                return Ok(Err(format!("there is no image {image}: {message}")));
            }
            Err(error @ PullError::TooLarge { .. }) => {
                return Ok(Err(format!("the image {image} is not fetched: {error}")));
            }
            Err(error) => return Err(BuildError::pull(image, error)),
        }
    }
    let Some(there) = there? else {
        return Ok(Err(format!("there is no image {image}")));
    };
    let id = there.id.unwrap_or_default();
    // Whose image that is, nobody could tell from its name.
    let said = image.strip_prefix("sha256:").unwrap_or(image);
    let tags = there.repo_tags.unwrap_or_default();
    let is_name = tags.contains(&with_tag(image));
    if !is_name && id.trim_start_matches("sha256:").starts_with(said) {
        return Ok(Err(format!("{image} is an id of an image; say its name")));
    }
    let config = there.config.unwrap_or_default();
    let environment: usize = config.env.iter().flatten().map(String::len).sum();
    if environment > ENVIRONMENT {
        return Ok(Err(format!(
            "the image {image} has an environment of {environment} bytes, more than {ENVIRONMENT}"
        )));
    }
    let triggers = config.on_build;
    if triggers
        .unwrap_or_default()
        .iter()
        .any(|trigger| trigger_fetches(trigger))
    {
        return Ok(Err(format!(
            "the image {image} makes the engine fetch from the network (ONBUILD), which is not allowed"
        )));
    }
    Ok(Ok(id))
}
