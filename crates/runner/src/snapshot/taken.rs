//! One way from what was handed in to the copy, whatever it was: find, judge, copy, digest.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{
    Entry, SnapshotError, SubmissionLimits, hex, link,
    store::{Archive, ArchiveWriter},
    tree::Tree,
    walk::{self, Found},
};

/// A finished copy.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) digest: String,
    /// All files' content together.
    pub(super) bytes: u64,
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) archive: Archive,
}

impl Taken {
    pub(super) fn from(
        tree: &mut dyn Tree,
        limits: SubmissionLimits,
    ) -> Result<Self, SnapshotError> {
        let found = walk::find(tree, limits)?;
        link::check_all(&found)?;

        let mut writer = ArchiveWriter::create()?;
        let mut hash = Sha256::new();
        let mut entries = BTreeMap::new();
        let mut bytes = 0;
        for (path, found) in found {
            let entry = match found {
                Found::File => {
                    let content = tree.file(&path)?;
                    if content.length > limits.bytes - bytes {
                        return Err(SnapshotError::TooManyBytes {
                            entry: path,
                            limit: limits.bytes,
                        });
                    }
                    bytes += content.length;
                    let kind = if content.executable { b"x" } else { b"f" };
                    begin(&mut hash, kind, &path, content.length);
                    writer.file(&path, content, |part| hash.update(part))?
                }
                Found::Link { target } => {
                    begin(&mut hash, b"l", &path, target.len() as u64);
                    hash.update(&target);
                    writer.link(&path, &target)?
                }
            };
            entries.insert(path, entry);
        }
        Ok(Self {
            digest: format!("sha256:{}", hex(&hash.finalize())),
            bytes,
            entries,
            archive: writer.finish()?,
        })
    }
}

/// What the digest says of an entry before its content. Lengths stand before what they measure, so
/// that no two snapshots feed the hash the same bytes.
fn begin(hash: &mut Sha256, kind: &[u8], path: &str, length: u64) {
    hash.update(kind);
    hash.update((path.len() as u64).to_le_bytes());
    hash.update(path);
    hash.update(length.to_le_bytes());
}
