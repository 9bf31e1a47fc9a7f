//! The whole page as the template sees it.

use serde::Serialize;

use crate::{
    model::{CheckReport, Report, SubmissionFailure},
    neutral::brief,
    points::Fate,
    render::headline::{self, Headline},
};

use super::{
    chart::{self, Segment, SkillRow},
    check::{CheckRow, CheckView},
    evidence::{self, Piece},
    practice::PracticeView,
    prose::{Part, prose},
    run::RunView,
};

#[derive(Debug, Serialize)]
pub(super) struct Page {
    headline: String,
    challenge: String,
    challenge_version: String,
    submission: String,
    subject: Option<String>,
    started_at: String,
    duration: String,
    result: ResultView,
    caution: Option<&'static str>,
    skills: Vec<SkillRow>,
    failure: Option<Failure>,
    lost: Section,
    undecided: Section,
    /// With nothing to show.
    passed: Vec<CheckRow>,
    /// With what was measured.
    measured: Vec<CheckView>,
    passed_points: u64,
    practice: Option<PracticeView>,
    run: RunView,
}

#[derive(Debug, Serialize)]
struct ResultView {
    /// `31`, or `31–35` where points are undecided.
    number: String,
    possible: u32,
    earned: u32,
    lost: u32,
    undecided: u32,
    partial: bool,
    meaning: String,
    segments: Vec<Segment>,
}

#[derive(Debug, Serialize)]
struct Failure {
    title: String,
    reason: Vec<Part>,
    evidence: Vec<Piece>,
}

/// The checks whose points went one way.
#[derive(Debug, Serialize)]
struct Section {
    points: u64,
    /// With a reason of their own, or evidence.
    checks: Vec<CheckView>,
    /// With nothing to show but why.
    rows: Vec<CheckRow>,
    /// Why, where it is the same for all.
    shared: Option<Vec<Part>>,
}

impl Page {
    pub(super) fn of(report: &Report) -> Self {
        let headline = Headline::of(report);
        let subject = &report.submission.subject;
        let passed = || headline::of_fate(report, Fate::Earned);
        Self {
            challenge: brief(&report.challenge.title, 200),
            challenge_version: brief(&report.challenge.version, 40),
            submission: brief(&report.submission.name, 200),
            subject: (subject != "submission").then(|| brief(subject, 200)),
            started_at: report
                .run
                .started_at
                .format("%-d %B %Y, %H:%M UTC")
                .to_string(),
            duration: headline::duration(report.run.duration_ms),
            skills: chart::rows(report),
            failure: report.submission_failure.as_ref().map(Failure::of),
            lost: Section::of(report, Fate::Lost),
            undecided: Section::of(report, Fate::Undecided),
            passed: passed()
                .filter(|check| check.evidence.is_empty())
                .map(|check| CheckRow::of(report, check))
                .collect(),
            measured: passed()
                .filter(|check| !check.evidence.is_empty())
                .map(|check| CheckView::of(report, check))
                .collect(),
            passed_points: passed().map(|check| u64::from(check.points)).sum(),
            practice: report.practice.as_ref().map(PracticeView::of),
            run: RunView::of(report),
            headline: headline.line.clone(),
            caution: headline.caution,
            result: ResultView::of(headline),
        }
    }
}

impl ResultView {
    fn of(headline: Headline) -> Self {
        let score = headline.score;
        Self {
            number: match score.undecided {
                0 => score.earned.to_string(),
                undecided => format!("{}–{}", score.earned, score.earned + undecided),
            },
            possible: score.possible,
            earned: score.earned,
            lost: score.lost,
            undecided: score.undecided,
            partial: headline.partial,
            meaning: headline.meaning,
            segments: chart::whole(score),
        }
    }
}

impl Failure {
    fn of(failure: &SubmissionFailure) -> Self {
        Self {
            title: headline::failure_title(&failure.kind).to_owned(),
            reason: prose(&failure.reason, 1_000),
            evidence: evidence::pieces(&failure.evidence),
        }
    }
}

impl Section {
    fn of(report: &Report, fate: Fate) -> Self {
        let checks: Vec<&CheckReport> = headline::of_fate(report, fate).collect();
        let (rows, full): (Vec<&CheckReport>, _) = checks
            .iter()
            .partition(|check| CheckRow::is_enough_for(check));
        let shared = headline::shared_reason(&checks).filter(|_| full.is_empty());
        Self {
            points: checks.iter().map(|check| u64::from(check.points)).sum(),
            checks: full
                .into_iter()
                .map(|check| CheckView::of(report, check))
                .collect(),
            rows: rows
                .into_iter()
                .map(|check| CheckRow::of(report, check))
                .collect(),
            shared: shared.map(|reason| prose(reason, 1_000)),
        }
    }
}
