//! Taking turns with other processes of this user, so that an image is not made by all of them at
//! once. It only saves work: where there is no place for a lock, there are no turns.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::{Mode, OFlags};

/// How often a lock is asked for again.
const AGAIN: Duration = Duration::from_millis(100);

/// Held while an image is made; the kernel lets go of it when the process dies.
#[derive(Debug)]
pub(super) struct Turn {
    path: PathBuf,
    _locked: File,
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Those who wait for this file have their turn on it; those who come now make another, and
        // see that the image is there before they ask for a turn.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Waits until no other process of this user makes an image; none where there is no place for a lock.
pub(super) async fn turn(image: &str) -> Option<Turn> {
    let path = path(image);
    let file = open(&path)?;
    loop {
        match file.try_lock() {
            Ok(()) => {
                return Some(Turn {
                    path,
                    _locked: file,
                });
            }
            Err(TryLockError::WouldBlock) => tokio::time::sleep(AGAIN).await,
            Err(TryLockError::Error(_)) => return None,
        }
    }
}

fn path(image: &str) -> PathBuf {
    let user = rustix::process::getuid().as_raw();
    let name = image.replace(['/', ':'], "-");
    folder().join(format!("tryout-{user}-{name}.lock"))
}

fn open(path: &Path) -> Option<File> {
    // Anybody may write into the folder: what stands there must not be a link to something else.
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR).ok()?;
    Some(File::from(file))
}

/// A place that is empty after a restart, where there is one.
fn folder() -> PathBuf {
    std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .into_iter()
        .chain([PathBuf::from("/run/lock")])
        .find(|folder| folder.is_dir())
        .unwrap_or_else(std::env::temp_dir)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn the_second_waits_until_the_first_is_done() {
        let image = format!("test/turn:{}", std::process::id());
        let first = turn(&image).await;
        let mut second = Box::pin(turn(&image));
        assert!(second.as_mut().now_or_never().is_none());
        let other = turn(&format!("{image}-other")).await;
        assert!(other.is_some(), "others have turns of their own");
        drop(first);
        assert!(second.await.is_some());
        assert!(!path(&image).exists(), "no file is left");
    }
}
