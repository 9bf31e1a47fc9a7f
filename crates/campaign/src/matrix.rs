//! The kill matrix: which subject lost which check.

use challenge_spec::Challenge;
use report::model::Outcome;
use serde::Serialize;

use crate::{Ended, Record, judge};

/// Which subject lost which check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KillMatrix {
    /// The checks' ids, in order: the columns.
    pub checks: Vec<String>,
    /// One for each subject.
    pub rows: Vec<Row>,
}

/// What one subject earned and lost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Which.
    pub subject: String,
    /// Of its files.
    pub digest: String,
    /// For each check.
    pub cells: Vec<Cell>,
    /// Points for checks that passed.
    pub earned: u32,
    /// Points fixed by the challenge.
    pub possible: u32,
}

/// What became of one check of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// How it ended.
    pub outcome: Outcome,
    /// Why; none where it passed.
    pub reason: Option<String>,
    /// Whether the subject may lose it: a defect that names it, a starter, nothing.
    pub expected_loss: bool,
}

impl KillMatrix {
    pub(crate) fn of(challenge: &Challenge, records: &[Record]) -> Self {
        let checks = challenge.file.checks.iter();
        let mut rows: Vec<Row> = judge::rows(records)
            .map(|record| row(challenge, record))
            .collect();
        // As a reader goes through them, not as they were graded.
        let kinds = ["nothing", "starter", "solution", "defect"];
        let kind = |row: &Row| {
            let kind = row.subject.split(':').next();
            kinds.iter().position(|other| Some(*other) == kind)
        };
        rows.sort_by_key(kind);
        Self {
            checks: checks.map(|check| check.id.clone()).collect(),
            rows,
        }
    }
}

fn row(challenge: &Challenge, record: &Record) -> Row {
    let defect = judge::defect_of(challenge, record);
    let expected_loss = |check: &str| match defect {
        Some(defect) => defect.loses.iter().any(|loses| loses == check),
        None => !record.subject.starts_with("solution:"),
    };
    let cell = |ended: &Ended| Cell {
        outcome: ended.outcome,
        reason: ended.reason.clone(),
        expected_loss: expected_loss(&ended.check),
    };
    Row {
        subject: record.subject.clone(),
        digest: record.digest.clone(),
        cells: record.checks.iter().map(cell).collect(),
        earned: record.earned(),
        possible: record.possible(),
    }
}
