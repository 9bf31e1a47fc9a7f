//! A read-only copy of a submission, with a digest.
//!
//! A folder is copied once, into a tar in a file without a name, so that nothing is left behind
//! when the process dies and nothing that happens to the folder later changes what is graded.
//! What the folder's own `.gitignore` files leave out is left out, and so is `.git`. Modes, owners,
//! times and the order of the disk are not kept; folders without files are not kept either, as in
//! git.

mod archive;
mod error;
mod link;
mod walk;

use std::{collections::BTreeMap, fmt, io, path::Path, sync::Arc};

use bytes::Bytes;
use futures_util::Stream;
use sha2::{Digest, Sha256};

pub use self::error::SnapshotError;
use self::{
    archive::{Archive, ArchiveReader, ArchiveWriter},
    walk::Found,
};

/// How large a submission may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmissionLimits {
    /// Files, links and folders together.
    pub files: u64,
    /// All files' content together, in bytes.
    pub bytes: u64,
}

/// A read-only copy of a folder, with a digest. Cheap to clone.
#[derive(Clone)]
pub struct Snapshot {
    name: String,
    digest: String,
    bytes: u64,
    entries: Arc<BTreeMap<String, Entry>>,
    archive: Archive,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    File { offset: u64, length: u64 },
    Link { target: String },
}

impl Snapshot {
    /// Copies a folder. Each of its files is read once; one that changes meanwhile is kept as it
    /// was read.
    ///
    /// # Errors
    /// When the folder is none or cannot be read, when it holds something that does not belong into
    /// a submission (a link that leaves it, a device, a name that is not UTF-8 or that collides
    /// with another on some file systems), and when it is larger than allowed.
    pub fn of_folder(path: &Path, limits: SubmissionLimits) -> Result<Self, SnapshotError> {
        let folder = walk::resolve_folder(path)?;
        let found = walk::find(&folder, limits)?;
        link::check_all(&found)?;

        let mut writer = ArchiveWriter::create()?;
        let mut hash = Sha256::new();
        let mut entries = BTreeMap::new();
        let mut bytes = 0;
        for (path, found) in &found {
            let entry = match found {
                Found::File => {
                    let file = walk::read_file(&folder, path, limits, bytes)?;
                    bytes += file.content.len() as u64;
                    let kind: &[u8] = if file.executable { b"x" } else { b"f" };
                    add_to_digest(&mut hash, kind, path, &file.content);
                    writer.file(path, &file.content, file.executable)?
                }
                Found::Link { target } => {
                    add_to_digest(&mut hash, b"l", path, target.as_bytes());
                    writer.link(path, target)?
                }
            };
            entries.insert(path.clone(), entry);
        }
        Ok(Self {
            name: folder
                .file_name()
                .map_or_else(|| "/".into(), |name| name.to_string_lossy())
                .into_owned(),
            digest: format!("sha256:{}", hex(&hash.finalize())),
            bytes,
            entries: Arc::new(entries),
            archive: writer.finish()?,
        })
    }

    /// The folder's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Of all its files: `sha256:...`, over each path, kind and content in the order of the paths.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// How many files and links it has.
    pub fn files(&self) -> u64 {
        self.entries.len() as u64
    }

    /// How many bytes its files have together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The paths of its files and links, in order, with `/` between folders.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The content of the file at a path, through links; none where there is no file.
    ///
    /// # Errors
    /// When the copy cannot be read.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        let target = |path: &str| match self.entries.get(path) {
            Some(Entry::Link { target }) => Some(target.as_str()),
            _ => None,
        };
        let Some(path) = link::resolve(path, target) else {
            return Ok(None);
        };
        match self.entries.get(&path) {
            Some(Entry::File { offset, length }) => self.archive.read(*offset, *length).map(Some),
            _ => Ok(None),
        }
    }

    /// All of it as a tar, from its beginning.
    pub fn tar(&self) -> impl io::Read + use<> {
        self.archive.reader()
    }

    /// All of it as a tar, for a request's body.
    pub fn tar_stream(
        &self,
    ) -> impl Stream<Item = Result<Bytes, io::Error>> + Send + 'static + use<> {
        self.archive.stream()
    }

    /// Writes all of it into a folder that is there already.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn unpack_into(&self, folder: &Path) -> Result<(), SnapshotError> {
        let mut tar = tar::Archive::new(ArchiveReader::clone_of(&self.archive));
        tar.set_preserve_permissions(true);
        tar.unpack(folder).map_err(|source| SnapshotError::Unpack {
            folder: folder.to_owned(),
            source,
        })
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("name", &self.name)
            .field("digest", &self.digest)
            .field("files", &self.files())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// Lengths stand before what they measure, so that no two snapshots feed the hash the same bytes.
fn add_to_digest(hash: &mut Sha256, kind: &[u8], path: &str, content: &[u8]) {
    hash.update(kind);
    for part in [path.as_bytes(), content] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
