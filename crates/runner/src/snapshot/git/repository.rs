//! The folder that a revision is fetched into.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::temp;

/// How long what git was doing when it was ended may get in the way of removing the folder.
const DYING: Duration = Duration::from_millis(500);

/// A folder of ours, removed when dropped.
#[derive(Debug)]
pub(super) struct Repository {
    path: PathBuf,
}

impl Repository {
    pub(super) fn make() -> io::Result<Self> {
        let path = temp::folder()?.keep();
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        if let Err(error) = persist(DYING, || fs::remove_dir_all(&self.path)) {
            let path = self.path.display();
            tracing::warn!(%path, %error, "what was fetched cannot be removed");
        }
    }
}

/// Removes until it is gone. A process that was ended may be in the middle of making a file, which
/// makes a removal fail; it is gone as soon as it had its turn.
fn persist(limit: Duration, mut remove: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let clock = Instant::now();
    loop {
        match remove() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(_) if clock.elapsed() < limit => thread::yield_now(),
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_when_nobody_needs_it_any_more() {
        let repository = Repository::make().unwrap();
        let path = repository.path().to_owned();
        fs::create_dir(path.join("deep")).unwrap();
        drop(repository);
        assert!(!path.exists());
    }

    #[test]
    fn what_gets_in_the_way_for_a_moment_is_outlived() {
        let fail = || io::Error::from(io::ErrorKind::DirectoryNotEmpty);
        let mut left = 3;
        let removed = persist(Duration::from_mins(1), || {
            left -= 1;
            if left == 0 { Ok(()) } else { Err(fail()) }
        });
        removed.unwrap();
        assert_eq!(left, 0);
        persist(Duration::ZERO, || Err(fail())).unwrap_err();
    }
}
