//! Why an image of ours is not there.

use std::path::PathBuf;

use bollard::errors::Error as EngineError;
use thiserror::Error;

use super::root::RootError;
use crate::{LogTail, snapshot::SnapshotError};

/// Why an image of ours is not there, or cannot be looked at. Never a submission's fault.
#[derive(Debug, Error)]
pub enum ImageError {
    /// The folder of recipes cannot be listed.
    #[error("the images' recipes in {} cannot be listed", folder.display())]
    ListRecipes {
        /// Where they were looked for.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A recipe cannot be read.
    #[error("the recipe {} cannot be read", folder.display())]
    ReadRecipe {
        /// Which.
        folder: PathBuf,
        /// Why.
        #[source]
        source: Box<SnapshotError>,
    },
    /// A recipe starts from an image of ours that has none, or from itself.
    #[error("the recipe of {image} starts from an image of ours without a recipe, or from itself")]
    NoParent {
        /// Which.
        image: String,
    },
    /// There is no recipe of that name.
    #[error("there is no recipe of {image}; there are: {}", known.join(", "))]
    NoRecipe {
        /// What was asked for.
        image: String,
        /// What there is.
        known: Vec<String>,
    },
    /// There is nothing to begin the base image with.
    #[error("the base image cannot be made")]
    Root(#[from] RootError),
    /// A recipe's step failed.
    #[error("{image} did not build: {reason}\n{}", log.lines.join("\n"))]
    Build {
        /// Which.
        image: String,
        /// In one sentence.
        reason: String,
        /// What was printed last.
        log: LogTail,
    },
    /// The engine broke off a build.
    #[error("the engine broke off the build of {image}")]
    BreakOff {
        /// Which.
        image: String,
        /// Why; none when the engine gave no reason.
        #[source]
        source: Option<Box<EngineError>>,
    },
    /// An image cannot be looked at.
    #[error("the image {image} cannot be inspected")]
    Inspect {
        /// Which.
        image: String,
        /// Why.
        #[source]
        source: Box<EngineError>,
    },
    /// The images or containers cannot be listed.
    #[error("{what} cannot be listed")]
    List {
        /// `images`, `containers`.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<EngineError>,
    },
    /// An image cannot be tagged.
    #[error("the image {image} cannot be tagged")]
    Tag {
        /// Which.
        image: String,
        /// Why.
        #[source]
        source: Box<EngineError>,
    },
    /// An image cannot be removed.
    #[error("the image {image} cannot be removed")]
    Remove {
        /// Which.
        image: String,
        /// Why.
        #[source]
        source: Box<EngineError>,
    },
}
