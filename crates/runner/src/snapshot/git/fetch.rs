//! Brings a revision's objects into a repository of ours, within limits of time, size and memory.

use std::{
    fs, io,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{GitError, complaint, program, revision::Revision};
use crate::{
    snapshot::{GitUrl, SnapshotError, SubmissionLimits},
    temp,
};

/// How long a fetch may take.
const TIME: Duration = Duration::from_mins(5);
/// How often what has arrived is measured.
const MEASURE: Duration = Duration::from_millis(50);
/// What git may take of memory, in bytes: an object may be much larger than what arrived for it.
const MEMORY: u64 = 4 << 30;
/// What any revision may have packed, in bytes: with few small files, most of it is not content.
const LEAST: u64 = 1 << 20;
/// As much of what git says is kept, in bytes.
const SAID: usize = 16 * 1024;

/// A repository of ours that has what was asked for, as long as this lives.
#[derive(Debug)]
pub(in crate::snapshot) struct Fetched {
    folder: TempDir,
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
        let folder = fetch(url, limit).await.map_err(refused)?;
        Ok(Self {
            folder,
            url: url.clone(),
        })
    }

    /// Reads what there is.
    pub(in crate::snapshot) fn open(
        self,
        limits: SubmissionLimits,
    ) -> Result<Revision, SnapshotError> {
        let Self { folder, url } = self;
        Revision::open(folder, &url, limits.looked_at())
    }
}

async fn fetch(url: &GitUrl, limit: u64) -> Result<TempDir, GitError> {
    let folder = temp::folder().map_err(|source| GitError::Folder {
        operation: "made",
        source,
    })?;
    let at = folder.path();
    let made = run(program::init(at), at, limit).await?;
    if !made.status.success() {
        let said = complaint::said(&String::from_utf8_lossy(&made.stderr));
        return Err(GitError::Fetch { said });
    }
    let ssh = if url.is_ssh() {
        program::ssh_command(configured_ssh(at, limit).await?)
    } else {
        None
    };
    let fetched = run(program::fetch(at, url, ssh), at, limit).await?;
    if measured(at)? > limit {
        // It may have been ended by the limit on its files before anybody measured them.
        Err(GitError::TooLarge { limit })
    } else if fetched.status.success() {
        Ok(folder)
    } else {
        Err(complaint::understand(&fetched.stderr, url, limit))
    }
}

/// How the user lets git call ssh.
async fn configured_ssh(at: &Path, limit: u64) -> Result<Option<std::ffi::OsString>, GitError> {
    use std::os::unix::ffi::OsStringExt;
    let mut git = program::git(at);
    git.args(["config", "--get", "core.sshCommand"])
        .stdout(Stdio::piped());
    let mut said = run(git, at, limit).await?.stdout;
    if said.last() == Some(&b'\n') {
        said.pop();
    }
    Ok(Some(std::ffi::OsString::from_vec(said)).filter(|said| !said.is_empty()))
}

/// Runs git to its end. It ends earlier when it takes too long or too much, and when nobody waits
/// for it any more.
async fn run(command: Command, folder: &Path, limit: u64) -> Result<Output, GitError> {
    let mut child = tokio::process::Command::from(command)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| GitError::program("started", e))?;
    let group = Group::of(&child);
    group.limit(limit);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let work = async {
        let (stdout, stderr) = tokio::join!(tail(stdout), tail(stderr));
        let status = child.wait().await;
        Ok(Output {
            status: status.map_err(|e| GitError::program("waited for", e))?,
            stdout,
            stderr,
        })
    };
    tokio::select! {
        done = work => done,
        error = too_large(folder, limit) => Err(error),
        () = tokio::time::sleep(TIME) => Err(GitError::TimedOut { limit: TIME }),
    }
}

/// Comes back when a folder has become too large.
async fn too_large(folder: &Path, limit: u64) -> GitError {
    let mut measure = tokio::time::interval(MEASURE);
    loop {
        measure.tick().await;
        match measured(folder) {
            Ok(size) if size <= limit => {}
            Ok(_) => return GitError::TooLarge { limit },
            Err(error) => return error,
        }
    }
}

fn measured(folder: &Path) -> Result<u64, GitError> {
    size(folder).map_err(|source| GitError::Folder {
        operation: "measured",
        source,
    })
}

fn size(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    let mut ahead = vec![folder.to_owned()];
    while let Some(folder) = ahead.pop() {
        // Git renames and removes what it is done with.
        let gone = |e: &io::Error| e.kind() == io::ErrorKind::NotFound;
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if gone(&e) => continue,
            Err(e) => return Err(e),
        };
        for entry in entries {
            let entry = entry?;
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => ahead.push(entry.path()),
                Ok(metadata) => sum += metadata.len(),
                Err(e) if gone(&e) => {}
                Err(e) => return Err(e),
            }
        }
    }
    Ok(sum)
}

/// The end of what a process says, however much it is.
async fn tail(stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(mut stream) = stream else {
        return kept;
    };
    let mut buffer = vec![0; 4096];
    while let Ok(read) = stream.read(&mut buffer).await {
        if read == 0 {
            break;
        }
        kept.extend_from_slice(&buffer[..read]);
        if kept.len() > 2 * SAID {
            kept.drain(..kept.len() - SAID);
        }
    }
    kept
}

/// Git and what it started. Ended when dropped.
struct Group {
    leader: Option<Pid>,
}

impl Group {
    fn of(child: &tokio::process::Child) -> Self {
        let leader = child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Self { leader }
    }

    /// What git starts from now on inherits the limits. Where the system refuses them, those of time
    /// and of what is measured remain.
    fn limit(&self, bytes: u64) {
        let Some(leader) = self.leader else { return };
        for (resource, most) in [
            (Resource::As, MEMORY),
            (Resource::Fsize, bytes.saturating_add(1)),
            (Resource::Cpu, TIME.as_secs()),
            (Resource::Core, 0),
        ] {
            let limit = Rlimit {
                current: Some(most),
                maximum: Some(most),
            };
            if let Err(error) = prlimit(Some(leader), resource, limit) {
                tracing::debug!(?resource, %error, "git runs without a limit");
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // Nothing to end where all of it is gone.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}
