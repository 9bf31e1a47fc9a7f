//! What grades rest on.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use challenge_spec::{Challenge, model::ChallengeFile};
use grader::{Subject, challenge_files};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{VerifyError, stability::is_repeated, subjects};

/// What grades of some subjects rest on; other subjects, starters and the brief are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grounds {
    /// SHA-256 of the checks and all that they need.
    pub checks: String,
    /// Digests of the subjects' files, by their names: `solution:go`, `defect:no-index`.
    pub subjects: BTreeMap<String, String>,
}

impl Grounds {
    /// Whether these are grounds of some of the same subjects, unchanged, and of the same checks.
    pub fn hold(&self, of: &Self) -> bool {
        let mut subjects = of.subjects.iter();
        of.checks == self.checks
            && subjects.all(|(name, digest)| self.subjects.get(name) == Some(digest))
    }

    /// Of those subjects only.
    #[must_use]
    pub fn only(mut self, of: &[String]) -> Self {
        self.subjects.retain(|name, _| of.contains(name));
        self
    }

    /// Of a challenge as it is: its solutions and its defects.
    ///
    /// # Errors
    /// When files of the challenge cannot be read, or a patch does not apply.
    pub fn of(challenge: &Challenge) -> Result<Self, VerifyError> {
        let mut all = subjects(challenge)?;
        all.retain(is_repeated);
        let digest = |subject: &Subject| {
            let name = subject.kind.to_string();
            (name, subject.snapshot.digest().to_owned())
        };
        Ok(Self {
            checks: checks(challenge)?,
            subjects: all.iter().map(digest).collect(),
        })
    }

    /// SHA-256 of what any grade by a challenge rests on, beside its subject's own files: the checks, all that
    /// they need, and whom they may compare with. What defects must lose, what starters must earn and the brief
    /// are left out: nobody is graded otherwise for them.
    ///
    /// # Errors
    /// When files of the challenge cannot be read.
    pub fn of_any_grade(challenge: &Challenge) -> Result<String, VerifyError> {
        let patches = challenge.file.defects.iter().map(|defect| &defect.patch);
        // Which folder is whose counts too: a check names another by its language.
        digest(challenge, challenge.file.clone(), patches)
    }
}

/// SHA-256 of the checks and all that they need.
fn checks(challenge: &Challenge) -> Result<String, VerifyError> {
    let file = &challenge.file;
    let folders = file.solutions.values().chain(file.starters.values());
    let patches = file.defects.iter().map(|defect| &defect.patch);
    let mut alone = file.clone();
    alone.solutions.clear();
    alone.starters.clear();
    digest(challenge, alone, folders.chain(patches))
}

/// Of this of what challenge.yaml says, and of the challenge's files without some.
fn digest<'a>(
    challenge: &Challenge,
    mut file: ChallengeFile,
    without: impl Iterator<Item = &'a PathBuf>,
) -> Result<String, VerifyError> {
    let mut other: Vec<_> = without.cloned().collect();
    other.extend([
        file.brief.clone(),
        "challenge.yaml".into(),
        "private.yaml".into(),
    ]);
    file.starters_earn.clear();
    file.defects.clear();
    let mut hash = Sha256::new();
    let mut take = |name: &str, bytes: &[u8]| {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    let spec = serde_json::to_vec(&file).unwrap_or_default();
    take("challenge.yaml", &spec);
    let files = challenge_files(challenge).map_err(VerifyError::Files)?;
    for path in files.paths() {
        if other.iter().any(|other| Path::new(path).starts_with(other)) {
            continue;
        }
        let bytes = files.read(path).map_err(VerifyError::Files)?;
        take(path, &bytes.unwrap_or_default());
    }
    let digest = hash.finalize();
    Ok(digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

#[cfg(test)]
mod tests {
    use challenge_spec::Skills;

    use super::*;

    #[test]
    fn whose_a_folder_is_counts_and_what_a_defect_loses_does_not() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../challenges/slow-query");
        let challenge = Challenge::load(&dir, &Skills::embedded()).unwrap();
        let now = Grounds::of_any_grade(&challenge).unwrap();
        let mut other = challenge.clone();
        other.file.defects[0].loses.clear();
        assert_eq!(Grounds::of_any_grade(&other).unwrap(), now);
        other.file.solutions.swap_indices(0, 1);
        assert_ne!(Grounds::of_any_grade(&other).unwrap(), now);
        let mut other = challenge.clone();
        other.file.solutions[0] = challenge.file.solutions[1].clone();
        assert_ne!(Grounds::of_any_grade(&other).unwrap(), now);
    }
}
