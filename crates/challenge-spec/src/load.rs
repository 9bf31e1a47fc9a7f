//! Why a file of ours was not taken.

use std::{io, path::PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::{
    problem::Problems,
    source::{MOST_BYTES, Unread},
};

/// Why a challenge or the skills were not loaded. The input is at fault in every case.
#[derive(Debug, Error, Diagnostic)]
pub enum LoadError {
    /// There is no such folder.
    #[error("there is no folder {}", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// There is no such file.
    #[error("there is no file {}", path.display())]
    NoFile {
        /// The file.
        path: PathBuf,
    },
    /// The file is there and cannot be read.
    #[error("could not read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is larger than any that makes sense.
    #[error("{} has more than {most} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that are read.
        most: u64,
    },
    /// The file was read and has mistakes.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Problems(#[from] Box<Problems>),
}

impl LoadError {
    pub(crate) fn unread(path: PathBuf, unread: Unread) -> Self {
        match unread {
            Unread::Missing => Self::NoFile { path },
            Unread::Io(source) => Self::Read { path, source },
            Unread::TooLarge => Self::TooLarge {
                path,
                most: MOST_BYTES,
            },
            Unread::Text(problems) => Self::Problems(Box::new(problems)),
        }
    }

    /// The mistakes in the file, where that is what is wrong.
    pub fn problems(&self) -> Option<&Problems> {
        match self {
            Self::Problems(problems) => Some(problems),
            _ => None,
        }
    }
}
