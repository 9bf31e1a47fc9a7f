//! What a submission's own `.gitignore` files leave out.
//!
//! Patterns are the `ignore` crate's; the files are read here, because its own walk opens whatever
//! stands at `.gitignore`, be it an endless device, and knows nothing but folders.

use std::{
    ffi::{OsStr, OsString},
    io::Read,
    path::Path,
    sync::Arc,
};

use ignore::{
    Match,
    gitignore::{Gitignore, GitignoreBuilder},
};

use super::{Kind, SnapshotError, Tree, join};

const NAME: &str = ".gitignore";

/// No `.gitignore` written by a person is longer, in bytes.
const LONGEST: u64 = 256 * 1024;

/// All of a submission's together, in bytes: every one is held against all names below it.
pub(super) const MOST: u64 = 1024 * 1024;

/// Whether a folder has such a file. As in git, one that is a link counts for nothing.
pub(super) fn is_in(list: &[(OsString, Kind)]) -> bool {
    list.iter()
        .any(|(name, kind)| name == NAME && *kind == Kind::File)
}

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

    /// With a folder's own file, which takes from what is left for all of them.
    pub(super) fn within(
        mut self,
        tree: &mut dyn Tree,
        parent: &str,
        left: &mut u64,
    ) -> Result<Self, SnapshotError> {
        let entry = join(parent, NAME);
        let mut text = Vec::new();
        let content = tree.file(&entry)?;
        content
            .reader
            .take(LONGEST + 1)
            .read_to_end(&mut text)
            .map_err(|e| SnapshotError::read(&entry, e))?;
        if text.len() as u64 > LONGEST {
            return Err(SnapshotError::IgnoreFileTooLarge {
                entry,
                limit: LONGEST,
            });
        }
        let rest = left.checked_sub(text.len() as u64);
        *left = rest.ok_or(SnapshotError::TooManyIgnoreRules { entry, limit: MOST })?;
        let mut builder = GitignoreBuilder::new(Path::new("/").join(parent));
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
    pub(super) fn leaves_out(&self, parent: &str, name: &OsStr, kind: Kind) -> bool {
        if self.files.is_empty() {
            return false;
        }
        // Patterns are held against paths below a made-up root.
        let path = Path::new("/").join(parent).join(name);
        self.files
            .iter()
            .rev()
            .find_map(|file| match file.matched(&path, kind == Kind::Folder) {
                Match::None => None,
                Match::Ignore(_) => Some(true),
                Match::Whitelist(_) => Some(false),
            })
            .unwrap_or(false)
    }
}
