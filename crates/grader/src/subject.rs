use std::{fmt, io, path::Path};

use challenge_spec::Challenge;
use runner::{
    snapshot::{Snapshot, SnapshotError, Source, SubmissionLimits},
    temp,
};
use thiserror::Error;

use crate::patch::{self, PatchError};

/// Of a challenge's own files, which are ours.
const CHALLENGE_LIMITS: SubmissionLimits = SubmissionLimits {
    files: 100_000,
    bytes: 1 << 30,
};

/// Why a subject with a patch cannot be had.
#[derive(Debug, Error)]
pub enum PatchedError {
    /// Its files cannot be read.
    #[error("cannot read its files")]
    Snapshot(#[source] SnapshotError),
    /// The patch does not apply.
    #[error("cannot apply its patch")]
    Patch(#[source] PatchError),
    /// There is no place to make it in.
    #[error("cannot make a folder for it")]
    Folder(#[source] io::Error),
}

/// Something that a plan starts and uses.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What it stands for.
    pub kind: SubjectKind,
    /// Its files.
    pub snapshot: Snapshot,
}

impl Subject {
    /// Reads a folder, within the challenge's limits for a submission.
    pub fn of_folder(
        challenge: &Challenge,
        kind: SubjectKind,
        folder: &Path,
    ) -> Result<Self, SnapshotError> {
        let snapshot = Snapshot::of_folder(folder, limits(challenge))?;
        Ok(Self { kind, snapshot })
    }

    /// Reads whatever is handed in, within the challenge's limits for a submission.
    pub async fn of_source(
        challenge: &Challenge,
        kind: SubjectKind,
        source: &Source,
    ) -> Result<Self, SnapshotError> {
        let snapshot = Snapshot::of_source(source, limits(challenge)).await?;
        Ok(Self { kind, snapshot })
    }

    /// With the changes of the unified diff at this path.
    pub fn patched(&self, challenge: &Challenge, patch: &Path) -> Result<Self, PatchedError> {
        let copy = temp::folder().map_err(PatchedError::Folder)?;
        let files = copy.path().join("subject");
        let unpacked = self.snapshot.unpack_into(&files);
        unpacked.map_err(PatchedError::Snapshot)?;
        patch::apply(patch, &files).map_err(PatchedError::Patch)?;
        let patched = Self::of_folder(challenge, self.kind.clone(), &files);
        patched.map_err(PatchedError::Snapshot)
    }
}

pub(crate) fn limits(challenge: &Challenge) -> SubmissionLimits {
    let limits = &challenge.file.limits.submission;
    SubmissionLimits {
        files: limits.files.into(),
        bytes: limits.size.bytes(),
    }
}

/// A challenge's own files, for its digest. What is only said about it is left out: its certificate, and
/// the list of changes that no check need notice. Neither changes a grade.
pub fn challenge_files(challenge: &Challenge) -> Result<Snapshot, SnapshotError> {
    let without = ["certificate.json", "certificate.md", "mutants.yaml"];
    Snapshot::of_folder_without(&challenge.dir, CHALLENGE_LIMITS, &without)
}

/// What a subject stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    /// An empty folder: what earns points for it is not worth asking.
    Nothing,
    /// What a candidate begins from, by language.
    Starter(String),
    /// What earns every point, by language.
    Solution(String),
    /// A solution with one defect, by the defect's id.
    Defect(String),
    /// A solution with one small change that nobody chose, by its name.
    Mutant(String),
    /// What the submission's own tests are run against, by its name.
    Implementation(String),
    /// What was handed in.
    Submission,
}

impl fmt::Display for SubjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Starter(language) => write!(f, "starter:{language}"),
            Self::Solution(language) => write!(f, "solution:{language}"),
            Self::Defect(id) => write!(f, "defect:{id}"),
            Self::Mutant(name) => write!(f, "mutant:{name}"),
            Self::Implementation(name) => write!(f, "implementation:{name}"),
            Self::Submission => f.write_str("submission"),
        }
    }
}
