//! A check as the template sees it.

use challenge_spec::model::Visibility;
use serde::Serialize;

use crate::{
    model::{CheckReport, Outcome, Report},
    neutral::brief,
    points,
    render::headline,
};

use super::{
    chart,
    evidence::{self, Piece},
    prose::{Part, prose},
};

/// A check with all that speaks for its outcome.
#[derive(Debug, Serialize)]
pub(super) struct CheckView {
    row: CheckRow,
    evidence: Vec<Piece>,
    ask: Option<Vec<Part>>,
}

/// A check on one line.
#[derive(Debug, Serialize)]
pub(super) struct CheckRow {
    id: String,
    title: String,
    /// `Security`, or `Security / authorization`.
    skill: String,
    hidden: bool,
    points: u32,
    fate: &'static str,
    outcome: &'static str,
    reason: Vec<Part>,
    duration: String,
}

impl CheckView {
    pub(super) fn of(report: &Report, check: &CheckReport) -> Self {
        Self {
            row: CheckRow::of(report, check),
            evidence: evidence::pieces(&check.evidence),
            ask: check.ask.as_ref().map(|ask| prose(ask, 2_000)),
        }
    }
}

impl CheckRow {
    pub(super) fn of(report: &Report, check: &CheckReport) -> Self {
        Self {
            id: brief(&check.id, 200),
            title: brief(&check.title, 400),
            skill: skill(report, &check.skill),
            hidden: check.visibility == Visibility::Hidden,
            points: check.points,
            fate: chart::fate_word(points::fate(check)),
            outcome: headline::outcome_word(check.outcome),
            reason: prose(headline::reason(check), 2_000),
            duration: headline::duration(check.duration_ms),
        }
    }

    /// Whether there is no more to say of `check` than why it ended as it did.
    pub(super) fn is_enough_for(check: &CheckReport) -> bool {
        let told = check.evidence.is_empty() && check.ask.is_none();
        match check.outcome {
            Outcome::Skipped => check.evidence.is_empty(),
            Outcome::Errored | Outcome::Inconclusive => told,
            Outcome::Passed | Outcome::Failed => false,
        }
    }
}

fn skill(report: &Report, skill: &str) -> String {
    let root = points::root(skill);
    let title = report
        .skills
        .iter()
        .find(|score| score.id == root)
        .map_or(root, |score| score.title.as_str());
    match skill.split_once('/') {
        Some((_, branch)) => brief(&format!("{title} / {branch}"), 160),
        None => brief(title, 160),
    }
}
