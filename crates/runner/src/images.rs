//! The images of ours: what sandboxes are made of.
//!
//! Each has a recipe in a folder of its own and carries the recipe's digest as a label, so that a
//! changed recipe is built again and an unchanged one is not. Two processes may make the same image
//! at once: both make it, and the name goes to the last.

mod cache;
mod error;
mod make;
mod recipe;
mod root;
mod turn;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use bollard::models::ImageInspect;
use futures_util::{
    FutureExt,
    future::{BoxFuture, try_join_all},
};
use tokio::sync::OwnedMutexGuard;

pub(crate) use self::cache::{CACHE, kept_labels, use_kept};
use self::recipe::Recipe;
pub use self::{
    cache::{ImageKind, ImageRow, Pruned},
    error::ImageError,
    root::{BootstrapError, RootError},
};
use crate::{Engine, HostNetwork, Progress};

/// The image that all others start from.
const BASE: &str = "tryout/base:trixie";

/// The image of the program inside sandboxes, which is compiled from the source in this program.
pub(crate) const SIDECAR: &str = "tryout/sidecar:1";

/// What an image is for; inherited by those that start from it.
pub(crate) const KIND_LABEL: &str = "tryout.kind";

/// The digest of the recipe that an image was made by.
const RECIPE_LABEL: &str = "tryout.recipe";

/// The images of ours, made when they are missing.
#[derive(Debug)]
pub struct ImageStore {
    engine: Engine,
    host: HostNetwork,
    recipes: BTreeMap<String, Recipe>,
    /// Held while an image is looked for and made, so that this process makes it once.
    making: BTreeMap<String, tokio::sync::Mutex<()>>,
    /// The same for images of submissions and suites, by the names that they are kept under: of builds of
    /// one thing at one moment the later ones wait for the first.
    building: Mutex<BTreeMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

/// What stands under an image's name, with its id.
enum There {
    /// Made by the recipe as it is.
    Current(String),
    /// Made by another one.
    Outdated(String),
    Nothing,
}

/// Images already made anew, when all are to be.
type MadeAnew = Mutex<BTreeSet<String>>;

impl ImageStore {
    /// With the recipes in a folder: `python-3.13/` makes `tryout/python:3.13`.
    ///
    /// # Errors
    /// When the recipes cannot be read.
    pub fn new(engine: Engine, recipes: &Path, host: HostNetwork) -> Result<Self, ImageError> {
        let recipes = recipe::read_all(recipes, &host)?;
        Ok(Self {
            engine,
            host,
            making: recipes
                .keys()
                .map(|image| (image.clone(), tokio::sync::Mutex::default()))
                .collect(),
            building: Mutex::default(),
            recipes,
        })
    }

    /// Held while the image of this name is looked for and built.
    pub(crate) async fn building(&self, name: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut all = self.building.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|_, turn| turn.strong_count() > 0);
            let known = all.get(name).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let turn = Arc::default();
                all.insert(name.to_owned(), Arc::downgrade(&turn));
                turn
            })
        };
        turn.lock_owned().await
    }

    /// The names of all images that there is a recipe of.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.recipes.keys().map(String::as_str)
    }

    /// The digest of an image's recipe and of all that it is made from; none where there is no recipe.
    pub fn recipe_digest(&self, image: &str) -> Option<&str> {
        self.recipes.get(image).map(|recipe| &*recipe.digest)
    }

    /// The engine that the images are on.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What of this host's network is handed into builds.
    pub(crate) fn host(&self) -> &HostNetwork {
        &self.host
    }

    /// Makes what is missing or outdated of some images and of those that they start from, side by
    /// side; the id of each that was named.
    ///
    /// # Errors
    /// When an image cannot be made.
    pub async fn ensure(
        &self,
        images: &[&str],
        progress: &dyn Progress,
    ) -> Result<BTreeMap<String, String>, ImageError> {
        self.ensure_all(images, None, progress).await
    }

    /// Makes what is missing or outdated of all images; with `anew` all of them, with what Debian has
    /// today.
    ///
    /// # Errors
    /// When an image cannot be made.
    pub async fn build_all(
        &self,
        anew: bool,
        progress: &dyn Progress,
    ) -> Result<BTreeMap<String, String>, ImageError> {
        let images: Vec<_> = self.names().collect();
        let made = MadeAnew::default();
        self.ensure_all(&images, anew.then_some(&made), progress)
            .await
    }

    async fn ensure_all(
        &self,
        images: &[&str],
        anew: Option<&MadeAnew>,
        progress: &dyn Progress,
    ) -> Result<BTreeMap<String, String>, ImageError> {
        let each = images.iter().map(|image| async move {
            let id = self.ensure_one(image, anew, progress).await?;
            Ok::<_, ImageError>(((*image).to_owned(), id))
        });
        Ok(try_join_all(each).await?.into_iter().collect())
    }

    fn ensure_one<'a>(
        &'a self,
        image: &'a str,
        anew: Option<&'a MadeAnew>,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, Result<String, ImageError>> {
        async move {
            let (Some(recipe), Some(making)) = (self.recipes.get(image), self.making.get(image))
            else {
                return Err(self.no_recipe(image));
            };
            let parents = recipe.parents.iter();
            try_join_all(parents.map(|parent| self.ensure_one(parent, anew, progress))).await?;

            let _one_at_a_time = making.lock().await;
            let is_made_anew = || {
                anew.is_none_or(|made| {
                    let made = made.lock().unwrap_or_else(PoisonError::into_inner);
                    made.contains(image)
                })
            };
            let there = self.there(image, recipe).await?;
            if let (There::Current(id), true) = (there, is_made_anew()) {
                return Ok(id);
            }
            let _turn = turn::turn(image).await;
            // Another process may have made it meanwhile.
            let there = self.there(image, recipe).await?;
            let old = match there {
                There::Current(id) if is_made_anew() => return Ok(id),
                There::Current(id) | There::Outdated(id) => Some(id),
                There::Nothing => None,
            };
            let id = self.make(image, recipe, anew.is_some(), progress).await?;
            if let Some(made) = anew {
                let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
                made.insert(image.to_owned());
            }
            if let Some(old) = old.filter(|old| *old != id) {
                self.remove_nameless(&old).await;
            }
            Ok(id)
        }
        .boxed()
    }

    async fn there(&self, image: &str, recipe: &Recipe) -> Result<There, ImageError> {
        let Some(there) = inspect(&self.engine, image).await? else {
            return Ok(There::Nothing);
        };
        let is_current = label(&there, RECIPE_LABEL) == Some(&recipe.digest);
        let id = there.id.unwrap_or_default();
        Ok(if is_current {
            There::Current(id)
        } else {
            There::Outdated(id)
        })
    }

    /// Whether there is a recipe of an image.
    pub(crate) fn knows(&self, image: &str) -> bool {
        self.recipes.contains_key(image)
    }

    fn no_recipe(&self, image: &str) -> ImageError {
        ImageError::NoRecipe {
            image: image.to_owned(),
            known: self.names().map(str::to_owned).collect(),
        }
    }
}

/// Whether an image's name is one of ours, be there a recipe or not.
pub(crate) fn is_ours(image: &str) -> bool {
    image.starts_with("tryout/")
}

/// What an image is; none where there is none of that name.
pub(crate) async fn inspect(
    engine: &Engine,
    image: &str,
) -> Result<Option<ImageInspect>, ImageError> {
    match engine.docker().inspect_image(image).await {
        Ok(there) => Ok(Some(there)),
        Err(bollard::errors::Error::DockerResponseServerError {
            status_code: 404, ..
        }) => Ok(None),
        Err(error) => Err(ImageError::Inspect {
            image: image.to_owned(),
            source: Box::new(error),
        }),
    }
}

fn label<'a>(image: &'a ImageInspect, name: &str) -> Option<&'a String> {
    image.config.as_ref()?.labels.as_ref()?.get(name)
}
