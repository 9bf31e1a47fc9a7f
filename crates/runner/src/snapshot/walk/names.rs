//! Names that are two here and one elsewhere.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::{SnapshotError, join};

/// The names in one folder.
#[derive(Debug, Default)]
pub(super) struct Names {
    by_folded: BTreeMap<String, String>,
}

impl Names {
    /// Refuses a name that another one of the folder is without regard to case and Unicode form.
    pub(super) fn add(&mut self, parent: &str, name: &str) -> Result<(), SnapshotError> {
        // Lower case can come out decomposed, so composing comes last.
        let folded = name.to_lowercase().nfc().collect();
        match self.by_folded.insert(folded, name.to_owned()) {
            None => Ok(()),
            Some(other) => {
                let (first, second) = if *other < *name {
                    (other.as_str(), name)
                } else {
                    (name, other.as_str())
                };
                Err(SnapshotError::NamesCollide {
                    first: join(parent, first),
                    second: join(parent, second),
                })
            }
        }
    }
}
