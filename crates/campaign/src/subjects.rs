//! The subjects that a challenge is proven with.

use std::{
    io,
    path::{Path, PathBuf},
};

use challenge_spec::{Challenge, model::Defect};
use grader::{PatchError, PatchedError, Subject, SubjectKind};
use runner::{snapshot::SnapshotError, temp};
use tempfile::TempDir;
use thiserror::Error;

/// Why a subject cannot be had.
#[derive(Debug, Error)]
pub enum SubjectError {
    /// Its files cannot be read.
    #[error("cannot read the files of {subject}")]
    Snapshot {
        /// Which.
        subject: SubjectKind,
        /// Why.
        #[source]
        source: SnapshotError,
    },
    /// Its defect cannot be made.
    #[error("cannot make {subject}")]
    Patch {
        /// Which.
        subject: SubjectKind,
        /// Why.
        #[source]
        source: PatchError,
    },
    /// There is no place to make it in.
    #[error("cannot make a folder for {subject}")]
    Folder {
        /// Which.
        subject: SubjectKind,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Two defects change a solution into the same files.
    #[error("the defects `{first}` and `{second}` make the same files")]
    Alike {
        /// One.
        first: String,
        /// The other.
        second: String,
    },
}

/// Nothing, the starters, the solutions, the defects: in this order.
pub fn subjects(challenge: &Challenge) -> Result<Vec<Subject>, SubjectError> {
    let file = &challenge.file;
    let mut subjects = vec![nothing(challenge)?];
    for (language, folder) in &file.starters {
        let kind = SubjectKind::Starter(language.clone());
        subjects.push(of_folder(challenge, kind, &challenge.dir.join(folder))?);
    }
    for (language, folder) in &file.solutions {
        let kind = SubjectKind::Solution(language.clone());
        subjects.push(of_folder(challenge, kind, &challenge.dir.join(folder))?);
    }
    let mut defects: Vec<Subject> = Vec::new();
    for defect in &file.defects {
        let made = of_defect(challenge, defect)?;
        let twin = defects
            .iter()
            .find(|other| other.snapshot.digest() == made.snapshot.digest());
        if let Some(SubjectKind::Defect(first)) = twin.map(|other| &other.kind) {
            return Err(SubjectError::Alike {
                first: first.clone(),
                second: defect.id.clone(),
            });
        }
        defects.push(made);
    }
    subjects.extend(defects);
    Ok(subjects)
}

/// One of them; none where the challenge has no such.
pub fn subject(challenge: &Challenge, kind: &SubjectKind) -> Result<Option<Subject>, SubjectError> {
    let folder = match kind {
        SubjectKind::Nothing => return nothing(challenge).map(Some),
        SubjectKind::Starter(language) => challenge.starter(language),
        SubjectKind::Solution(language) => challenge.solution(language),
        SubjectKind::Defect(id) => {
            let defect = challenge.defect(id);
            return defect
                .map(|defect| of_defect(challenge, defect))
                .transpose();
        }
        // What was handed in, a change that nobody wrote down, and what only tests are run against.
        SubjectKind::Submission | SubjectKind::Mutant(_) | SubjectKind::Implementation(_) => None,
    };
    folder
        .map(|folder| of_folder(challenge, kind.clone(), &folder))
        .transpose()
}

fn nothing(challenge: &Challenge) -> Result<Subject, SubjectError> {
    let folder = folder(&SubjectKind::Nothing)?;
    of_folder(challenge, SubjectKind::Nothing, folder.path())
}

fn of_defect(challenge: &Challenge, defect: &Defect) -> Result<Subject, SubjectError> {
    let kind = SubjectKind::Defect(defect.id.clone());
    // A validated challenge names a solution that it has.
    let solution = challenge
        .file
        .solutions
        .get(&defect.of)
        .map(|folder| challenge.dir.join(folder))
        .unwrap_or_default();
    let solution = of_folder(challenge, kind.clone(), &solution)?;
    let patched = solution.patched(challenge, &challenge.dir.join(&defect.patch));
    patched.map_err(|error| {
        let subject = kind;
        match error {
            PatchedError::Snapshot(source) => SubjectError::Snapshot { subject, source },
            PatchedError::Patch(source) => SubjectError::Patch { subject, source },
            PatchedError::Folder(source) => SubjectError::Folder { subject, source },
        }
    })
}

/// A solution with a change to its files.
pub(crate) fn changed(
    challenge: &Challenge,
    solution: &Subject,
    kind: SubjectKind,
    change: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<Subject, SubjectError> {
    let (copy, target) = unpacked(solution, &kind)?;
    change(&target).map_err(|source| SubjectError::Folder {
        subject: kind.clone(),
        source,
    })?;
    let subject = of_folder(challenge, kind, &target);
    drop(copy);
    subject
}

/// A copy of a solution's files, and the folder that it goes with.
fn unpacked(solution: &Subject, kind: &SubjectKind) -> Result<(TempDir, PathBuf), SubjectError> {
    let copy = folder(kind)?;
    let target = copy.path().join("subject");
    let unpacked = solution.snapshot.unpack_into(&target);
    unpacked.map_err(|source| SubjectError::Snapshot {
        subject: kind.clone(),
        source,
    })?;
    Ok((copy, target))
}

pub(crate) fn of_folder(
    challenge: &Challenge,
    kind: SubjectKind,
    folder: &Path,
) -> Result<Subject, SubjectError> {
    Subject::of_folder(challenge, kind.clone(), folder).map_err(|source| SubjectError::Snapshot {
        subject: kind,
        source,
    })
}

fn folder(kind: &SubjectKind) -> Result<TempDir, SubjectError> {
    temp::folder().map_err(|source| SubjectError::Folder {
        subject: kind.clone(),
        source,
    })
}
