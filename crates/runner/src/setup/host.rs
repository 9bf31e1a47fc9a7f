//! How a submission is run where there are no images: by its language, with this host's own tools.
//!
//! A Dockerfile cannot be used then. What it says of the start is taken over, what it says of the
//! build is not.

use super::{
    Declared, Found, Ground, ImageSource, PROCFILE, Runtime, Setup, SetupMistake, Told,
    files::Files,
};
use crate::{
    dockerfile::Dockerfile,
    snapshot::{Snapshot, SnapshotError},
};

/// How a submission is built without an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostSteps {
    /// Of a [`Runtime`].
    pub(crate) runtime: &'static str,
    pub(crate) install: Option<String>,
    pub(crate) build: Option<String>,
    /// Its own Dockerfile, which is not used.
    pub(crate) unused: Option<String>,
}

impl Setup {
    /// Finds how a submission is run on this ground; in the inner error, why that cannot be said, which
    /// is the submission's own fault and is the same on all grounds.
    ///
    /// # Errors
    /// When the snapshot cannot be read.
    pub fn on(
        ground: Ground,
        submission: &Snapshot,
        declared: &Declared,
    ) -> Result<Result<Self, SetupMistake>, SnapshotError> {
        let usual = match Self::of(submission, declared)? {
            Ok(usual) if ground == Ground::Host => usual,
            other => return Ok(other),
        };
        let files = Files::of(submission);
        match &usual.image {
            ImageSource::Made { runtime, .. } => Self::by_language(&files, declared, runtime),
            ImageSource::Own { path } => {
                let instead = Self::without(path, &files, declared)?;
                Ok(Ok(instead.unwrap_or_else(|_| usual.clone())))
            }
        }
    }

    /// Another ground changes nothing but paths.
    fn by_language(files: &Files<'_>, declared: &Declared, runtime: &str) -> Found<Self> {
        match Runtime::named(runtime) {
            Some(runtime) if declared.runtime.is_some() => {
                let told = Told::declared(&format!("runtime {}", runtime.name));
                Self::made(files, declared, runtime, told, Ground::Host)
            }
            _ => Self::detected(files, declared, Ground::Host),
        }
    }

    fn without(path: &str, files: &Files<'_>, declared: &Declared) -> Found<Self> {
        let text = files.text(path)?.unwrap_or_default();
        let said = Dockerfile::parse(text.as_bytes()).command();
        // As with the Dockerfile, unless that leaves open what is started.
        let bare = said.is_some().then(|| files.without(PROCFILE));
        let declared = Declared {
            dockerfile: None,
            start: declared.start.clone().or(said),
            ..declared.clone()
        };
        let found = Self::detected(bare.as_ref().unwrap_or(files), &declared, Ground::Host)?;
        let found = match found {
            Ok(found) => found,
            Err(mistake) => return Ok(Err(mistake)),
        };
        Ok(Ok(Self {
            found: format!("{path} is not used without containers; {}", found.found),
            host: found.host.map(|steps| HostSteps {
                unused: Some(path.to_owned()),
                ..steps
            }),
            ..found
        }))
    }
}
