//! Why an argument names no submission.

use thiserror::Error;

/// Why an argument names no submission.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SourceError {
    /// Nothing is fetched that way.
    #[error(
        "{scheme:?} is no way to hand in; write https://, ssh:// or git+file:// before a repository"
    )]
    Scheme {
        /// What stands before `://`.
        scheme: String,
    },
    /// Anybody on the way could change what is graded.
    #[error(
        "{scheme}:// is not encrypted, so that anybody on the way can change it; write https://"
    )]
    NotEncrypted {
        /// What stands before `://`.
        scheme: String,
    },
    /// Perhaps a folder, perhaps a repository.
    #[error("write a folder without file://, and a repository with git+file://")]
    File,
    /// As ssh itself writes it.
    #[error("there is no folder of that name; a repository over ssh is written {url}")]
    LikeScp {
        /// How it is written here.
        url: String,
    },
    /// An address that says nothing.
    #[error("the address {url:?} {why}")]
    Address {
        /// The address without a password.
        url: String,
        /// What is wrong, as the rest of a sentence.
        why: &'static str,
    },
    /// No branch, tag or commit can be called so.
    #[error("{revision:?} is no name of a branch, a tag or a commit: it {why}")]
    Revision {
        /// What stands behind `#`.
        revision: String,
        /// What is wrong, as the rest of a sentence.
        why: &'static str,
    },
    /// No folder of a repository.
    #[error("{folder:?} is no folder of a repository: it {why}")]
    Folder {
        /// What stands behind `#...:`.
        folder: String,
        /// What is wrong, as the rest of a sentence.
        why: &'static str,
    },
}
