//! Programs that are there and run.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use super::search::Search;
use crate::setup::Toolchain;

/// For a program that is asked for its version.
const WITHIN: Duration = Duration::from_secs(10);
/// No answer is longer, in characters.
const LONGEST: usize = 200;

/// A program that has told its version.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// In one line.
    pub(super) version: String,
}

/// All programs of a language, its own first; in the error, the names of one that is missing.
pub(super) async fn all_of(
    search: &Search,
    toolchain: &Toolchain,
) -> Result<Vec<Program>, &'static [&'static str]> {
    let mut found = Vec::new();
    for names in toolchain.programs {
        found.push(
            first(search, names, toolchain.version)
                .await
                .ok_or(*names)?,
        );
    }
    Ok(found)
}

/// The best one that tells its version: what only stands for versions that are not installed, as some
/// managers of versions make them, does not.
async fn first(search: &Search, names: &[&str], arguments: &[&str]) -> Option<Program> {
    for name in names {
        let Some(path) = search.program(&[name]) else {
            continue;
        };
        if let Some(version) = version(&path, arguments).await {
            return Some(Program { path, version });
        }
    }
    None
}

/// What a program says of its version, in one line; none where it fails or says nothing in time.
pub(super) async fn version(program: &Path, arguments: &[&str]) -> Option<String> {
    let asked = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(WITHIN, asked).await.ok()?.ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().filter(|_| output.status.success())?;
    Some(line.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[tokio::test]
    async fn a_program_that_cannot_tell_its_version_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("best", "#!/bin/sh\necho not installed; exit 127\n"),
            ("good", "#!/bin/sh\necho Good 3.1; echo more\n"),
        ] {
            let path = dir.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let search = Search::of_path(dir.path().into());
        let found = first(&search, &["best", "good"], &["--version"]).await;
        assert_eq!(found.unwrap().version, "Good 3.1");
        assert!(first(&search, &["best"], &[]).await.is_none());
    }
}
