//! An archive that was handed in.

mod bounded;
mod error;
mod extended;
mod format;
mod tarball;
mod zipped;

use std::{
    ffi::OsString,
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;
use rustix::fs::{Mode, OFlags};

pub use self::error::ArchiveError;
use self::{format::Format, tarball::Tarball, zipped::Zipped};
use super::{
    SnapshotError, SubmissionLimits,
    tree::{Content, Kind, Tree},
};

/// What an archive's name ends with, the longest first.
const ENDINGS: [&str; 4] = [".tar.gz", ".tgz", ".tar", ".zip"];

/// An archive of any kind.
pub(super) struct Packed {
    path: PathBuf,
    tree: Box<dyn Tree>,
}

impl Packed {
    /// Opens what is at a path, unless it is a folder.
    pub(super) fn open(
        path: &Path,
        limits: SubmissionLimits,
    ) -> Result<Option<Self>, SnapshotError> {
        let refused = |error: ArchiveError| SnapshotError::Archive {
            path: path.to_owned(),
            source: Box::new(error),
        };
        let file = match open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(SnapshotError::NothingThere {
                    path: path.to_owned(),
                });
            }
            Err(source) => return Err(refused(ArchiveError::Read { source })),
        };
        let metadata = file
            .metadata()
            .map_err(|source| refused(ArchiveError::Read { source }))?;
        if metadata.is_dir() {
            return Ok(None);
        }
        if !metadata.is_file() {
            return Err(refused(ArchiveError::NoFile));
        }
        Ok(Some(Self {
            path: path.to_owned(),
            tree: read(file, limits.looked_at()).map_err(refused)?,
        }))
    }

    /// The file's name without its ending.
    pub(super) fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let lower = name.to_ascii_lowercase();
        ENDINGS
            .iter()
            .find_map(|ending| Some(&name[..lower.strip_suffix(ending)?.len()]))
            .filter(|name| !name.is_empty())
            .unwrap_or(&name)
            .to_owned()
    }
}

impl Tree for Packed {
    fn list(&mut self, folder: &str) -> Result<Vec<(OsString, Kind)>, SnapshotError> {
        self.tree.list(folder)
    }

    fn link(&mut self, path: &str) -> Result<OsString, SnapshotError> {
        self.tree.link(path)
    }

    fn file(&mut self, path: &str) -> Result<Content<'_>, SnapshotError> {
        self.tree.file(path)
    }
}

/// Opens a file or folder without waiting for a pipe's other end.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

fn read(file: File, limits: SubmissionLimits) -> Result<Box<dyn Tree>, ArchiveError> {
    let format = Format::of(&file).map_err(|source| ArchiveError::Read { source })?;
    Ok(match format {
        Format::Tar => Box::new(Tarball::read(BufReader::new(file), limits)?),
        Format::TarGz => {
            let unpacked = MultiGzDecoder::new(BufReader::new(file));
            Box::new(Tarball::read(unpacked, limits)?)
        }
        Format::Zip => Box::new(Zipped::read(file, limits)?),
        Format::Other(kind) => return Err(ArchiveError::OtherFormat { kind }),
        Format::Unknown => return Err(ArchiveError::UnknownFormat),
    })
}
