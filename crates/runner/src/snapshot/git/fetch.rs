//! Brings a revision's objects into a repository of ours, within limits of time, size and memory.

use std::{ffi::OsString, os::unix::ffi::OsStringExt, process::Stdio, time::Duration};

use super::{
    GitError, complaint, program,
    repository::Repository,
    revision::Revision,
    run::{Bounds, measured, run},
};
use crate::snapshot::{GitUrl, SnapshotError, SubmissionLimits};

/// How long a fetch may take.
const TIME: Duration = Duration::from_mins(5);
/// What any revision may have packed, in bytes: with few small files, most of it is not content.
const LEAST: u64 = 1 << 20;

/// A repository of ours that has what was asked for, as long as this lives.
#[derive(Debug)]
pub(in crate::snapshot) struct Fetched {
    repository: Repository,
    url: GitUrl,
}

impl Fetched {
    pub(in crate::snapshot) async fn fetch(
        url: &GitUrl,
        limits: SubmissionLimits,
    ) -> Result<Self, SnapshotError> {
        let refused = |error: GitError| SnapshotError::Git {
            url: url.to_string(),
            source: Box::new(error),
        };
        let limit = limits.looked_at().bytes.max(LEAST);
        let repository = fetch(url, limit).await.map_err(refused)?;
        Ok(Self {
            repository,
            url: url.clone(),
        })
    }

    /// Reads what there is.
    pub(in crate::snapshot) fn open(
        self,
        limits: SubmissionLimits,
    ) -> Result<Revision, SnapshotError> {
        let Self { repository, url } = self;
        Revision::open(repository, &url, limits.looked_at())
    }
}

async fn fetch(url: &GitUrl, limit: u64) -> Result<Repository, GitError> {
    let repository = Repository::make().map_err(|source| GitError::Folder {
        operation: "made",
        source,
    })?;
    let at = repository.path();
    let bounds = Bounds {
        folder: at,
        bytes: limit,
        time: TIME,
    };
    let made = run(program::init(at), bounds).await?;
    if !made.status.success() {
        let said = complaint::said(&String::from_utf8_lossy(&made.stderr));
        return Err(GitError::Fetch { said });
    }
    let ssh = if url.is_ssh() {
        program::ssh_command(configured_ssh(bounds).await?)
    } else {
        None
    };
    let fetched = run(program::fetch(at, url, ssh), bounds).await?;
    if measured(at)? > limit {
        // It may have been ended by the limit on its files before anybody measured them.
        Err(GitError::TooLarge { limit })
    } else if fetched.status.success() {
        Ok(repository)
    } else {
        Err(complaint::understand(&fetched.stderr, url, limit))
    }
}

/// How the user lets git call ssh.
async fn configured_ssh(bounds: Bounds<'_>) -> Result<Option<OsString>, GitError> {
    let mut git = program::git(bounds.folder);
    git.args(["config", "--get", "core.sshCommand"])
        .stdout(Stdio::piped());
    let mut said = run(git, bounds).await?.stdout;
    if said.last() == Some(&b'\n') {
        said.pop();
    }
    Ok(Some(OsString::from_vec(said)).filter(|said| !said.is_empty()))
}
