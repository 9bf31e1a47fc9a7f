//! Temporary folders that tell who made them, so that those of dead runs can be found.

use std::{fs, io, path::PathBuf};

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
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else {
        return Vec::new();
    };
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(is_of_the_dead))
        .map(|entry| entry.path())
        .filter(|path| fs::remove_dir_all(path).is_ok())
        .collect()
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
}
