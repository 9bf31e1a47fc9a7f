//! Runs git within limits of time, size and memory.

use std::{
    fs, io,
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::GitError;

/// How often what has arrived is measured.
const MEASURE: Duration = Duration::from_millis(50);
/// What git may take of memory, in bytes: an object may be much larger than what arrived for it.
const MEMORY: u64 = 2 << 30;
/// As much of what git says is kept, in bytes.
const SAID: usize = 16 * 1024;
/// How long to wait for its last words where something that it left behind (a cache of credentials,
/// a shared connection) could still say something.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How far git may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds<'a> {
    /// Where it writes.
    pub(super) folder: &'a Path,
    /// What that folder may hold.
    pub(super) bytes: u64,
    pub(super) time: Duration,
}

/// Runs git to its end. It ends earlier when it takes too long or too much, and when nobody waits
/// for it any more.
pub(super) async fn run(command: Command, bounds: Bounds<'_>) -> Result<Output, GitError> {
    let mut child = tokio::process::Command::from(command)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| GitError::program("started", e))?;
    let _group = Group::of(&child);
    if let Some(process) = child.id() {
        limit(process, Some(bounds));
    }
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (mut said, mut complained) = (Vec::new(), Vec::new());
    let work = async {
        let reading =
            async { tokio::join!(tail(stdout, &mut said), tail(stderr, &mut complained)) };
        tokio::pin!(reading);
        let status = tokio::select! {
            status = child.wait() => {
                let _ = tokio::time::timeout(LAST_WORDS, reading).await;
                status
            }
            _ = &mut reading => child.wait().await,
        };
        status.map_err(|e| GitError::program("waited for", e))
    };
    let status = tokio::select! {
        done = work => done?,
        error = too_large(bounds) => return Err(error),
        () = tokio::time::sleep(bounds.time) => {
            return Err(GitError::TimedOut { limit: bounds.time });
        }
    };
    Ok(Output {
        status,
        stdout: said,
        stderr: complained,
    })
}

/// Comes back when a folder has become too large.
async fn too_large(bounds: Bounds<'_>) -> GitError {
    let mut measure = tokio::time::interval(MEASURE);
    loop {
        measure.tick().await;
        match measured(bounds.folder) {
            Ok(size) if size <= bounds.bytes => {}
            Ok(_) => {
                return GitError::TooLarge {
                    limit: bounds.bytes,
                };
            }
            Err(error) => return error,
        }
    }
}

/// What a folder holds, in bytes.
pub(super) fn measured(folder: &Path) -> Result<u64, GitError> {
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

/// Keeps the end of what a process says, however much it is.
async fn tail(stream: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) {
    let Some(mut stream) = stream else { return };
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
}

/// Limits a process, and what it starts from now on. Where the system refuses, what is measured here
/// still holds.
pub(super) fn limit(process: u32, bounds: Option<Bounds<'_>>) {
    let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) else {
        return;
    };
    let mut limits = vec![(Resource::As, MEMORY), (Resource::Core, 0)];
    if let Some(bounds) = bounds {
        limits.push((Resource::Fsize, bounds.bytes.saturating_add(1)));
        limits.push((Resource::Cpu, bounds.time.as_secs().max(1)));
    }
    for (resource, most) in limits {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        if let Err(error) = prlimit(Some(process), resource, limit) {
            tracing::debug!(?resource, %error, "git runs without a limit");
        }
    }
}

/// Git and what it started. Ended when dropped.
struct Group {
    leader: Option<Pid>,
}

impl Group {
    fn of(child: &tokio::process::Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader: id.and_then(Pid::from_raw),
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

#[cfg(test)]
mod tests {
    use std::{process::Stdio, time::Instant};

    use super::*;

    const LONG: Duration = Duration::from_mins(2);

    fn shell(script: &str, folder: &Path) -> Command {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        shell
    }

    async fn run_in(folder: &Path, script: &str, time: Duration) -> Result<Output, GitError> {
        let bounds = Bounds {
            folder,
            bytes: 1 << 20,
            time,
        };
        run(shell(script, folder), bounds).await
    }

    /// Whether a process goes on; one that nobody has waited for yet does not.
    fn goes_on(process: &str) -> bool {
        fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    async fn until(what: impl Fn() -> bool) {
        let clock = Instant::now();
        while !what() {
            assert!(clock.elapsed() < LONG, "it never came to that");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    #[tokio::test]
    async fn what_it_says_is_kept_to_the_end_and_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let script = "yes 123456789 | head -n 100000; echo last; echo wrong >&2; exit 3";
        let output = run_in(dir.path(), script, LONG).await.unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert!(output.stdout.ends_with(b"789\nlast\n"));
        assert!(output.stdout.len() <= 2 * SAID + 4096);
        assert_eq!(output.stderr, b"wrong\n");
    }

    #[tokio::test]
    async fn what_it_leaves_behind_does_not_hold_it_up() {
        let dir = tempfile::tempdir().unwrap();
        let script = "echo said; sleep 600 & exit 0";
        let output = run_in(dir.path(), script, LONG).await.unwrap();
        assert_eq!(output.stdout, b"said\n");
    }

    #[tokio::test]
    async fn it_ends_in_time_and_with_all_that_it_started() {
        let dir = tempfile::tempdir().unwrap();
        let script = "sleep 600 & echo $! >started; wait";
        let time = Duration::from_millis(300);
        let error = run_in(dir.path(), script, time).await.unwrap_err();
        assert!(matches!(error, GitError::TimedOut { .. }), "{error}");
        let started = fs::read_to_string(dir.path().join("started")).unwrap();
        until(|| !goes_on(started.trim())).await;
    }

    #[tokio::test]
    async fn it_ends_with_all_that_it_started_when_nobody_waits() {
        let dir = tempfile::tempdir().unwrap();
        let started = dir.path().join("started");
        let script = "sleep 600 & echo $! >new; mv new started; wait";
        let started_or_done = async {
            tokio::select! {
                done = run_in(dir.path(), script, LONG) => panic!("{done:?}"),
                () = until(|| started.exists()) => {}
            }
        };
        started_or_done.await;
        let started = fs::read_to_string(&started).unwrap();
        until(|| !goes_on(started.trim())).await;
    }

    #[tokio::test]
    async fn it_ends_when_it_has_written_too_much_in_many_files() {
        let dir = tempfile::tempdir().unwrap();
        let script = "n=0; while :; do n=$((n + 1)); head -c 100000 /dev/zero >many.$n; done";
        let error = run_in(dir.path(), script, LONG).await.unwrap_err();
        assert!(matches!(error, GitError::TooLarge { .. }), "{error}");
    }

    #[tokio::test]
    async fn its_memory_and_its_files_are_limited() {
        let dir = tempfile::tempdir().unwrap();
        let script =
            "until [ \"$(ulimit -t)\" != unlimited ]; do :; done; ulimit -v; ulimit -c; ulimit -f";
        let output = run_in(dir.path(), script, LONG).await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let limits: Vec<&str> = text.lines().collect();
        let memory = (MEMORY / 1024).to_string();
        assert_eq!(limits[..2], [memory.as_str(), "0"]);
        assert_ne!(limits[2], "unlimited");
    }
}
