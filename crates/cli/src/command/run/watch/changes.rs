//! When files change.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use notify::{Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::failure::Failure;

/// An editor writes a file in several strokes; this long after the last it is done.
const QUIET: Duration = Duration::from_millis(25);
/// Where the kernel tells nothing: how often is looked.
const POLLING: Duration = Duration::from_millis(200);

/// Changes below some folders. Dropped, nothing is watched any more.
pub(super) struct Changes {
    changed: UnboundedReceiver<()>,
    _watcher: Box<dyn Watcher>,
}

impl Changes {
    /// Below these folders, as the kernel tells, else by looking again and again.
    pub(super) fn of(folders: &[PathBuf]) -> Result<Self, Failure> {
        let (sender, changed) = mpsc::unbounded_channel();
        let watcher = told(folders, sender.clone()).or_else(|error| {
            tracing::info!(%error, "the kernel does not tell what changes; looking at it instead");
            looked_at(folders, sender)
        });
        let watcher = watcher.map_err(|error| Failure::ours(&error))?;
        Ok(Self {
            changed,
            _watcher: watcher,
        })
    }

    /// Waits for a change and until it is quiet again; when the change came.
    pub(super) async fn next(&mut self) -> Result<Instant, Failure> {
        let ended = || Failure::Ours("the files are no longer watched".to_owned());
        self.changed.recv().await.ok_or_else(ended)?;
        let came = Instant::now();
        while let Ok(more) = tokio::time::timeout(QUIET, self.changed.recv()).await {
            more.ok_or_else(ended)?;
        }
        Ok(came)
    }
}

fn told(
    folders: &[PathBuf],
    sender: UnboundedSender<()>,
) -> Result<Box<dyn Watcher>, notify::Error> {
    let watcher = RecommendedWatcher::new(heard_by(sender), Config::default())?;
    watching(watcher, folders)
}

fn looked_at(
    folders: &[PathBuf],
    sender: UnboundedSender<()>,
) -> Result<Box<dyn Watcher>, notify::Error> {
    // Times are compared by the second, which is longer than an author waits between two changes.
    let config = Config::default()
        .with_poll_interval(POLLING)
        .with_compare_contents(true);
    watching(PollWatcher::new(heard_by(sender), config)?, folders)
}

fn watching(
    mut watcher: impl Watcher + 'static,
    folders: &[PathBuf],
) -> Result<Box<dyn Watcher>, notify::Error> {
    for folder in folders {
        watcher.watch(folder, RecursiveMode::Recursive)?;
    }
    Ok(Box::new(watcher))
}

/// What is only read, by us too, is no change.
fn heard_by(sender: UnboundedSender<()>) -> impl Fn(Result<Event, notify::Error>) {
    move |event| {
        let is_change = |event: &Event| !matches!(event.kind, EventKind::Access(_));
        if event.as_ref().is_ok_and(is_change) {
            // Nobody waits any more when the command is at its end.
            let _ = sender.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use super::{Changes, looked_at};

    async fn hears(changes: &mut Changes, file: &std::path::Path) {
        fs::read(file).unwrap();
        let quiet = tokio::time::timeout(Duration::from_millis(60), changes.next()).await;
        assert!(quiet.is_err(), "reading is no change");
        fs::write(file, "after, and longer").unwrap();
        let heard = tokio::time::timeout(Duration::from_secs(20), changes.next()).await;
        heard.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_change_is_heard_and_reading_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/file");
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(&file, "before").unwrap();
        let mut changes = Changes::of(&[folder.path().to_owned()]).unwrap();
        hears(&mut changes, &file).await;
    }

    #[tokio::test]
    async fn where_the_kernel_tells_nothing_it_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "before").unwrap();
        let (sender, changed) = tokio::sync::mpsc::unbounded_channel();
        let watcher = looked_at(&[folder.path().to_owned()], sender).unwrap();
        let mut changes = Changes {
            changed,
            _watcher: watcher,
        };
        hears(&mut changes, &file).await;
    }
}
