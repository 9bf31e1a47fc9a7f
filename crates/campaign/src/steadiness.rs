//! How often the solutions of a challenge were graded without losing a point, as it is written down.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use challenge_spec::Challenge;
use chrono::{DateTime, Utc};
use grader::{SubjectKind, challenge_files};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{VerifyError, subject};

/// What was found out, and of what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steadiness {
    /// The challenge's id.
    pub challenge: String,
    /// When the last run ended.
    pub at: DateTime<Utc>,
    /// The version of `tryout`.
    pub version: String,
    /// What the grades rest on.
    pub of: Grounds,
    /// One for each way in which the machine was busy.
    pub runs: Vec<Repeated>,
}

/// What a grade of a solution rests on; defects, starters and the brief are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grounds {
    /// SHA-256 of the checks and all that they need.
    pub checks: String,
    /// Digests of the solutions' files, by language.
    pub solutions: BTreeMap<String, String>,
}

/// Grades one after the other, under one condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeated {
    /// How many threads computed beside it all the while.
    pub busy: u32,
    /// How many sandboxes stood at once.
    pub at_once: u32,
    /// How often each solution was graded.
    pub times: u32,
    /// With how many seeds.
    pub seeds: u32,
    /// How many grades that were.
    pub grades: u32,
    /// What was lost or undecided: a sentence for each.
    pub lost: Vec<String>,
    /// How long it took.
    pub seconds: u64,
}

impl Steadiness {
    /// As it is written down.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// As it was written down.
    ///
    /// # Errors
    /// When the text is something else.
    pub fn of_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

impl Grounds {
    /// Of a challenge as it is.
    pub fn of(challenge: &Challenge) -> Result<Self, VerifyError> {
        let mut solutions = BTreeMap::new();
        for language in challenge.file.solutions.keys() {
            let kind = SubjectKind::Solution(language.clone());
            if let Some(solution) = subject(challenge, &kind)? {
                solutions.insert(language.clone(), solution.snapshot.digest().to_owned());
            }
        }
        Ok(Self {
            checks: checks(challenge)?,
            solutions,
        })
    }
}

fn checks(challenge: &Challenge) -> Result<String, VerifyError> {
    let mut file = challenge.file.clone();
    let folders = file.solutions.values().chain(file.starters.values());
    let patches = file.defects.iter().map(|defect| &defect.patch);
    let mut other: Vec<_> = folders.chain(patches).cloned().collect();
    other.extend([
        file.brief.clone(),
        "challenge.yaml".into(),
        "private.yaml".into(),
    ]);
    file.solutions.clear();
    file.starters.clear();
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
