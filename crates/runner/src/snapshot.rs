//! A read-only copy of a submission, with a digest.

/// A read-only copy of a submission's files, with a digest.
#[derive(Debug, Clone)]
pub struct Snapshot {
    name: String,
    digest: String,
    files: u64,
}

impl Snapshot {
    /// The folder's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Of all its files: `sha256:...`.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// How many files it has.
    pub fn files(&self) -> u64 {
        self.files
    }
}
