//! Why an entry is not let in.

use std::ffi::OsStr;

use thiserror::Error;

use super::Member;

/// As much of a name as a message shows.
const SHOWN: usize = 200;

/// Why an entry of an archive or a revision is not let in. Names are quoted, escaped and cut: they
/// are the submission's.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum MemberError {
    /// It says where on the machine it wants to be.
    #[error("{entry:?} is an absolute path; entries must stay inside the submission")]
    Absolute {
        /// Its path.
        entry: String,
    },
    /// It goes up.
    #[error("{entry:?} has `..` in its path; entries must stay inside the submission")]
    Leaves {
        /// Its path.
        entry: String,
    },
    /// It has no usable name.
    #[error("{entry:?} is no name for a file")]
    NoName {
        /// Its path.
        entry: String,
    },
    /// A name that no file could have.
    #[error("the path {entry:?} is too long: a name has at most 255 bytes, a path 4095")]
    TooLong {
        /// How it begins.
        entry: String,
        /// How many bytes are allowed, of a name or a path.
        limit: usize,
    },
    /// Two entries for one place.
    #[error("{entry:?} is there twice; which of the two counts would depend on who unpacks it")]
    Duplicate {
        /// Its path.
        entry: String,
    },
    /// Something is inside of what is no folder.
    #[error("{entry:?} goes through {name:?}, which is {kind}, not a folder")]
    Through {
        /// Its path.
        entry: String,
        /// The name of what it goes through.
        name: String,
        /// `a link`, `a file` ...
        kind: &'static str,
    },
    /// Too many entries, with those that would have been left out.
    #[error("there are more than {limit} files and folders, counting what would be left out")]
    TooMany {
        /// How many are allowed.
        limit: u64,
    },
    /// Names without end.
    #[error("the names and links have more than {limit} bytes together")]
    TooMuchText {
        /// How many are allowed.
        limit: usize,
    },
}

impl MemberError {
    pub(super) fn absolute(path: &[u8]) -> Self {
        Self::Absolute { entry: shown(path) }
    }

    pub(super) fn leaves(path: &[u8]) -> Self {
        Self::Leaves { entry: shown(path) }
    }

    pub(super) fn no_name(path: &[u8]) -> Self {
        Self::NoName { entry: shown(path) }
    }

    /// For a path of which only the beginning was read.
    pub(in super::super) fn path_too_long(begin: &[u8]) -> Self {
        Self::too_long(begin, super::LONGEST_PATH)
    }

    pub(super) fn too_long(path: &[u8], limit: usize) -> Self {
        Self::TooLong {
            entry: shown(path),
            limit,
        }
    }

    pub(super) fn duplicate(path: &[u8]) -> Self {
        Self::Duplicate { entry: shown(path) }
    }

    pub(super) fn through<C>(path: &[u8], name: &OsStr, leaf: &Member<C>) -> Self {
        Self::Through {
            entry: shown(path),
            name: shown(name.as_encoded_bytes()),
            kind: match leaf {
                Member::Folder => "a folder",
                Member::File { .. } => "a file",
                Member::Link { .. } => "a link",
                Member::Other(kind) => kind,
            },
        }
    }
}

/// A path for a message.
pub(in super::super) fn shown(path: &[u8]) -> String {
    if path.len() <= SHOWN {
        String::from_utf8_lossy(path).into_owned()
    } else {
        format!("{}...", String::from_utf8_lossy(&path[..SHOWN]))
    }
}
