//! The recipes: a folder of Dockerfiles and what they copy.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use sha2::{Digest, Sha256};

use super::{BASE, ImageError, SIDECAR};
use crate::{
    HostNetwork,
    dockerfile::Dockerfile,
    snapshot::{Snapshot, SubmissionLimits, hex},
};

/// Changes when images are to be made anew although their recipes are the same.
const RECIPE_FORMAT: &str = "1";

/// A recipe is a few small files.
const LIMITS: SubmissionLimits = SubmissionLimits {
    files: 1000,
    bytes: 16 * 1024 * 1024,
};

/// How one image of ours is made.
#[derive(Debug)]
pub(super) struct Recipe {
    files: Snapshot,
    /// Images of ours that it starts from.
    pub(super) parents: BTreeSet<String>,
    /// Of its files and of all that it is made from.
    pub(super) digest: String,
    /// What is handed in beside its files, by path.
    extra: Vec<(&'static str, Vec<u8>)>,
}

/// Reads all recipes, by the image that each makes.
pub(super) fn read_all(
    folder: &Path,
    host: &HostNetwork,
) -> Result<BTreeMap<String, Recipe>, ImageError> {
    let list_error = |source| ImageError::ListRecipes {
        folder: folder.to_owned(),
        source,
    };
    let mut recipes = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(list_error)? {
        let entry = entry.map_err(list_error)?;
        let path = entry.path();
        if !path.join("Dockerfile").is_file() {
            continue;
        }
        let image = image_of(&entry.file_name().to_string_lossy());
        let recipe =
            Recipe::read(&path, &image, host).map_err(|source| ImageError::ReadRecipe {
                folder: path,
                source: Box::new(source),
            })?;
        recipes.insert(image, recipe);
    }
    fill_in_digests(&mut recipes)?;
    Ok(recipes)
}

impl Recipe {
    fn read(
        folder: &Path,
        image: &str,
        host: &HostNetwork,
    ) -> Result<Self, crate::snapshot::SnapshotError> {
        let files = Snapshot::of_folder(folder, LIMITS)?;
        let dockerfile = Dockerfile::parse(&files.read("Dockerfile")?.unwrap_or_default());
        // The platform is in none of their names; one that is wrong is refused when it is built.
        let plain = dockerfile.plainly("linux").unwrap_or_default();
        let parents = plain
            .images
            .into_iter()
            .filter(|parent| super::is_ours(parent))
            .collect();
        Ok(Self {
            files,
            parents,
            digest: String::new(),
            extra: match image {
                BASE => vec![("host.crt", host.certificates().to_vec())],
                SIDECAR => {
                    let source = sidecar::SOURCE.iter();
                    source
                        .map(|(path, text)| (*path, text.as_bytes().to_vec()))
                        .collect()
                }
                _ => Vec::new(),
            },
        })
    }

    /// All that is handed to the engine, as a tar.
    pub(super) fn context(&self) -> io::Result<Vec<u8>> {
        let mut context = tar::Builder::new(Vec::new());
        let mut files = tar::Archive::new(self.files.tar());
        for entry in files.entries()? {
            let entry = entry?;
            context.append(&entry.header().clone(), entry)?;
        }
        for (name, content) in &self.extra {
            let mut header = tar::Header::new_gnu();
            header.set_mode(0o644);
            header.set_size(content.len() as u64);
            context.append_data(&mut header, name, content.as_slice())?;
        }
        context.into_inner()
    }

    fn digest_after(&self, parents: &[&str]) -> String {
        let mut hash = Sha256::new();
        for part in [RECIPE_FORMAT, self.files.digest()]
            .into_iter()
            .chain(parents.iter().copied())
        {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        for (_, content) in &self.extra {
            hash.update(content);
        }
        format!("sha256:{}", hex(&hash.finalize()))
    }
}

/// Parents before children; what is left when nothing moves has no beginning.
fn fill_in_digests(recipes: &mut BTreeMap<String, Recipe>) -> Result<(), ImageError> {
    let mut digests: BTreeMap<String, String> = BTreeMap::new();
    while digests.len() < recipes.len() {
        let before = digests.len();
        for (image, recipe) in recipes.iter() {
            let parents: Option<Vec<_>> = recipe
                .parents
                .iter()
                .map(|parent| digests.get(parent).map(String::as_str))
                .collect();
            if let Some(parents) = parents {
                let digest = recipe.digest_after(&parents);
                digests.insert(image.clone(), digest);
            }
        }
        if digests.len() == before {
            let image = recipes.keys().find(|image| !digests.contains_key(*image));
            return Err(ImageError::NoParent {
                image: image.cloned().unwrap_or_default(),
            });
        }
    }
    for (image, digest) in digests {
        if let Some(recipe) = recipes.get_mut(&image) {
            recipe.digest = digest;
        }
    }
    Ok(())
}

/// `python-3.13` makes `tryout/python:3.13`; what has no version is of version 1, and the base is of
/// its Debian.
fn image_of(folder: &str) -> String {
    match folder.rsplit_once('-') {
        _ if folder == "base" => BASE.to_owned(),
        Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("tryout/{name}:{version}")
        }
        _ => format!("tryout/{folder}:1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipes(
        all: &[(&str, &str)],
        host: &HostNetwork,
    ) -> Result<BTreeMap<String, Recipe>, ImageError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, dockerfile) in all {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("Dockerfile"), dockerfile).unwrap();
        }
        fs::write(folder.path().join("README.md"), "").unwrap();
        read_all(folder.path(), host)
    }

    #[test]
    fn folders_name_images() {
        assert_eq!(image_of("base"), "tryout/base:trixie");
        assert_eq!(image_of("holder"), "tryout/holder:1");
        assert_eq!(image_of("python-3.13"), "tryout/python:3.13");
        assert_eq!(image_of("fault-proxy"), "tryout/fault-proxy:1");
    }

    #[test]
    fn a_changed_parent_changes_its_children_and_nobody_else() {
        let host = HostNetwork::default();
        let all = |base: &str| {
            let all = [
                ("base", base),
                ("a-1", "FROM tryout/base:trixie"),
                ("b-1", "FROM tryout/a:1"),
                ("c-1", "FROM debian:trixie"),
            ];
            recipes(&all, &host).unwrap()
        };
        let (before, after) = (all("FROM x"), all("FROM y"));
        for (image, changed) in [
            ("tryout/base:trixie", true),
            ("tryout/a:1", true),
            ("tryout/b:1", true),
            ("tryout/c:1", false),
        ] {
            assert_eq!(
                before[image].digest != after[image].digest,
                changed,
                "{image}"
            );
        }
        assert_eq!(
            before["tryout/b:1"].digest,
            all("FROM x")["tryout/b:1"].digest
        );
    }

    #[test]
    fn a_recipe_without_beginning_is_refused() {
        let host = HostNetwork::default();
        for all in [
            &[("a-1", "FROM tryout/b:1"), ("b-1", "FROM tryout/a:1")][..],
            &[("a-1", "FROM tryout/nothing:1")],
        ] {
            let error = recipes(all, &host).unwrap_err();
            assert!(error.to_string().contains("tryout/a:1"), "{error}");
        }
    }
}
