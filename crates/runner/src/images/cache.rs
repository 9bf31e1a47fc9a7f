//! What lies on the engine: images of ours, and kept images of submissions and seeded services.

mod share;

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, SystemTime},
};

use bollard::{
    errors::Error as EngineError,
    models::{ImageInspect, ImageSummary},
    query_parameters::{
        ListContainersOptionsBuilder, ListImagesOptionsBuilder, RemoveImageOptions,
        TagImageOptionsBuilder,
    },
};

use super::{ImageError, ImageStore, KIND_LABEL, inspect, is_ours};
use crate::Engine;

/// What the names of all kept images begin with; `app` or a service's name and a key follow.
pub(crate) const CACHE: &str = "tryout-cache/";

/// One image on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRow {
    /// `tryout/python:3.13`; its id where it has no name any more.
    pub name: String,
    /// `sha256:...`.
    pub id: String,
    /// What it is.
    pub kind: ImageKind,
    /// In bytes, with what it shares with others.
    pub size: u64,
    /// In bytes, what goes when it is removed: what no other image has.
    pub own: u64,
    /// When it was made.
    pub created: SystemTime,
    /// When it was last made or used.
    pub used: SystemTime,
    /// Whether a container is made of it.
    pub in_use: bool,
}

/// What an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageKind {
    /// Made by a recipe of ours, or what those begin with.
    Ours,
    /// A submission, kept by its digest.
    Submission,
    /// A service with its seed, kept by their digests.
    Service,
    /// What an outdated image or a build that failed left.
    Leftover,
}

/// What pruning did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Removed.
    pub removed: Vec<ImageRow>,
    /// Would have been removed, but is in use.
    pub kept: Vec<ImageRow>,
}

impl ImageStore {
    /// What there is, of ours and kept: by kind, then by name.
    ///
    /// # Errors
    /// When the engine does not tell.
    pub async fn list(&self) -> Result<Vec<ImageRow>, ImageError> {
        let used = images_in_use(&self.engine).await?;
        let options = ListImagesOptionsBuilder::new().build();
        let images = self
            .engine
            .docker()
            .list_images(Some(options))
            .await
            .map_err(|source| list_error("images", source))?;
        let options = ListImagesOptionsBuilder::new().all(true).build();
        let all = self
            .engine
            .docker()
            .list_images(Some(options))
            .await
            .map_err(|source| list_error("images", source))?;
        let own = share::own_sizes(&all);
        let mut rows = Vec::new();
        for image in &images {
            for (name, kind) in names(image) {
                let created = seconds(image.created);
                let last_tagged = match kind {
                    ImageKind::Submission | ImageKind::Service => inspect(&self.engine, &name)
                        .await?
                        .as_ref()
                        .and_then(last_tagged),
                    ImageKind::Ours | ImageKind::Leftover => None,
                };
                rows.push(ImageRow {
                    name,
                    id: image.id.clone(),
                    kind,
                    size: u64::try_from(image.size).unwrap_or(0),
                    own: own.get(image.id.as_str()).copied().unwrap_or(0),
                    created,
                    used: last_tagged.map_or(created, |tagged| tagged.max(created)),
                    in_use: used.contains(&image.id),
                });
            }
        }
        rows.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        Ok(rows)
    }

    /// Removes leftovers, and kept images of submissions and services, the longest unused first,
    /// until no more than `keep` bytes of their own are left; all of them without it. What is in use
    /// stays, and so do the images of ours.
    ///
    /// # Errors
    /// When the engine does not tell what there is, or refuses for another reason than use.
    pub async fn prune(&self, keep: Option<u64>) -> Result<Pruned, ImageError> {
        let mut pruned = Pruned::default();
        for row in select(self.list().await?, keep) {
            if self.remove(&row).await? {
                pruned.removed.push(row);
            } else {
                pruned.kept.push(row);
            }
        }
        Ok(pruned)
    }

    /// Removes an image unless it is in use; whether it is gone.
    ///
    /// # Errors
    /// When the engine refuses for another reason than use.
    pub async fn remove(&self, row: &ImageRow) -> Result<bool, ImageError> {
        if row.in_use {
            return Ok(false);
        }
        let options = RemoveImageOptions::default();
        let docker = self.engine.docker();
        match docker.remove_image(&row.name, Some(options), None).await {
            // Nothing there: somebody else was first.
            Ok(_)
            | Err(EngineError::DockerResponseServerError {
                status_code: 404, ..
            }) => Ok(true),
            Err(EngineError::DockerResponseServerError {
                status_code: 409, ..
            }) => Ok(false),
            Err(source) => Err(ImageError::Remove {
                image: row.name.clone(),
                source: Box::new(source),
            }),
        }
    }
}

/// What is to go, in this order: kept images, the longest unused first, until no more than `keep`
/// bytes of them are left; then leftovers, which may be what kept images were made from. What is in
/// use cannot go, so others go in its place.
fn select(rows: Vec<ImageRow>, keep: Option<u64>) -> Vec<ImageRow> {
    let (leftovers, mut kept): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .filter(|row| row.kind != ImageKind::Ours)
        .partition(|row| row.kind == ImageKind::Leftover);
    kept.sort_by_key(|row| row.used);
    let mut left: u64 = kept.iter().map(|row| row.own).sum();
    kept.retain(|row| {
        let goes = keep.is_none_or(|keep| left > keep);
        if goes && !row.in_use {
            left -= row.own;
        }
        goes
    });
    kept.extend(leftovers);
    kept
}
/// The id of a kept image, marked as used now; none where it is not there. Names are
/// `tryout-cache/WHAT:KEY`.
pub(crate) async fn use_kept(engine: &Engine, name: &str) -> Result<Option<String>, ImageError> {
    let Some(id) = inspect(engine, name).await?.and_then(|image| image.id) else {
        return Ok(None);
    };
    // Engines remember when an image was last given a name, the same one again included.
    let (repository, tag) = name.rsplit_once(':').unwrap_or((name, "latest"));
    let options = TagImageOptionsBuilder::new()
        .repo(repository)
        .tag(tag)
        .build();
    match engine.docker().tag_image(&id, Some(options)).await {
        Ok(()) => Ok(Some(id)),
        Err(EngineError::DockerResponseServerError {
            status_code: 404, ..
        }) => Ok(None),
        Err(source) => Err(ImageError::Tag {
            image: name.to_owned(),
            source: Box::new(source),
        }),
    }
}

fn names(image: &ImageSummary) -> Vec<(String, ImageKind)> {
    let named: Vec<_> = image
        .repo_tags
        .iter()
        .filter(|name| *name != "<none>:<none>")
        .collect();
    if named.is_empty() && image.labels.contains_key(KIND_LABEL) {
        return vec![(image.id.clone(), ImageKind::Leftover)];
    }
    named
        .into_iter()
        .filter_map(|name| Some((name.clone(), kind_of(name)?)))
        .collect()
}

fn kind_of(name: &str) -> Option<ImageKind> {
    match name.strip_prefix(CACHE) {
        Some(kept) if kept.starts_with("app:") => Some(ImageKind::Submission),
        Some(_) => Some(ImageKind::Service),
        None => is_ours(name).then_some(ImageKind::Ours),
    }
}

fn last_tagged(image: &ImageInspect) -> Option<SystemTime> {
    Some(image.metadata.as_ref()?.last_tag_time?.into())
}

fn seconds(since_1970: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(since_1970).unwrap_or(0))
}

async fn images_in_use(engine: &Engine) -> Result<HashSet<String>, ImageError> {
    let options = ListContainersOptionsBuilder::new().all(true).build();
    let containers = engine
        .docker()
        .list_containers(Some(options))
        .await
        .map_err(|source| list_error("containers", source))?;
    Ok(containers
        .into_iter()
        .filter_map(|container| container.image_id)
        .collect())
}

fn list_error(what: &'static str, source: EngineError) -> ImageError {
    ImageError::List {
        what,
        source: Box::new(source),
    }
}

/// Labels of a kept image.
pub(crate) fn kept_labels(kind: &str) -> HashMap<String, String> {
    HashMap::from([(KIND_LABEL.to_owned(), kind.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, kind: ImageKind, used: u64, in_use: bool) -> ImageRow {
        let used = SystemTime::UNIX_EPOCH + Duration::from_secs(used);
        ImageRow {
            name: name.to_owned(),
            id: name.to_owned(),
            kind,
            size: 1000,
            own: 10,
            created: SystemTime::UNIX_EPOCH,
            used,
            in_use,
        }
    }

    fn selected(keep: Option<u64>) -> Vec<String> {
        let rows = vec![
            row("leftover", ImageKind::Leftover, 0, false),
            row("ours", ImageKind::Ours, 0, false),
            row("young", ImageKind::Submission, 9, false),
            row("busy", ImageKind::Submission, 1, true),
            row("old", ImageKind::Service, 2, false),
            row("older", ImageKind::Submission, 1, false),
        ];
        select(rows, keep).into_iter().map(|row| row.name).collect()
    }

    #[test]
    fn the_longest_unused_go_first_and_ours_never() {
        assert_eq!(
            selected(None),
            ["busy", "older", "old", "young", "leftover"]
        );
        // The one in use stays, so two others go for 20 bytes.
        assert_eq!(selected(Some(20)), ["busy", "older", "old", "leftover"]);
        assert_eq!(selected(Some(40)), ["leftover"]);
    }

    #[test]
    fn names_tell_kinds() {
        let kind = |name| kind_of(name);
        assert_eq!(kind("tryout/base:trixie"), Some(ImageKind::Ours));
        assert_eq!(kind("tryout-cache/app:1"), Some(ImageKind::Submission));
        assert_eq!(kind("tryout-cache/postgres:1"), Some(ImageKind::Service));
        assert_eq!(kind("debian:trixie"), None);
        assert_eq!(kind("tryoutside/x:1"), None);
    }
}
