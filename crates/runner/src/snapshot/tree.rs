//! What a submission is read from: a folder, an archive, a revision. All give what they hold the
//! same way, so that one set of rules judges it and one writer copies it.

use std::{ffi::OsString, fmt, io::Read};

use super::SnapshotError;

/// What stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    File,
    Link,
    /// `a named pipe`, `a device` ...
    Other(&'static str),
}

/// A file's content and what is kept of its mode.
pub(super) struct Content<'a> {
    /// Gives `length` bytes, or fails.
    pub(super) reader: Box<dyn Read + 'a>,
    /// In bytes.
    pub(super) length: u64,
    pub(super) executable: bool,
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("length", &self.length)
            .field("executable", &self.executable)
            .finish_non_exhaustive()
    }
}

/// Paths have `/` between folders; the top folder's is empty.
pub(super) trait Tree {
    /// The names in a folder, in any order.
    fn list(&mut self, folder: &str) -> Result<Vec<(OsString, Kind)>, SnapshotError>;

    /// What a link says.
    fn link(&mut self, path: &str) -> Result<OsString, SnapshotError>;

    /// Opens a file.
    fn file(&mut self, path: &str) -> Result<Content<'_>, SnapshotError>;

    /// Whether what its own `.gitignore` files name is left out.
    fn obeys_ignore_files(&self) -> bool {
        true
    }
}

/// A path of a name in a folder.
pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}
