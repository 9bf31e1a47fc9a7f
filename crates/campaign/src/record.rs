//! What is kept of one grade: enough for the matrix, and small.

use std::collections::BTreeMap;

use report::model::{CheckReport, Evidence, Outcome, Report};
use serde::{Deserialize, Serialize};

use crate::Purpose;

/// So many bytes of a reason are kept, and of a line.
const TEXT: usize = 2_000;
/// So many of the last lines of what failed are kept.
const LINES: usize = 40;

/// What is kept of one grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The name of the result.
    pub key: String,
    /// `solution:python`.
    pub subject: String,
    /// Of its files.
    pub digest: String,
    /// Why it was graded.
    pub purpose: Purpose,
    /// Where its random values came from.
    pub seed: u64,
    /// In the challenge's order; those that were asked for.
    pub checks: Vec<Ended>,
    /// Why the subject could not be used at all.
    pub failure: Option<Unusable>,
    /// The images used, by role, without that of the subject.
    pub images: BTreeMap<String, String>,
    /// From its start to its last check, in milliseconds.
    pub took_ms: u64,
}

/// How one check ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The check's id.
    pub check: String,
    /// How.
    pub outcome: Outcome,
    /// What it is worth.
    pub points: u32,
    /// Why; none where it passed.
    pub reason: Option<String>,
}

/// Why a subject could not be used at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unusable {
    /// As in a report: `did-not-build` ...
    pub kind: String,
    /// In a sentence.
    pub reason: String,
    /// The last lines of the build or the program. Hostile text, bounded.
    pub lines: Vec<String>,
}

impl Record {
    pub(crate) fn of(key: String, purpose: Purpose, report: &Report) -> Self {
        let mut images = report.run.images.clone();
        images.remove("app");
        Self {
            key,
            subject: report.submission.subject.clone(),
            digest: report.submission.digest.clone(),
            purpose,
            seed: report.run.seed,
            checks: report.checks.iter().map(ended).collect(),
            failure: report.submission_failure.as_ref().map(|failure| Unusable {
                kind: failure.kind.clone(),
                reason: bounded(&failure.reason),
                lines: last_lines(&failure.evidence),
            }),
            images,
            took_ms: report.run.duration_ms,
        }
    }

    /// How a check ended; none where it was not asked for.
    pub fn outcome(&self, check: &str) -> Option<&Ended> {
        self.checks.iter().find(|ended| ended.check == check)
    }

    /// Points for checks that passed.
    pub fn earned(&self) -> u32 {
        self.checks.iter().map(Ended::earned).sum()
    }

    /// Points of the checks that were asked for.
    pub fn possible(&self) -> u32 {
        self.checks.iter().map(|ended| ended.points).sum()
    }

    /// Whether any check ended so.
    pub(crate) fn has(&self, outcome: Outcome) -> bool {
        self.first(outcome).is_some()
    }

    /// The first check that ended so.
    pub(crate) fn first(&self, outcome: Outcome) -> Option<&Ended> {
        self.checks.iter().find(|ended| ended.outcome == outcome)
    }
}

impl Ended {
    fn earned(&self) -> u32 {
        match self.outcome {
            Outcome::Passed => self.points,
            _ => 0,
        }
    }
}

fn ended(check: &CheckReport) -> Ended {
    Ended {
        check: check.id.clone(),
        outcome: check.outcome,
        points: check.points,
        reason: check.reason.as_deref().map(bounded),
    }
}

fn last_lines(evidence: &[Evidence]) -> Vec<String> {
    let lines = evidence.iter().flat_map(|evidence| match evidence {
        Evidence::Log(log) => log.lines.as_slice(),
        _ => &[],
    });
    let lines: Vec<&String> = lines.collect();
    let first = lines.len().saturating_sub(LINES);
    lines[first..].iter().map(|line| bounded(line)).collect()
}

fn bounded(text: &str) -> String {
    text[..text.floor_char_boundary(TEXT)].to_owned()
}
