//! Why it is not known whether a submission builds.

use bollard::errors::Error as EngineError;
use thiserror::Error;

use crate::{images::ImageError, pull::PullError, snapshot::SnapshotError};

/// Why it is not known whether a submission builds. Never the submission's fault.
#[derive(Debug, Error)]
pub enum BuildError {
    /// An image of ours that it starts from is missing, or the engine does not tell.
    #[error("an image for the submission's build is missing")]
    Image(#[from] ImageError),
    /// An image of others that it starts from cannot be had.
    #[error("the image {image}, which the submission starts from, cannot be pulled")]
    Pull {
        /// Which, as the submission says it.
        image: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The snapshot cannot be read.
    #[error("the submission's snapshot cannot be read")]
    ReadSnapshot(#[from] SnapshotError),
    /// The build's way to the registries could not be made, or broke.
    #[error("the closed place for the submission's build could not be made")]
    Workshop(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A package registry that the build asked does not answer us either.
    #[error("the package registry {host} cannot be reached: {told}")]
    RegistryUnreachable {
        /// Which.
        host: String,
        /// What came of asking for something that is known to exist there.
        told: String,
    },
    /// The engine broke off.
    #[error("the engine broke off the submission's build")]
    BreakOff(#[source] Box<EngineError>),
    /// The engine ended without an image and without a reason.
    #[error("the engine ended the submission's build without an image")]
    NoImage,
}

impl BuildError {
    pub(super) fn pull(image: &str, source: PullError) -> Self {
        Self::Pull {
            image: image.to_owned(),
            source: Box::new(source),
        }
    }
}
