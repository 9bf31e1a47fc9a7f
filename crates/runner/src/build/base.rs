//! The images that a submission starts from.

use std::{collections::BTreeMap, time::Duration};

use super::BuildError;
use crate::{
    Progress,
    dockerfile::{Dockerfile, trigger_fetches},
    images::{ImageStore, inspect, is_ours},
    pull::{PullError, pull},
};

/// How long a registry may be silent.
const SILENCE: Duration = Duration::from_mins(1);

/// The images by name, each with its id; or, in one sentence, why the submission cannot start from
/// one.
pub(super) type Bases = Result<BTreeMap<String, String>, String>;

/// Makes or pulls what is missing.
pub(super) async fn bases(
    store: &ImageStore,
    dockerfile: &Dockerfile,
    progress: &dyn Progress,
) -> Result<Bases, BuildError> {
    let (ours, others): (Vec<_>, Vec<_>) = dockerfile
        .images()
        .into_iter()
        .partition(|image| is_ours(image));
    if let Some(unknown) = ours.iter().find(|image| !store.knows(image)) {
        let known: Vec<_> = store.names().collect();
        return Ok(Err(format!(
            "there is no image {unknown}; there are {}",
            known.join(", ")
        )));
    }
    let ours: Vec<_> = ours.iter().map(String::as_str).collect();
    let mut ids = store.ensure(&ours, progress).await?;
    for image in others {
        match other(store, &image).await? {
            Ok(id) => ids.insert(image, id),
            Err(reason) => return Ok(Err(reason)),
        };
    }
    Ok(Ok(ids))
}

async fn other(store: &ImageStore, image: &str) -> Result<Result<String, String>, BuildError> {
    let mut there = inspect(store.engine(), image).await;
    // A name that is none is refused by the engine even when it is only asked for.
    if !matches!(there, Ok(Some(_))) {
        match pull(store.engine().docker(), image, SILENCE).await {
            Ok(()) => there = inspect(store.engine(), image).await,
            Err(PullError::NoSuchImage { message }) => {
                return Ok(Err(format!("there is no image {image}: {message}")));
            }
            Err(error) => return Err(BuildError::pull(image, error)),
        }
    }
    let Some(there) = there? else {
        return Ok(Err(format!("there is no image {image}")));
    };
    let triggers = there.config.and_then(|config| config.on_build);
    if triggers
        .unwrap_or_default()
        .iter()
        .any(|t| trigger_fetches(t))
    {
        return Ok(Err(format!(
            "the image {image} makes the engine fetch from the network (ONBUILD ADD), which is not allowed"
        )));
    }
    Ok(Ok(there.id.unwrap_or_default()))
}
