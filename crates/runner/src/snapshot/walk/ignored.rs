//! What a submission's own `.gitignore` files leave out.
//!
//! Patterns are the `ignore` crate's; the files are read here, because its own walk opens whatever
//! stands at `.gitignore`, be it an endless device.

use std::{
    fs::FileType,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::{SnapshotError, join, open, read_error};

/// No `.gitignore` written by a person is longer, in bytes.
const LONGEST: u64 = 256 * 1024;

/// The `.gitignore` files from the top to a folder.
#[derive(Debug, Clone)]
pub(super) struct Ignored {
    /// Deepest last.
    files: Vec<Arc<Gitignore>>,
}

impl Ignored {
    pub(super) fn nothing() -> Self {
        Self { files: Vec::new() }
    }

    /// With a folder's own file, if it has one. As in git, one that is a link counts for nothing.
    pub(super) fn within(mut self, folder: &Path, parent: &str) -> Result<Self, SnapshotError> {
        let entry = join(parent, ".gitignore");
        let read = || {
            let file = open(&folder.join(&entry))?;
            if !file.metadata()?.is_file() {
                return Ok(None);
            }
            let mut text = Vec::new();
            file.take(LONGEST + 1).read_to_end(&mut text)?;
            Ok(Some(text))
        };
        let text = match read() {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(self),
            Err(e) if is_no_file(&e) => return Ok(self),
            Err(e) => return Err(read_error(&entry, e)),
        };
        if text.len() as u64 > LONGEST {
            return Err(SnapshotError::IgnoreFileTooLarge {
                entry,
                limit: LONGEST,
            });
        }
        let mut builder = GitignoreBuilder::new(folder.join(parent));
        for line in String::from_utf8_lossy(&text).lines() {
            // Git passes over a pattern that it does not understand.
            let _ = builder.add_line(None, line);
        }
        if let Ok(patterns) = builder.build()
            && !patterns.is_empty()
        {
            self.files.push(Arc::new(patterns));
        }
        Ok(self)
    }

    /// The deepest file that says anything of a path decides.
    pub(super) fn leaves_out(&self, path: &Path, kind: FileType) -> bool {
        self.files
            .iter()
            .rev()
            .find_map(|file| match file.matched(path, kind.is_dir()) {
                Match::None => None,
                Match::Ignore(_) => Some(true),
                Match::Whitelist(_) => Some(false),
            })
            .unwrap_or(false)
    }
}

/// Nothing there, a link, or something that cannot be opened without a partner (a socket).
fn is_no_file(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
        || matches!(
            rustix::io::Errno::from_io_error(error),
            Some(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO)
        )
}
