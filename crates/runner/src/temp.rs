//! Temporary folders that tell who made them, so that those of dead runs can be found.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use tempfile::{Builder, TempDir};

use crate::lease::Process;

/// What all names begin with; the maker's process and a random part follow.
const PREFIX: &str = "tryout-";

/// A new temporary folder of this process; removed when dropped.
///
/// # Errors
/// When it cannot be made.
pub fn folder() -> io::Result<TempDir> {
    Builder::new()
        .prefix(&format!("{PREFIX}{}-", Process::current()))
        .tempdir()
}

/// Removes the temporary folders whose makers are gone and says which they were. Those of others,
/// and those that cannot be removed, are left alone.
pub fn remove_dead() -> Vec<PathBuf> {
    let mut folders = dead();
    folders.retain(|path| remove(path).is_ok());
    folders
}

/// The temporary folders whose makers are gone.
pub(crate) fn dead() -> Vec<PathBuf> {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten();
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(is_of_the_dead))
        .map(|entry| entry.path())
        .collect()
}

/// Whether a folder is our own user's, and no link to one: what is in it was written by nobody else.
pub(crate) fn is_ours(folder: &Path) -> bool {
    let us = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir() && found.uid() == us)
}

/// Removes a folder with all that is in it, folders that nobody may write to included.
///
/// # Errors
/// When something of it stays.
pub(crate) fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            open_up(folder)?;
            fs::remove_dir_all(folder)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Makes folders writable. Links are not followed.
fn open_up(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(&entry.path())?;
        }
    }
    Ok(())
}

fn is_of_the_dead(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .and_then(|rest| rest.rsplit_once('-'))
        .and_then(|(maker, _)| maker.parse::<Process>().ok())
        .is_some_and(|maker| !maker.is_alive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_the_dead_go_and_others_stay() {
        let mine = folder().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        // A process that long ago had the id of one that has just ended.
        let dead = std::env::temp_dir().join(format!("tryout-{}-1-test", child.id()));
        child.wait().unwrap();
        fs::create_dir_all(dead.join("deep")).unwrap();
        let foreign = Builder::new().prefix("tryout-report").tempdir().unwrap();

        let removed = remove_dead();

        assert!(removed.contains(&dead));
        assert!(!dead.exists());
        assert!(mine.path().exists());
        assert!(foreign.path().exists());
    }

    #[test]
    fn a_folder_that_may_not_be_written_to_is_removed_and_links_are_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        let folder = folder().unwrap().keep();
        fs::create_dir_all(folder.join("deep/deeper")).unwrap();
        fs::write(folder.join("deep/deeper/file"), "").unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.join("deep/link")).unwrap();
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
        mode(&folder.join("deep/deeper"), 0o500).unwrap();
        mode(&folder.join("deep"), 0o500).unwrap();
        mode(outside.path(), 0o555).unwrap();
        open_up(&folder).unwrap();
        let changed = fs::metadata(folder.join("deep/deeper"))
            .unwrap()
            .permissions();
        assert_eq!(changed.mode() & 0o777, 0o700);
        let kept = fs::metadata(outside.path()).unwrap().permissions();
        assert_eq!(kept.mode() & 0o777, 0o555);
        remove(&folder).unwrap();
        assert!(!folder.exists() && outside.path().exists());
        remove(&folder).unwrap();
    }
}
