//! A folder on a disk. All of it may be hostile: a `.gitignore` may be a pipe, a file may be swapped
//! for a link while it is looked at.

use std::{
    ffi::OsString,
    fs::{self, File, FileType},
    io::{self, Read},
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags};

use super::{
    SnapshotError,
    tree::{Content, Kind, Tree},
};

/// A folder on a disk.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Names at its top that are passed over.
    without: Vec<OsString>,
}

impl Folder {
    /// The folder itself may be given as a link.
    pub(super) fn open(path: &Path) -> Result<Self, SnapshotError> {
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
            Ok(Self {
                path: folder,
                without: Vec::new(),
            })
        } else {
            Err(SnapshotError::NotAFolder {
                path: path.to_owned(),
            })
        }
    }

    /// Passes over what has one of these names at its top.
    pub(super) fn without(mut self, names: &[&str]) -> Self {
        self.without = names.iter().map(OsString::from).collect();
        self
    }

    pub(super) fn name(&self) -> String {
        self.path
            .file_name()
            .map_or_else(|| "/".into(), |name| name.to_string_lossy())
            .into_owned()
    }
}

impl Tree for Folder {
    fn list(&mut self, folder: &str) -> Result<Vec<(OsString, Kind)>, SnapshotError> {
        let is_left_out = |name: &OsString| folder.is_empty() && self.without.contains(name);
        fs::read_dir(self.path.join(folder))
            .and_then(|entries| {
                entries
                    .map(|entry| entry.and_then(|e| Ok((e.file_name(), kind(e.file_type()?)))))
                    .filter(|entry| !entry.as_ref().is_ok_and(|(name, _)| is_left_out(name)))
                    .collect()
            })
            .map_err(|e| SnapshotError::read(if folder.is_empty() { "." } else { folder }, e))
    }

    fn link(&mut self, path: &str) -> Result<OsString, SnapshotError> {
        fs::read_link(self.path.join(path))
            .map(PathBuf::into_os_string)
            .map_err(|e| SnapshotError::read(path, e))
    }

    fn file(&mut self, path: &str) -> Result<Content<'_>, SnapshotError> {
        let file = open(&self.path.join(path)).map_err(|e| SnapshotError::read(path, e))?;
        let metadata = file.metadata().map_err(|e| SnapshotError::read(path, e))?;
        if let Kind::Other(kind) = kind(metadata.file_type()) {
            return Err(SnapshotError::Special {
                entry: path.to_owned(),
                kind,
            });
        }
        // What is written to it from now on is not read.
        let length = metadata.len();
        Ok(Content {
            reader: Box::new(file.take(length)),
            length,
            executable: metadata.permissions().mode() & 0o100 != 0,
        })
    }
}

/// Opens what should be a file, neither following a link nor waiting for a pipe's other end.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

fn kind(kind: FileType) -> Kind {
    if kind.is_dir() {
        Kind::Folder
    } else if kind.is_file() {
        Kind::File
    } else if kind.is_symlink() {
        Kind::Link
    } else if kind.is_fifo() {
        Kind::Other("a named pipe")
    } else if kind.is_socket() {
        Kind::Other("a socket")
    } else if kind.is_char_device() || kind.is_block_device() {
        Kind::Other("a device")
    } else {
        Kind::Other("of an unknown kind")
    }
}
