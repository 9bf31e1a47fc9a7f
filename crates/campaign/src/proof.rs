//! Whether each check of a challenge can pass and can fail, and what that was found out with.

mod table;

use std::collections::BTreeMap;

use challenge_spec::Challenge;
use serde::Serialize;

use report::certificate::Mutation;

use crate::{Finding, KillMatrix, Mutated, Purpose, Record, Scope, Thoroughness, judge};

/// What a proof found out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proof {
    /// The challenge's id.
    pub challenge: String,
    /// Of the challenge's files, its certificate left out.
    pub digest: String,
    /// Where the random values came from; the first is that of the matrix.
    pub seeds: Vec<u64>,
    /// How often every subject was graded with each seed.
    pub repeat: u32,
    /// Which subjects were graded.
    pub scope: Scope,
    /// Which subject lost which check.
    pub matrix: KillMatrix,
    /// The solution whose checks were run each alone; none where there is none.
    pub alone: Option<String>,
    /// The solutions whose checks were run in another order.
    pub shuffled: Vec<String>,
    /// The images used, by role, without those of the subjects.
    pub images: BTreeMap<String, String>,
    /// How many sandboxes were asked for.
    pub variants: usize,
    /// What came of changes that nobody chose; none where none were made.
    #[serde(skip)]
    pub mutation: Option<Mutation>,
    /// What keeps the challenge from being proven; none when it is.
    pub findings: Vec<Finding>,
}

impl Proof {
    pub(crate) fn of(
        challenge: &Challenge,
        digest: &str,
        how: Thoroughness,
        records: &[Record],
    ) -> Self {
        let images = records.iter().flat_map(|record| record.images.clone());
        let alone = |record: &&Record| matches!(record.purpose, Purpose::Alone { .. });
        let shuffled = |record: &&Record| record.purpose == Purpose::Shuffled;
        let subject = |record: &Record| record.subject.clone();
        Self {
            challenge: challenge.file.id.clone(),
            digest: digest.to_owned(),
            seeds: how.seeds(),
            repeat: how.repeat.max(1),
            scope: how.scope,
            matrix: KillMatrix::of(challenge, records),
            alone: records.iter().find(alone).map(subject),
            shuffled: records.iter().filter(shuffled).map(subject).collect(),
            images: images.collect(),
            variants: records.len(),
            mutation: None,
            findings: judge::findings(challenge, records, how.scope == Scope::All),
        }
    }

    /// With what came of changes that nobody chose.
    #[must_use]
    pub fn with(mut self, mutated: Mutated) -> Self {
        self.variants += usize::try_from(mutated.figures.tried).unwrap_or(usize::MAX);
        self.findings.extend(mutated.findings);
        self.mutation = Some(mutated.figures);
        self
    }

    /// Whether nothing was found; every check is proven by that where all subjects were graded.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether every check is proven.
    pub fn proven(&self) -> bool {
        self.holds() && self.scope == Scope::All
    }

    /// Draws the matrix and lists the findings.
    pub fn render(&self, unicode: bool) -> String {
        table::render(self, unicode)
    }
}
