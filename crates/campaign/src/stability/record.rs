//! How often the subjects of a challenge were graded and what changed, as it is written down.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use challenge_spec::Challenge;
use chrono::{DateTime, Utc};
use grader::{Subject, challenge_files};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::is_repeated;
use crate::{VerifyError, subjects};

/// What was found out, and of what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StabilityRecord {
    /// The challenge's id.
    pub challenge: String,
    /// When the last run ended.
    pub at: DateTime<Utc>,
    /// Of some subjects each, on an idle or a busy machine.
    pub runs: Vec<Repeated>,
}

/// What grades of some subjects rest on; other subjects, starters and the brief are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grounds {
    /// SHA-256 of the checks and all that they need.
    pub checks: String,
    /// Digests of the subjects' files, by their names: `solution:go`, `defect:no-index`.
    pub subjects: BTreeMap<String, String>,
}

impl StabilityRecord {
    /// Adds a run, in place of those of the same subjects or fewer that were as busy.
    pub fn add(&mut self, run: Repeated) {
        self.runs.retain(|earlier| {
            let mut subjects = earlier.of.subjects.keys();
            earlier.busy != run.busy || !subjects.all(|name| run.of.subjects.contains_key(name))
        });
        self.runs.push(run);
        self.runs.sort_by_key(|run| run.busy);
    }

    /// Drops runs of what is no longer so.
    pub fn keep(&mut self, now: &Grounds) {
        self.runs.retain(|run| now.hold(&run.of));
    }
}

/// Grades one after the other, under one condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeated {
    /// What the grades rest on.
    pub of: Grounds,
    /// The version of `tryout`.
    pub version: String,
    /// How many threads computed beside it all the while.
    pub busy: u32,
    /// How many sandboxes stood at once.
    pub at_once: u32,
    /// How often each subject was graded.
    pub times: u32,
    /// With how many seeds.
    pub seeds: u32,
    /// How many grades that were.
    pub grades: u32,
    /// Checks that ended otherwise than they must: a sentence for each.
    pub changed: Vec<String>,
    /// Checks that noise left undecided, as seldom as it may: a sentence for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<String>,
    /// How long it took.
    pub seconds: u64,
}

impl StabilityRecord {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn run(busy: u32, subjects: &[(&str, &str)]) -> Repeated {
        let subjects = subjects.iter();
        let subjects = subjects.map(|(name, digest)| ((*name).to_owned(), (*digest).to_owned()));
        Repeated {
            of: Grounds {
                checks: "c".to_owned(),
                subjects: subjects.collect(),
            },
            version: "1".to_owned(),
            busy,
            at_once: 1,
            times: 1,
            seeds: 1,
            grades: 1,
            changed: Vec::new(),
            undecided: Vec::new(),
            seconds: 1,
        }
    }

    fn of(runs: &[Repeated]) -> StabilityRecord {
        let mut all = StabilityRecord {
            challenge: "a".to_owned(),
            at: DateTime::default(),
            runs: Vec::new(),
        };
        for run in runs {
            all.add(run.clone());
        }
        all
    }

    #[test]
    fn a_run_takes_the_place_of_those_that_say_no_more() {
        let (idle, busy) = (run(0, &[("go", "1")]), run(2, &[("go", "1")]));
        let other = run(0, &[("java", "1")]);
        let both = run(0, &[("go", "1"), ("java", "1")]);
        let runs =
            |all: &[&Repeated]| -> Vec<Repeated> { all.iter().map(|run| (*run).clone()).collect() };
        assert_eq!(
            of(&runs(&[&busy, &idle, &other])).runs,
            runs(&[&idle, &other, &busy])
        );
        assert_eq!(
            of(&runs(&[&idle, &busy, &other, &both])).runs,
            runs(&[&both, &busy])
        );
        assert_eq!(of(&runs(&[&both, &idle])).runs, runs(&[&both, &idle]));
    }

    #[test]
    fn a_run_counts_while_its_subjects_and_the_checks_are_as_they_were() {
        let now = run(0, &[("go", "1"), ("java", "1")]).of;
        let kept = |run: Repeated| {
            let mut all = of(&[run]);
            all.keep(&now);
            all.runs.len()
        };
        assert_eq!(kept(run(0, &[("go", "1")])), 1);
        assert_eq!(kept(run(0, &[("go", "2")])), 0);
        assert_eq!(kept(run(0, &[("php", "1")])), 0);
        let mut others = run(0, &[("go", "1")]);
        others.of.checks = "d".to_owned();
        assert_eq!(kept(others), 0);
        assert_eq!(
            now.clone().only(&["go".to_owned()]),
            run(0, &[("go", "1")]).of
        );
    }
}
