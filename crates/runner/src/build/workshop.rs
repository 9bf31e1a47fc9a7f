//! Where a build's steps run: asked for only when there is something to build.

use std::fmt;

use async_trait::async_trait;

use super::{BuildError, ImageSources};
use crate::{Reading, classic::Confinement};

/// A closed place for one build.
#[async_trait]
pub trait Workshop: Send + Sync {
    /// Where images of others may come from.
    #[doc(hidden)]
    fn sources(&self) -> ImageSources;

    /// Makes it, with a way to the registries of the tools in these images of ours, by id.
    #[doc(hidden)]
    async fn open(&self, ours: &[String]) -> Result<Open, BuildError>;
}

/// What a build needs of an open workshop.
#[doc(hidden)]
pub struct Open {
    pub(crate) confinement: Confinement,
    pub(crate) guard: Box<dyn Guard>,
}

impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Open")
            .field("confinement", &self.confinement)
            .finish_non_exhaustive()
    }
}

/// What is known of a build beside what the engine says.
#[async_trait]
pub(crate) trait Guard: Send + Sync {
    /// Ends, with the reason in one sentence, when the build must be stopped.
    async fn alarm(&self) -> String;

    /// What the machine and the steps were last seen to have done, where that can be seen.
    fn reading(&self) -> Option<Reading>;

    /// Whether the build asked anybody outside for anything.
    async fn asked(&self) -> bool;

    /// Whom the build asked, a line each.
    async fn told(&self) -> Vec<String>;

    /// After a failure: what a person should know of the build's way out, a line each.
    ///
    /// # Errors
    /// When the way out itself is to blame, so that nobody knows whether the submission builds.
    async fn account(&self) -> Result<Vec<String>, BuildError>;
}

/// No workshop at all: the steps run on the engine's own network. For tests of the builder itself.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Unconfined;

#[async_trait]
impl Workshop for Unconfined {
    fn sources(&self) -> ImageSources {
        ImageSources::Any
    }

    async fn open(&self, _: &[String]) -> Result<Open, BuildError> {
        Ok(Open {
            confinement: Confinement::default(),
            guard: Box::new(Self),
        })
    }
}

#[async_trait]
impl Guard for Unconfined {
    async fn asked(&self) -> bool {
        false
    }

    async fn alarm(&self) -> String {
        std::future::pending().await
    }

    fn reading(&self) -> Option<Reading> {
        None
    }

    async fn told(&self) -> Vec<String> {
        Vec::new()
    }

    async fn account(&self) -> Result<Vec<String>, BuildError> {
        Ok(Vec::new())
    }
}
