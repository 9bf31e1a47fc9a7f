//! Where the things of one sandbox are made on this host: its folders and its processes.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tempfile::TempDir;
use tokio_util::task::TaskTracker;

use super::{
    LocalError,
    child::{Child, Order},
    mark::{Mark, record},
    port::Port,
    search::Search,
    wrapper::{User, Wrapper},
};
use crate::{RunId, lease::Lease, snapshot::Snapshot, temp};

/// Beside each other in the private folder; the records' is there for the marks.
const FOLDERS: [&str; 6] = ["app", "bin", "home", "tmp", "tools", "processes"];

/// How many processes this one has started.
static MADE: AtomicU64 = AtomicU64::new(1);

/// Where the things of one sandbox are.
#[derive(Debug)]
pub(super) struct Site {
    run: RunId,
    lease: Lease,
    pub(super) search: Search,
    wrapper: Wrapper,
    top: PathBuf,
    things: Mutex<Things>,
    unpacking: TaskTracker,
}

#[derive(Debug, Default)]
struct Things {
    is_closed: bool,
    folders: Vec<TempDir>,
    children: Vec<Arc<Child>>,
    ports: Vec<Port>,
}

impl Site {
    pub(super) fn make(run: &RunId, lease: &Lease, search: &Search) -> Result<Self, LocalError> {
        let wrapper = Wrapper::find(search)?;
        let folder = temp::folder().map_err(unready(&env::temp_dir()))?;
        let top = folder.path().to_owned();
        for name in FOLDERS {
            let path = top.join(name);
            fs::create_dir(&path).map_err(unready(&path))?;
        }
        let things = Things {
            folders: vec![folder],
            ..Things::default()
        };
        Ok(Self {
            run: run.clone(),
            lease: lease.clone(),
            search: search.clone(),
            wrapper,
            top,
            things: Mutex::new(things),
            unpacking: TaskTracker::new(),
        })
    }

    /// The folder of that name in the private folder.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.top.join(name)
    }

    /// Copies the submission out.
    pub(super) async fn unpack(&self, submission: &Snapshot) -> Result<(), LocalError> {
        let (submission, folder) = (submission.clone(), self.folder("app"));
        let unpacking = self
            .unpacking
            .spawn_blocking(move || submission.unpack_into(&folder));
        match unpacking.await {
            Ok(unpacked) => unpacked.map_err(LocalError::Unpack),
            Err(_) => Err(LocalError::Closed),
        }
    }

    /// A folder of its own for a server, which may be of somebody else.
    pub(super) fn folder_of(&self, user: Option<User>) -> Result<PathBuf, LocalError> {
        let folder = temp::folder().map_err(unready(&env::temp_dir()))?;
        let path = folder.path().to_owned();
        give(&path, user)?;
        self.things().folders.push(folder);
        Ok(path)
    }

    /// A free port, until the sandbox is closed.
    pub(super) fn port(&self) -> Result<u16, LocalError> {
        let port = Port::free()?;
        let number = port.number();
        self.things().ports.push(port);
        Ok(number)
    }

    /// What every process is told: nothing of our own environment but where programs are.
    pub(super) fn environment(&self) -> BTreeMap<String, OsString> {
        BTreeMap::from([
            ("HOME".to_owned(), self.folder("home").into()),
            ("LANG".to_owned(), "C.UTF-8".into()),
            ("PATH".to_owned(), self.path(&["bin"])),
            ("TMPDIR".to_owned(), self.folder("tmp").into()),
        ])
    }

    /// Our own path behind folders of the sandbox.
    pub(super) fn path(&self, folders: &[&str]) -> OsString {
        let own = folders.iter().map(|folder| self.folder(folder));
        let all: Vec<_> = own.chain(self.search.folders()).collect();
        // A part with a separator in it would be no part; ours have none.
        env::join_paths(all).unwrap_or_else(|_| self.search.path().clone())
    }

    /// Starts a process, which is ended with the sandbox at the latest.
    pub(super) fn start(&self, order: &Order<'_>) -> Result<Arc<Child>, LocalError> {
        let mut things = self.things();
        if things.is_closed {
            return Err(LocalError::Closed);
        }
        // Unlike in any other sandbox of the run: a process is found by it.
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let role = format!("{}-{made}", order.role);
        let mark = Mark::of(&self.lease, &self.run, &role);
        let record = record(&self.top, &role);
        let child = Arc::new(Child::start(&self.wrapper, &record, mark, order)?);
        things.children.push(Arc::clone(&child));
        Ok(child)
    }

    /// Ends a process and forgets it.
    pub(super) async fn end_of(&self, child: &Arc<Child>) -> Result<(), LocalError> {
        child.end().await?;
        self.things()
            .children
            .retain(|other| !Arc::ptr_eq(other, child));
        Ok(())
    }

    /// Ends all processes, then removes all folders.
    pub(super) async fn end(&self) -> Result<(), LocalError> {
        let children = {
            let mut things = self.things();
            things.is_closed = true;
            std::mem::take(&mut things.children)
        };
        // The app first, so that it does not see its services go.
        let mut ended = Ok(());
        for child in children.iter().rev() {
            ended = ended.and(child.end().await);
        }
        self.unpacking.close();
        self.unpacking.wait().await;
        self.remove();
        ended
    }

    /// Kills all processes; the folders stay until [`Site::end`].
    pub(super) fn end_now(&self) {
        let mut things = self.things();
        things.is_closed = true;
        things
            .children
            .iter()
            .rev()
            .for_each(|child| child.end_now());
    }

    fn remove(&self) {
        let mut things = self.things();
        for folder in std::mem::take(&mut things.folders) {
            if let Err(error) = temp::remove(&folder.keep()) {
                tracing::warn!(%error, "a temporary folder could not be removed");
            }
        }
        things.ports.clear();
    }

    fn things(&self) -> std::sync::MutexGuard<'_, Things> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.end_now();
        self.remove();
    }
}

/// Makes a file or folder somebody's.
pub(super) fn give(path: &Path, user: Option<User>) -> Result<(), LocalError> {
    match user {
        Some(User { uid, gid }) => chown(path, Some(uid), Some(gid)).map_err(unready(path)),
        None => Ok(()),
    }
}

pub(super) fn unready(path: &Path) -> impl Fn(std::io::Error) -> LocalError + use<> {
    let path = path.to_owned();
    move |source| LocalError::Folder {
        path: path.clone(),
        source,
    }
}
