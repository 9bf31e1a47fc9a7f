//! Taking turns on an engine with the other processes of this user: many may build, start and check at
//! once; whoever measures has the engine alone.
//!
//! A reader-writer lock made of two files, both locked by `flock`, which the kernel lets go of when a
//! process dies however it dies. Whoever wants the engine alone closes the gate first and then waits for
//! those who are inside, so that it is not kept waiting by those who come after it. Several may keep it
//! closed, and measure one after the other: waiting for all who are inside can take longer than measuring.
//! A grade is alone but for a few of its checks, so that others are not kept out for ever.
//!
//! A turn is not taken while another is held: the second would wait at a gate that is closed until the
//! first is given back.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// How often a lock is asked for again.
const AGAIN: Duration = Duration::from_millis(50);

/// Turns on one engine.
#[derive(Debug, Clone)]
pub struct Turns {
    folder: PathBuf,
    name: String,
}

/// Held for as long as the engine is used. Of no effect where there is no place for a lock.
#[derive(Debug)]
#[must_use = "the turn is over when this is dropped"]
pub struct Turn {
    _locked: Vec<File>,
}

impl Turns {
    /// With all processes that name the same folder and the same engine.
    pub fn new(folder: &Path, engine: &str) -> Self {
        let name = engine.chars().filter(char::is_ascii_alphanumeric);
        Self {
            folder: folder.to_owned(),
            name: name.take(80).collect(),
        }
    }

    /// Together with others who do not mind company.
    pub async fn shared(&self) -> Turn {
        self.taken(async {
            let gate = self.open("gate")?;
            until(|| gate.try_lock()).await?;
            // Nobody who is alone has left the gate open.
            let room = self.open("room")?;
            until(|| room.try_lock_shared()).await?;
            Ok(vec![room])
        })
        .await
    }

    /// With nobody else.
    pub async fn alone(&self) -> Turn {
        self.taken(async {
            let gate = self.open("gate")?;
            until(|| gate.try_lock_shared()).await?;
            let room = self.open("room")?;
            until(|| room.try_lock()).await?;
            Ok(vec![gate, room])
        })
        .await
    }

    async fn taken(&self, taking: impl Future<Output = io::Result<Vec<File>>>) -> Turn {
        let locked = taking.await.unwrap_or_else(|error| {
            let folder = self.folder.display();
            tracing::warn!(%error, %folder, "no place for a lock: others may use the engine meanwhile");
            Vec::new()
        });
        Turn { _locked: locked }
    }

    fn open(&self, what: &str) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.path(what))
    }

    fn path(&self, what: &str) -> PathBuf {
        self.folder.join(format!("engine-{}.{what}", self.name))
    }
}

async fn until(mut take: impl FnMut() -> Result<(), TryLockError>) -> io::Result<()> {
    loop {
        match take() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(AGAIN).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read as _,
        process::{Child, Command, Stdio},
    };

    use futures_util::FutureExt as _;

    use super::*;

    fn turns() -> (tempfile::TempDir, Turns) {
        let folder = tempfile::tempdir().unwrap();
        let turns = Turns::new(folder.path(), "ABCD:EFGH/../x");
        (folder, turns)
    }

    #[tokio::test]
    async fn many_share_and_one_is_alone() {
        let (_folder, turns) = turns();
        let (first, second) = (turns.shared().await, turns.shared().await);
        let mut alone = Box::pin(turns.alone());
        assert!(alone.as_mut().now_or_never().is_none());
        drop(first);
        assert!(alone.as_mut().now_or_never().is_none());
        drop(second);
        let alone = alone.await;
        assert!(Box::pin(turns.shared()).now_or_never().is_none());
        assert!(Box::pin(turns.alone()).now_or_never().is_none());
        let other = Turns::new(&turns.folder, "another");
        assert!(Box::pin(other.alone()).now_or_never().is_some());
        drop(alone);
        assert!(Box::pin(turns.shared()).now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_waits_to_be_alone_is_not_overtaken() {
        let (_folder, turns) = turns();
        let inside = turns.shared().await;
        let mut alone = Box::pin(turns.alone());
        assert!(alone.as_mut().now_or_never().is_none());
        let mut late = Box::pin(turns.shared());
        assert!(late.as_mut().now_or_never().is_none(), "the gate is closed");
        drop(inside);
        drop(alone.await);
        let _ = late.await;
    }

    #[tokio::test]
    async fn those_who_want_to_be_alone_follow_one_another_and_others_them() {
        let (_folder, turns) = turns();
        let inside = turns.shared().await;
        let mut first = Box::pin(turns.alone());
        let mut second = Box::pin(turns.alone());
        assert!(first.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_none());
        let mut shared = Box::pin(turns.shared());
        assert!(shared.as_mut().now_or_never().is_none());
        drop(inside);
        let first = first.await;
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        assert!(
            shared.as_mut().now_or_never().is_none(),
            "the gate is closed"
        );
        drop(second.await);
        let _ = shared.await;
    }

    #[tokio::test]
    async fn who_gives_up_waiting_keeps_nobody_out() {
        let (_folder, turns) = turns();
        let inside = turns.shared().await;
        assert!(Box::pin(turns.alone()).now_or_never().is_none());
        assert!(Box::pin(turns.shared()).now_or_never().is_some());
        drop(inside);
    }

    /// Another process that holds both files until it is killed, and has no children that do.
    fn holder(turns: &Turns) -> Child {
        let script = r#"exec 8>"$0" 9>"$1" && flock 8 && flock 9 && echo && exec cat"#;
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command.args([turns.path("gate"), turns.path("room")]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let told = process.stdout.as_mut().unwrap();
        told.read_exact(&mut [0]).unwrap();
        process
    }

    #[tokio::test]
    async fn a_killed_process_leaves_no_lock() {
        let (_folder, turns) = turns();
        let mut process = holder(&turns);
        assert!(Box::pin(turns.shared()).now_or_never().is_none());
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(Box::pin(turns.alone()).now_or_never().is_some());
    }

    #[tokio::test]
    async fn where_there_is_no_place_for_a_lock_nobody_waits() {
        let turns = Turns::new(Path::new("/proc/none"), "x");
        let _first = turns.alone().await;
        assert!(Box::pin(turns.alone()).now_or_never().is_some());
    }
}
