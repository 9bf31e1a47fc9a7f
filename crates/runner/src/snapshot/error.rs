//! Why a submission cannot be copied.

use std::{io, path::PathBuf};

use thiserror::Error;

use super::{ArchiveError, GitError};

/// Why a submission cannot be copied. Names of entries are quoted and escaped: they are the
/// submission's.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// Nothing is there.
    #[error("there is no folder {}", path.display())]
    NoSuchFolder {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Something else is there.
    #[error("{} is not a folder", path.display())]
    NotAFolder {
        /// What was given.
        path: PathBuf,
    },
    /// Nothing is there, neither folder nor archive.
    #[error("there is neither a folder nor an archive at {}", path.display())]
    NothingThere {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The archive as such is at fault, or one of its entries.
    #[error("the archive {} cannot be taken as a submission", path.display())]
    Archive {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<ArchiveError>,
    },
    /// The repository cannot be fetched or used.
    #[error("the git repository {url} cannot be taken as a submission")]
    Git {
        /// Which, without a password.
        url: String,
        /// Why.
        #[source]
        source: Box<GitError>,
    },
    /// The folder cannot be looked at.
    #[error("the folder {} cannot be read", path.display())]
    ReadFolder {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something in it cannot be read.
    #[error("{entry:?} in the submission cannot be read")]
    ReadEntry {
        /// Its path.
        entry: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A link leads out of the folder.
    #[error(
        "{entry:?} links to {target:?}, which is outside the submission; links must stay inside"
    )]
    LinkLeaves {
        /// The link's path.
        entry: String,
        /// What it says.
        target: String,
    },
    /// Neither file nor folder nor link.
    #[error("{entry:?} is {kind}; only files, folders and links belong into a submission")]
    Special {
        /// Its path.
        entry: String,
        /// `a named pipe`, `a socket` ...
        kind: &'static str,
    },
    /// A name that is not UTF-8.
    #[error("the name of {entry:?} is not UTF-8")]
    NameNotUtf8 {
        /// Its path, with the bytes that are not UTF-8 replaced.
        entry: String,
    },
    /// Two names that are the same one on some file systems.
    #[error("{first:?} and {second:?} are the same name where case or Unicode form do not count")]
    NamesCollide {
        /// The path of one.
        first: String,
        /// The path of the other.
        second: String,
    },
    /// Too many entries.
    #[error("the submission has more than {limit} files and folders")]
    TooManyFiles {
        /// How many are allowed.
        limit: u64,
    },
    /// Too much content.
    #[error("the submission has more than {limit} bytes; {entry:?} goes beyond that")]
    TooManyBytes {
        /// The file that goes beyond the limit.
        entry: String,
        /// How many bytes are allowed.
        limit: u64,
    },
    /// A `.gitignore` that is no reasonable one.
    #[error("{entry:?} has more than {limit} bytes")]
    IgnoreFileTooLarge {
        /// Its path.
        entry: String,
        /// How many bytes are allowed.
        limit: u64,
    },
    /// More rules than anybody writes.
    #[error("the `.gitignore` files have more than {limit} bytes together; {entry:?} goes beyond")]
    TooManyIgnoreRules {
        /// The file that goes beyond the limit.
        entry: String,
        /// How many bytes are allowed.
        limit: u64,
    },
    /// The copy cannot be written or read: ours.
    #[error("the submission's copy in {} cannot be {operation}", folder.display())]
    Store {
        /// `made`, `written`, `read`.
        operation: &'static str,
        /// The folder for temporary files.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The copy cannot be unpacked: ours.
    #[error("the snapshot cannot be unpacked into {}", folder.display())]
    Unpack {
        /// Where to.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl SnapshotError {
    /// Whether this machine or the network is at fault, not what was handed in.
    pub fn is_ours(&self) -> bool {
        match self {
            Self::Store { .. } | Self::Unpack { .. } => true,
            Self::Archive { source, .. } => source.is_ours(),
            Self::Git { source, .. } => source.is_ours(),
            _ => false,
        }
    }

    pub(super) fn read(entry: &str, source: io::Error) -> Self {
        Self::ReadEntry {
            entry: entry.to_owned(),
            source,
        }
    }
}
