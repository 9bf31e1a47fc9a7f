//! A read-only copy of a submission, with a digest.
//!
//! What is handed in, be it a folder, an archive or a revision in git, is copied once, into a tar in
//! a file without a name, so that nothing is left behind when the process dies and nothing that
//! happens to the original later changes what is graded. The same files have the same digest however
//! they arrive. What `.gitignore` files in a folder or an archive leave out is left out, and so is
//! `.git`. Modes but for the executable bit, owners, times and the order of the disk are not kept;
//! folders without files are not kept either, as in git.

mod archive;
mod error;
mod folder;
mod git;
mod link;
mod members;
mod source;
mod store;
mod taken;
mod tree;
mod walk;

use std::{collections::BTreeMap, fmt, io, path::Path, sync::Arc};

pub(crate) use self::store::Archive;
pub use self::{
    archive::ArchiveError,
    error::SnapshotError,
    git::GitError,
    members::MemberError,
    source::{GitUrl, Source, SourceError},
};
use self::{
    archive::Packed, folder::Folder, git::Fetched, store::ArchiveReader, taken::Taken, tree::Tree,
};

/// How large a submission may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubmissionLimits {
    /// Files, links and folders together.
    pub files: u64,
    /// All files' content together, in bytes.
    pub bytes: u64,
}

/// An archive or a repository may hold this many times as much as is kept of it: what ignore rules
/// leave out, what lies beside the folder that was asked for.
const MORE_THAN_KEPT: u64 = 8;

impl SubmissionLimits {
    /// What may be looked at in order to find what is kept.
    fn looked_at(self) -> Self {
        Self {
            files: self.files.saturating_mul(MORE_THAN_KEPT),
            bytes: self.bytes.saturating_mul(MORE_THAN_KEPT),
        }
    }
}

/// A read-only copy of a submission, with a digest. Cheap to clone.
#[derive(Clone)]
pub struct Snapshot {
    name: String,
    commit: Option<String>,
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
    /// Copies a folder. Each of its files is read once; one that grows meanwhile is kept as long as
    /// it was when it was opened.
    ///
    /// # Errors
    /// When the folder is none or cannot be read, when it holds something that does not belong into
    /// a submission (a link that leaves it, a device, a name that is not UTF-8 or that collides
    /// with another on some file systems), and when it is larger than allowed.
    pub fn of_folder(path: &Path, limits: SubmissionLimits) -> Result<Self, SnapshotError> {
        let mut folder = Folder::open(path)?;
        Self::of_tree(folder.name(), None, &mut folder, limits)
    }

    /// As [`Snapshot::of_folder`], but what has one of these names at its top is left out.
    ///
    /// # Errors
    /// As [`Snapshot::of_folder`].
    pub fn of_folder_without(
        path: &Path,
        limits: SubmissionLimits,
        names: &[&str],
    ) -> Result<Self, SnapshotError> {
        let mut folder = Folder::open(path)?.without(names);
        Self::of_tree(folder.name(), None, &mut folder, limits)
    }

    /// Copies a folder, or an archive: `.tar`, `.tar.gz` or `.zip`, told apart by what is in it.
    ///
    /// # Errors
    /// As [`Snapshot::of_folder`]; when an archive is damaged, encrypted or of another kind, or has
    /// an entry that could be written somewhere else than it says.
    pub fn of_path(path: &Path, limits: SubmissionLimits) -> Result<Self, SnapshotError> {
        match Packed::open(path, limits)? {
            None => Self::of_folder(path, limits),
            Some(mut packed) => Self::of_tree(packed.name(), None, &mut packed, limits),
        }
    }

    /// Copies whatever is handed in. Nothing of a repository in git is run: its objects are fetched
    /// and read, and nothing is checked out. Dropped before its end, it leaves nothing behind.
    ///
    /// # Errors
    /// As [`Snapshot::of_path`]; when a repository cannot be reached, or lacks what was asked for.
    pub async fn of_source(
        source: &Source,
        limits: SubmissionLimits,
    ) -> Result<Self, SnapshotError> {
        match source {
            Source::Path(path) => {
                let path = path.clone();
                blocking(move || Self::of_path(&path, limits)).await
            }
            Source::Git(url) => {
                let fetched = Fetched::fetch(url, limits).await?;
                let name = url.name().to_owned();
                blocking(move || {
                    let mut revision = fetched.open(limits)?;
                    let commit = Some(revision.commit().to_owned());
                    Self::of_tree(name, commit, &mut revision, limits)
                })
                .await
            }
        }
    }

    fn of_tree(
        name: String,
        commit: Option<String>,
        tree: &mut dyn Tree,
        limits: SubmissionLimits,
    ) -> Result<Self, SnapshotError> {
        let taken = Taken::from(tree, limits)?;
        Ok(Self {
            name,
            commit,
            digest: taken.digest,
            bytes: taken.bytes,
            entries: Arc::new(taken.entries),
            archive: taken.archive,
        })
    }

    /// The folder's, archive's or repository's name, without what says how it is packed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The full id of the commit, where it comes from git.
    pub fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
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

    /// A part of it, as a tar of its own. `keep` is given each file's and link's path and permissions,
    /// and says those that it gets; none where it is left out.
    ///
    /// # Errors
    /// When the copy cannot be read or the other one not be written.
    pub(crate) fn part(
        &self,
        keep: impl Fn(&str, u32) -> Option<u32>,
    ) -> Result<Archive, SnapshotError> {
        self.archive.part(keep)
    }

    /// All of it, as [`Snapshot::part`] gives a part.
    pub(crate) fn whole(&self) -> Archive {
        self.archive.clone()
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

/// Reads files where that may take a while.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
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
