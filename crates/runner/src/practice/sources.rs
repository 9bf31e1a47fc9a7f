//! A submission's own sources in one language, as they are handed to tools.

use std::collections::BTreeMap;

use super::language::Language;
use crate::snapshot::{Snapshot, SnapshotError};

/// A file larger than this was not written by hand.
const MOST_OF_ONE: usize = 512 * 1024;
const MOST_OF_ALL: u64 = 16 * 1024 * 1024;
const MOST_FILES: u64 = 2000;
/// The user that tools run as.
pub(crate) const USER: u64 = 65534;

/// Some sources in one language.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Which.
    pub language: &'static Language,
    /// How many files.
    pub files: u64,
    /// How many lines they have together.
    pub lines: u64,
    /// How many more there are that are too large, too many, or of a name that cannot be told in one line.
    pub left_out: u64,
    pub(crate) tar: Vec<u8>,
}

impl Sources {
    /// Those of a language or, without, of the one that most lines are in; none where there are none.
    ///
    /// # Errors
    /// When the snapshot cannot be read.
    pub fn of(
        snapshot: &Snapshot,
        language: Option<&'static Language>,
    ) -> Result<Option<Self>, SnapshotError> {
        let mut packers: BTreeMap<&str, Packer> = BTreeMap::new();
        for path in snapshot.paths() {
            let found = match language {
                Some(language) => language.has_source(path).then_some(language),
                None => Language::of_path(path),
            };
            if let Some(language) = found {
                let packer = packers.entry(language.name);
                let packer = packer.or_insert_with(|| Packer::of(language));
                packer.take(snapshot, path, true)?;
            }
        }
        let most = packers.into_values().max_by_key(|packer| packer.lines);
        let Some(mut packer) = most.filter(|packer| packer.files > 0) else {
            return Ok(None);
        };
        for path in snapshot.paths() {
            if packer.language.wants_beside(path) {
                packer.take(snapshot, path, false)?;
            }
        }
        Ok(Some(packer.finish()))
    }
}

struct Packer {
    language: &'static Language,
    files: u64,
    lines: u64,
    left_out: u64,
    bytes: u64,
    tar: tar::Builder<Vec<u8>>,
}

impl Packer {
    fn of(language: &'static Language) -> Self {
        Self {
            language,
            files: 0,
            lines: 0,
            left_out: 0,
            bytes: 0,
            tar: tar::Builder::new(Vec::new()),
        }
    }

    fn take(&mut self, snapshot: &Snapshot, path: &str, counts: bool) -> Result<(), SnapshotError> {
        let Some(content) = snapshot.read(path)? else {
            return Ok(());
        };
        let size = content.len() as u64;
        let fits = content.len() <= MOST_OF_ONE
            && self.bytes + size <= MOST_OF_ALL
            && self.files < MOST_FILES
            && !path.chars().any(char::is_control);
        let mut header = tar::Header::new_gnu();
        header.set_uid(USER);
        header.set_gid(USER);
        header.set_mode(0o644);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(size);
        let packed = fits && {
            let packed = self.tar.append_data(&mut header, path, content.as_slice());
            packed.is_ok()
        };
        if packed {
            self.bytes += size;
        }
        if counts && packed {
            self.files += 1;
            self.lines += lines(&content);
        } else if counts {
            self.left_out += 1;
        }
        Ok(())
    }

    fn finish(self) -> Sources {
        Sources {
            language: self.language,
            files: self.files,
            lines: self.lines,
            left_out: self.left_out,
            tar: self
                .tar
                .into_inner()
                .expect("writing into memory does not fail"),
        }
    }
}

fn lines(content: &[u8]) -> u64 {
    let whole = content.strip_suffix(b"\n").unwrap_or(content);
    match content {
        [] => 0,
        _ => whole.split(|byte| *byte == b'\n').count() as u64,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::snapshot::SubmissionLimits;

    fn snapshot(files: &[(&str, &str)]) -> Snapshot {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let limits = SubmissionLimits {
            files: 100,
            bytes: 64 * 1024 * 1024,
        };
        Snapshot::of_folder(folder.path(), limits).unwrap()
    }

    fn names(sources: &Sources) -> Vec<String> {
        let mut archive = tar::Archive::new(sources.tar.as_slice());
        let entries = archive.entries().unwrap();
        let path = |entry: tar::Entry<'_, _>| entry.path().unwrap().display().to_string();
        entries.map(|entry| path(entry.unwrap())).collect()
    }

    #[test]
    fn the_language_is_the_one_of_the_runtime_or_of_most_lines() {
        let snapshot = snapshot(&[
            ("a.go", "package a\n\n"),
            ("go.mod", "module a"),
            (".golangci.yml", "x"),
            ("b.py", "x"),
        ]);
        let most = Sources::of(&snapshot, None).unwrap().unwrap();
        assert_eq!((most.language.name, most.files, most.lines), ("go", 1, 2));
        assert_eq!(names(&most), ["a.go", "go.mod"]);
        let python = Language::of_runtime("python-3.13");
        let asked = Sources::of(&snapshot, python).unwrap().unwrap();
        assert_eq!((asked.files, asked.lines), (1, 1));
        let ruby = Language::of_runtime("ruby-3.3");
        assert!(Sources::of(&snapshot, ruby).unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_looked_at_is_counted() {
        let large = "x = 1\n".repeat(100_000);
        let snapshot = snapshot(&[("a.py", "x"), ("a\nb.py", "x"), ("large.py", &large)]);
        let sources = Sources::of(&snapshot, None).unwrap().unwrap();
        assert_eq!((sources.files, sources.left_out), (1, 2));
        assert_eq!(names(&sources), ["a.py"]);
    }
}
