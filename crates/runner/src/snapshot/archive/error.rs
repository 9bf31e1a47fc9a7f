//! Why an archive is not taken.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::snapshot::MemberError;

/// Why an archive is not taken. Names are quoted, escaped and cut: they are the submission's.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The file cannot be read.
    #[error("it cannot be read")]
    Read {
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A pipe, a device.
    #[error("it is neither a file nor a folder")]
    NoFile,
    /// Another program's.
    #[error("it is {kind} archive; hand in a folder, a .tar, a .tar.gz or a .zip")]
    OtherFormat {
        /// `an xz`, `a RAR` ...
        kind: &'static str,
    },
    /// No archive at all.
    #[error("it is no archive; hand in a folder, a .tar, a .tar.gz or a .zip")]
    UnknownFormat,
    /// An entry that could stand for a place elsewhere, or for two things.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// What is in it makes no sense.
    #[error("it is damaged {}", place(entry))]
    Damaged {
        /// The last entry that was read; empty at the beginning.
        entry: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Its end is missing.
    #[error("it is cut short {}", place(entry))]
    CutShort {
        /// The last entry that was read; empty at the beginning.
        entry: String,
    },
    /// More than an archive.
    #[error("there is something after the archive's end")]
    GoesOn,
    /// Its table of contents says another number than it has.
    #[error("it says that it has {said} entries, and has {there}")]
    WrongCount {
        /// What it says.
        said: u64,
        /// What it has.
        there: u64,
    },
    /// A password is needed.
    #[error("{entry:?} is encrypted; pack it without a password")]
    Encrypted {
        /// Its path.
        entry: String,
    },
    /// Packed in a way that is not read.
    #[error("{entry:?} is packed by method {method}; only 0 (stored) and 8 (deflated) are read")]
    Method {
        /// Its path.
        entry: String,
        /// As the zip format numbers them.
        method: u16,
    },
    /// The wrong separator.
    #[error("{entry:?} has `\\` between its folders, where the zip format has `/`")]
    Backslash {
        /// Its path.
        entry: String,
    },
    /// A kind of entry that no submission needs.
    #[error("{entry:?} is {kind}; only files, folders and links belong into a submission")]
    Kind {
        /// Its path.
        entry: String,
        /// `a file with holes` ...
        kind: &'static str,
    },
    /// A hard link to something else than a file before it.
    #[error("{entry:?} is a hard link to {target:?}, which is no file that stands before it")]
    HardLink {
        /// Its path.
        entry: String,
        /// What it says.
        target: String,
    },
    /// A header without end.
    #[error("an extended header {} has more than {limit} bytes", place(entry))]
    HeaderTooLong {
        /// The last entry that was read.
        entry: String,
        /// How many are allowed.
        limit: u64,
    },
    /// Too much content, with what would have been left out.
    #[error("it has more than {limit} bytes unpacked; {entry:?} goes beyond that")]
    TooManyBytes {
        /// The entry that goes beyond the limit.
        entry: String,
        /// How many are allowed.
        limit: u64,
    },
    /// What was unpacked cannot be kept: ours.
    #[error("its content cannot be kept in {}", folder.display())]
    Keep {
        /// The folder for temporary files.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ArchiveError {
    /// Whether this machine is at fault, not what was handed in.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Keep { .. })
    }

    pub(super) fn keep(source: io::Error) -> Self {
        Self::Keep {
            folder: std::env::temp_dir(),
            source,
        }
    }
}

/// Where an archive goes wrong.
fn place(last: &str) -> String {
    if last.is_empty() {
        "at its beginning".to_owned()
    } else {
        format!("after {last:?}")
    }
}
