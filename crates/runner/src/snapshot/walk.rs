//! Finds and reads what belongs to a submission. All of it may be hostile: a `.gitignore` may be a
//! pipe, a file may be swapped for a link while it is looked at.

mod ignored;
mod names;

use std::{
    collections::BTreeMap,
    fs::{self, File, FileType},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags};

use self::{ignored::Ignored, names::Names};
use super::{SnapshotError, SubmissionLimits};

/// What is kept at a path.
#[derive(Debug)]
pub(super) enum Found {
    File,
    Link { target: String },
}

/// A file's content and what is kept of its mode.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) content: Vec<u8>,
    pub(super) executable: bool,
}

/// The folder itself may be given as a link.
pub(super) fn resolve_folder(path: &Path) -> Result<PathBuf, SnapshotError> {
    let folder = match path.canonicalize() {
        Ok(folder) => folder,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(SnapshotError::NoSuchFolder {
                path: path.to_owned(),
            });
        }
        Err(source) => {
            return Err(SnapshotError::ReadFolder {
                path: path.to_owned(),
                source,
            });
        }
    };
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err(SnapshotError::NotAFolder {
            path: path.to_owned(),
        })
    }
}

/// All files and links by path, with `/` between folders.
pub(super) fn find(
    folder: &Path,
    limits: SubmissionLimits,
) -> Result<BTreeMap<String, Found>, SnapshotError> {
    let mut found = BTreeMap::new();
    let mut seen = 0;
    let mut ahead = vec![(String::new(), Ignored::nothing())];
    while let Some((parent, above)) = ahead.pop() {
        let ignored = above.within(folder, &parent)?;
        let mut names = Names::default();
        for (name, kind) in list(folder, &parent)? {
            let entry = join(&parent, &name.to_string_lossy());
            if name == ".git" || ignored.leaves_out(&folder.join(&parent).join(&name), kind) {
                continue;
            }
            let Some(name) = name.to_str() else {
                return Err(SnapshotError::NameNotUtf8 { entry });
            };
            names.add(&parent, name)?;
            seen += 1;
            if seen > limits.files {
                return Err(SnapshotError::TooManyFiles {
                    limit: limits.files,
                });
            }
            if kind.is_dir() {
                ahead.push((entry, ignored.clone()));
            } else if kind.is_file() {
                found.insert(entry, Found::File);
            } else if kind.is_symlink() {
                let target = read_link(folder, &entry)?;
                found.insert(entry, Found::Link { target });
            } else {
                return Err(special(entry, kind));
            }
        }
    }
    Ok(found)
}

/// Reads one file, up to what the limit leaves after `before` bytes of others.
pub(super) fn read_file(
    folder: &Path,
    entry: &str,
    limits: SubmissionLimits,
    before: u64,
) -> Result<Content, SnapshotError> {
    let read = || {
        let file = open(&folder.join(entry))?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(Err(special(entry.to_owned(), metadata.file_type())));
        }
        let left = limits.bytes.saturating_sub(before);
        let mut content = Vec::new();
        file.take(left.saturating_add(1))
            .read_to_end(&mut content)?;
        if content.len() as u64 > left {
            return Ok(Err(SnapshotError::TooManyBytes {
                entry: entry.to_owned(),
                limit: limits.bytes,
            }));
        }
        Ok(Ok(Content {
            content,
            executable: metadata.permissions().mode() & 0o100 != 0,
        }))
    };
    read().map_err(|source| read_error(entry, source))?
}

/// Opens what should be a file, neither following a link nor waiting for a pipe's other end.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

/// A folder's entries.
fn list(folder: &Path, parent: &str) -> Result<Vec<(std::ffi::OsString, FileType)>, SnapshotError> {
    fs::read_dir(folder.join(parent))
        .and_then(|entries| {
            entries
                .map(|entry| entry.and_then(|e| Ok((e.file_name(), e.file_type()?))))
                .collect()
        })
        .map_err(|source| read_error(if parent.is_empty() { "." } else { parent }, source))
}

fn read_link(folder: &Path, entry: &str) -> Result<String, SnapshotError> {
    let target = fs::read_link(folder.join(entry)).map_err(|e| read_error(entry, e))?;
    target
        .into_os_string()
        .into_string()
        .map_err(|target| SnapshotError::NameNotUtf8 {
            entry: format!("{entry} -> {}", target.to_string_lossy()),
        })
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}/{name}")
    }
}

fn special(entry: String, kind: FileType) -> SnapshotError {
    let kind = if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_char_device() || kind.is_block_device() {
        "a device"
    } else {
        "of an unknown kind"
    };
    SnapshotError::Special { entry, kind }
}

fn read_error(entry: &str, source: io::Error) -> SnapshotError {
    SnapshotError::ReadEntry {
        entry: entry.to_owned(),
        source,
    }
}
