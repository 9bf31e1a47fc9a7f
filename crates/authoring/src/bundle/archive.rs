//! Writes a `.tar.gz` that depends on nothing but what is in it, and appears once it is whole.

use std::{
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use flate2::{Compression, GzBuilder, write::GzEncoder};
use runner::snapshot::Snapshot;
use tar::{EntryType, Header};
use tempfile::NamedTempFile;

use super::PackError;

pub(super) struct Archive {
    tar: tar::Builder<GzEncoder<NamedTempFile>>,
    top: String,
    out: PathBuf,
    paths: Vec<String>,
}

impl Archive {
    /// Of which all lies in the folder `top`.
    pub(super) fn begin(out: &Path, top: &str) -> Result<Self, PackError> {
        let beside = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let file = NamedTempFile::new_in(beside).map_err(|source| PackError::Write {
            path: out.to_owned(),
            source,
        })?;
        // Without a time or a name, so that the same files make the same bytes.
        let gz = GzBuilder::new().write(file, Compression::best());
        Ok(Self {
            tar: tar::Builder::new(gz),
            top: top.to_owned(),
            out: out.to_owned(),
            paths: Vec::new(),
        })
    }

    pub(super) fn text(&mut self, path: &str, text: &str) -> Result<(), PackError> {
        let mut header = header(text.len() as u64, 0o644);
        let added = self
            .tar
            .append_data(&mut header, self.placed(path), text.as_bytes());
        self.added(path, added)
    }

    /// What of a folder's files is wanted, below `folder`.
    pub(super) fn files(
        &mut self,
        files: &Snapshot,
        folder: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<(), PackError> {
        let mut tar = tar::Archive::new(files.tar());
        let entries = tar.entries().map_err(|source| self.broken(source))?;
        for entry in entries {
            let mut entry = entry.map_err(|source| self.broken(source))?;
            let path = entry.path().map_err(|source| self.broken(source))?;
            let path = path.to_string_lossy().into_owned();
            if !wanted(&path) {
                continue;
            }
            let there = format!("{folder}/{path}");
            match entry.header().entry_type() {
                EntryType::Regular => {
                    let mode = entry.header().mode().unwrap_or(0o644);
                    let mode = if mode & 0o100 == 0 { 0o644 } else { 0o755 };
                    self.file(&there, entry.size(), mode, &mut entry)?;
                }
                EntryType::Symlink => {
                    let target = entry
                        .link_name()
                        .map_err(|source| self.broken(source))?
                        .map(|target| target.to_string_lossy().into_owned())
                        .unwrap_or_default();
                    if !leads_to(&path, &target).is_some_and(|target| wanted(&target)) {
                        return Err(PackError::Link { link: path, target });
                    }
                    self.link(&there, &target)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn file(
        &mut self,
        path: &str,
        size: u64,
        mode: u32,
        content: &mut dyn Read,
    ) -> Result<(), PackError> {
        let mut header = header(size, mode);
        let added = self
            .tar
            .append_data(&mut header, self.placed(path), content);
        self.added(path, added)
    }

    fn link(&mut self, path: &str, target: &str) -> Result<(), PackError> {
        let mut header = header(0, 0o777);
        header.set_entry_type(EntryType::Symlink);
        let added = self.tar.append_link(&mut header, self.placed(path), target);
        self.added(path, added)
    }

    /// Makes the file appear; the paths that are in it.
    pub(super) fn finish(self) -> Result<Vec<String>, PackError> {
        let Self {
            tar, out, paths, ..
        } = self;
        let write = |source| PackError::Write {
            path: out.clone(),
            source,
        };
        let file = tar
            .into_inner()
            .and_then(GzEncoder::finish)
            .map_err(write)?;
        file.as_file().sync_all().map_err(write)?;
        open_to_all(file.path()).map_err(write)?;
        file.persist(&out).map_err(|error| write(error.error))?;
        Ok(paths)
    }

    fn placed(&self, path: &str) -> String {
        format!("{}/{path}", self.top)
    }

    fn added(&mut self, path: &str, added: io::Result<()>) -> Result<(), PackError> {
        added.map_err(|source| self.broken(source))?;
        self.paths.push(path.to_owned());
        Ok(())
    }

    fn broken(&self, source: io::Error) -> PackError {
        PackError::Write {
            path: self.out.clone(),
            source,
        }
    }
}

/// A temporary file is its owner's alone; what is handed out need not be.
fn open_to_all(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

fn header(size: u64, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(mode);
    header.set_mtime(0);
    header
}

/// The path that a link leads to, by what it says; none where that leaves the top.
fn leads_to(link: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = link.split('/').collect();
    parts.pop();
    for part in Path::new(target).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::leads_to;

    #[test]
    fn links_are_followed_by_what_they_say() {
        assert_eq!(leads_to("a/b/link", "../c"), Some("a/c".to_owned()));
        assert_eq!(leads_to("link", "./c/d"), Some("c/d".to_owned()));
        assert_eq!(leads_to("link", "../c"), None);
        assert_eq!(leads_to("a/link", "/c"), None);
    }
}
