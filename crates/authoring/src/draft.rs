//! A challenge that is being written, in a folder that nobody sees yet.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use challenge_spec::{Challenge, LoadError, Skills};
use tempfile::TempDir;
use thiserror::Error;

/// A new challenge beside the place where it is to be. Dropped, it is gone.
#[derive(Debug)]
pub struct Draft {
    id: String,
    target: PathBuf,
    hidden: TempDir,
}

/// Why a new challenge cannot be written.
#[derive(Debug, Error)]
pub enum DraftError {
    /// Its folder's name is no id.
    #[error(
        "`{name}` is no id for a challenge: write lower-case words joined by hyphens, such as notes-api"
    )]
    NoId {
        /// The last part of the path.
        name: String,
    },
    /// Something stands at its place.
    #[error("{} is there already: name a folder that is not", path.display())]
    Exists {
        /// The place.
        path: PathBuf,
    },
    /// There is no folder to make it in.
    #[error("there is no folder {} to make it in", path.display())]
    NoParent {
        /// The folder.
        path: PathBuf,
    },
    /// A file of it cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What was written is no challenge.
    #[error("what was made is no valid challenge")]
    Invalid(#[source] LoadError),
}

impl Draft {
    /// Begins one that is to be at `target`, whose last part becomes its id.
    ///
    /// # Errors
    /// When that is no id, when something stands there, when it cannot be written beside it.
    pub fn begin(target: &Path) -> Result<Self, DraftError> {
        let name = target.file_name().unwrap_or_default();
        let id = name.to_string_lossy().into_owned();
        if !challenge_spec::is_id(&id) {
            return Err(DraftError::NoId { name: id });
        }
        if fs::symlink_metadata(target).is_ok() {
            let path = target.to_owned();
            return Err(DraftError::Exists { path });
        }
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if !parent.is_dir() {
            let path = parent.to_owned();
            return Err(DraftError::NoParent { path });
        }
        let write = |source| DraftError::Write {
            path: parent.to_owned(),
            source,
        };
        let hidden = tempfile::Builder::new()
            .prefix(".tryout-")
            .tempdir_in(parent)
            .map_err(write)?;
        let draft = Self {
            id,
            target: target.to_owned(),
            hidden,
        };
        fs::create_dir(draft.folder()).map_err(write)?;
        Ok(draft)
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where it is written meanwhile.
    pub fn folder(&self) -> PathBuf {
        self.hidden.path().join(&self.id)
    }

    /// Writes a file of it, and the folders above; `path` is relative.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path, content: &[u8], executable: bool) -> Result<(), DraftError> {
        let file = self.folder().join(path);
        let write = |source| DraftError::Write {
            path: self.target.join(path),
            source,
        };
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(write)?;
        }
        fs::write(&file, content).map_err(write)?;
        if executable {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::Permissions::from_mode(0o755);
            fs::set_permissions(&file, mode).map_err(write)?;
        }
        Ok(())
    }

    /// Reads what was written, as a challenge.
    ///
    /// # Errors
    /// When it has mistakes.
    pub fn challenge(&self, skills: &Skills) -> Result<Challenge, DraftError> {
        Challenge::load(&self.folder(), skills).map_err(DraftError::Invalid)
    }

    /// Puts it where it is to be.
    ///
    /// # Errors
    /// When something has come to stand there, or it cannot be moved.
    pub fn keep(self) -> Result<PathBuf, DraftError> {
        if fs::symlink_metadata(&self.target).is_ok() {
            return Err(DraftError::Exists { path: self.target });
        }
        match fs::rename(self.folder(), &self.target) {
            Ok(()) => Ok(self.target),
            Err(source) => Err(DraftError::Write {
                path: self.target,
                source,
            }),
        }
    }
}
