//! Why a repository is not taken.

use std::{io, time::Duration};

use thiserror::Error;

use crate::snapshot::MemberError;

/// Why a repository is not taken. What git and the server said is escaped and cut.
#[derive(Debug, Error)]
pub enum GitError {
    /// There is no git: ours.
    #[error("the program `git` is not installed; install it, or hand in a folder or an archive")]
    NotInstalled,
    /// It cannot be run: ours.
    #[error("the program `git` cannot be {operation}")]
    Program {
        /// `started`, `waited for` ...
        operation: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The folder for what is fetched cannot be made or looked at: ours.
    #[error("the folder for what is fetched cannot be {operation}")]
    Folder {
        /// `made`, `measured`.
        operation: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// No answer, or not by someone trusted: ours.
    #[error("the server cannot be reached; git says: {said}")]
    Unreachable {
        /// What git said.
        said: String,
    },
    /// It does not come to an end: ours.
    #[error("it was not fetched within {} s", limit.as_secs())]
    TimedOut {
        /// How long it may take.
        limit: Duration,
    },
    /// Nobody may have it without saying who they are.
    #[error(
        "it is not to be had without authentication; check the address, and let git know a key or a credential helper, since nothing is asked here; git says: {said}"
    )]
    Authentication {
        /// What git said.
        said: String,
    },
    /// Nothing is there.
    #[error("there is no repository at that address; git says: {said}")]
    NoRepository {
        /// What git said.
        said: String,
    },
    /// It lacks what was asked for.
    #[error(
        "it has no branch, tag or commit {revision:?} that it gives away; a commit needs its full id, and where a server refuses that, the name of a branch or tag; git says: {said}"
    )]
    NoRevision {
        /// What was asked for.
        revision: String,
        /// What git said.
        said: String,
    },
    /// There is nothing yet.
    #[error("it has no commit on its default branch")]
    Empty,
    /// What was asked for is no commit.
    #[error("{revision:?} stands for no commit")]
    NoCommit {
        /// What was asked for.
        revision: String,
    },
    /// It lacks the folder.
    #[error("{revision:?} has no folder {folder:?}")]
    NoFolder {
        /// What was asked for.
        revision: String,
        /// What was asked for in it.
        folder: String,
    },
    /// More than a submission can be.
    #[error("the revision has more than {limit} bytes packed, or needs more memory than it may")]
    TooLarge {
        /// How many are allowed.
        limit: u64,
    },
    /// Something else went wrong: ours, since nothing shows that it is the submission's doing.
    #[error("git cannot fetch it; git says: {said}")]
    Fetch {
        /// What git said.
        said: String,
    },
    /// The objects cannot be read.
    #[error("its objects cannot be read: {detail}")]
    Objects {
        /// What was wrong.
        detail: String,
    },
    /// An entry that could stand for a place elsewhere, or for two things.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// Another repository's commit.
    #[error(
        "{entry:?} is a submodule, which is not fetched; put its files into the repository, or hand in an archive that has them"
    )]
    Submodule {
        /// Its path.
        entry: String,
    },
    /// A stand-in for a file that is kept elsewhere.
    #[error(
        "{entry:?} is kept in Git LFS, which is not asked; put it into the repository itself, or hand in an archive that has it"
    )]
    Lfs {
        /// Its path.
        entry: String,
    },
}

impl GitError {
    /// Whether this machine or the network is at fault, not what was handed in.
    pub fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::NotInstalled
                | Self::Program { .. }
                | Self::Folder { .. }
                | Self::Unreachable { .. }
                | Self::TimedOut { .. }
                | Self::Fetch { .. }
        )
    }

    pub(super) fn program(operation: &'static str, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::NotFound {
            return Self::NotInstalled;
        }
        Self::Program { operation, source }
    }
}
