//! Where programs are looked for.

use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// Where packages of servers put what is not on the path: each version in a folder of its own.
const SERVERS: [(&str, &str); 3] = [
    ("/usr/lib/postgresql", "bin"),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
];

/// Folders that programs are looked for in.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    path: OsString,
    /// Each holds folders of versions, which hold a folder of programs of this name.
    servers: Vec<(PathBuf, &'static str)>,
}

impl Search {
    /// The path of our own environment, and where servers usually are.
    pub(super) fn of_environment() -> Self {
        Self {
            path: env::var_os("PATH").unwrap_or_default(),
            servers: SERVERS.map(|(top, bin)| (top.into(), bin)).to_vec(),
        }
    }

    /// A path and nothing beside it.
    pub(super) fn of_path(path: OsString) -> Self {
        Self {
            path,
            servers: Vec::new(),
        }
    }

    /// As `PATH`.
    pub(super) fn path(&self) -> &OsString {
        &self.path
    }

    /// The first program that has one of these names, the names in their order.
    pub(super) fn program(&self, names: &[&str]) -> Option<PathBuf> {
        let folders: Vec<_> = self.folders().collect();
        let of_name = |name: &&str| {
            let mut paths = folders.iter().map(|folder| folder.join(name));
            paths.find(|path| is_program(path))
        };
        names.iter().find_map(of_name)
    }

    /// The folders that hold all of these programs, each once by what it truly is.
    pub(super) fn together(&self, names: &[&str]) -> Vec<PathBuf> {
        let versions = self.servers.iter().flat_map(|(top, bin)| {
            let entries = fs::read_dir(top).into_iter().flatten().flatten();
            entries.map(move |entry| entry.path().join(bin))
        });
        let mut found: Vec<PathBuf> = Vec::new();
        for folder in self.folders().chain(versions) {
            let has_all = names.iter().all(|name| is_program(&folder.join(name)));
            if has_all && !found.contains(&folder) {
                found.push(folder);
            }
        }
        found
    }

    /// Of the path. An empty or relative part of it means the current folder, which may hold anything.
    pub(super) fn folders(&self) -> impl Iterator<Item = PathBuf> {
        env::split_paths(&self.path).filter(|folder| folder.is_absolute())
    }
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(folder: &Path, name: &str, mode: u32) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join(name), "").unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_best_name_wins_and_what_is_no_program_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("one"), dir.path().join("two"));
        program(&one, "python3", 0o755);
        program(&one, "python3.13", 0o644);
        program(&two, "python3.13", 0o755);
        let search = Search::of_path(env::join_paths([&one, &two]).unwrap());
        let names = ["python3.13", "python3"];
        assert_eq!(search.program(&names), Some(two.join("python3.13")));
        assert_eq!(search.program(&["python3"]), Some(one.join("python3")));
        assert_eq!(search.program(&["python"]), None);
        assert_eq!(Search::of_path(OsString::new()).program(&names), None);
    }

    #[test]
    fn programs_that_belong_together_are_found_in_one_folder_and_in_versions() {
        let dir = tempfile::tempdir().unwrap();
        let (half, whole) = (dir.path().join("half"), dir.path().join("pg/16/bin"));
        program(&half, "initdb", 0o755);
        program(&whole, "initdb", 0o755);
        program(&whole, "psql", 0o755);
        let search = Search {
            path: half.clone().into_os_string(),
            servers: vec![(dir.path().join("pg"), "bin")],
        };
        assert_eq!(search.together(&["initdb", "psql"]), [whole]);
    }
}
