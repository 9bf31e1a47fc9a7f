//! The kill matrix: which subject lost which check, and what that says of the challenge.

mod table;

use challenge_spec::{Challenge, model::Defect};
use grader::SubjectKind;
use report::model::{Outcome, Report};
use serde::Serialize;

/// Which subject lost which check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KillMatrix {
    /// The challenge's id.
    pub challenge: String,
    /// Where the random values came from.
    pub seed: u64,
    /// The checks' ids, in order: the columns.
    pub checks: Vec<String>,
    /// One for each subject.
    pub rows: Vec<Row>,
    /// What keeps the challenge from being proven; none when it is.
    pub findings: Vec<Finding>,
}

/// What one subject earned and lost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Which.
    pub subject: String,
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

/// Something that keeps a challenge from being proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Nothing was handed in, and yet points were earned.
    NothingEarns {
        /// The points.
        earned: u32,
    },
    /// A starter earns everything: there is nothing to do.
    StarterEarnsAll {
        /// Which.
        subject: String,
    },
    /// A solution lost a check.
    SolutionLoses {
        /// Which.
        subject: String,
        /// The check.
        check: String,
        /// How it ended.
        outcome: Outcome,
        /// Why.
        reason: String,
    },
    /// A defect did not cost a check that it names.
    DefectSurvives {
        /// The defect.
        defect: String,
        /// The check.
        check: String,
        /// How it ended.
        outcome: Outcome,
    },
    /// A defect cost a check that it does not name.
    DefectKillsMore {
        /// The defect.
        defect: String,
        /// The check.
        check: String,
        /// How it ended.
        outcome: Outcome,
        /// Why.
        reason: String,
    },
    /// No defect costs this check: nobody knows whether it can fail.
    NeverKilled {
        /// The check.
        check: String,
    },
    /// Something of ours broke; the matrix says nothing there.
    Errored {
        /// The subject.
        subject: String,
        /// The check.
        check: String,
        /// Why.
        reason: String,
    },
}

impl Finding {
    /// One sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::NothingEarns { earned } => {
                format!("an empty folder earns {earned} points; it must earn none")
            }
            Self::StarterEarnsAll { subject } => {
                format!("{subject} earns every point; there is nothing left to do")
            }
            Self::SolutionLoses {
                subject,
                check,
                outcome,
                reason,
            } => {
                format!(
                    "{subject} must pass `{check}`, which {}: {reason}",
                    word(*outcome)
                )
            }
            Self::DefectSurvives {
                defect,
                check,
                outcome,
            } => format!(
                "the defect `{defect}` must fail `{check}`, which {}",
                word(*outcome)
            ),
            Self::DefectKillsMore {
                defect,
                check,
                outcome,
                reason,
            } => format!(
                "the defect `{defect}` must not touch `{check}`, which {}: {reason}",
                word(*outcome)
            ),
            Self::NeverKilled { check } => {
                format!("no defect fails `{check}`; add one, or nobody knows whether it can fail")
            }
            Self::Errored {
                subject,
                check,
                reason,
            } => {
                format!("`{check}` of {subject} is undecided, something of ours broke: {reason}")
            }
        }
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Skipped => "was skipped",
        Outcome::Errored => "errored",
        Outcome::Inconclusive => "was inconclusive",
    }
}

impl KillMatrix {
    /// Whether every check is proven.
    pub fn proven(&self) -> bool {
        self.findings.is_empty()
    }

    /// Draws the matrix and lists the findings, in lines of at most `width` columns where the
    /// subjects' names allow.
    pub fn render(&self, unicode: bool) -> String {
        table::render(self, unicode)
    }

    pub(crate) fn of(challenge: &Challenge, seed: u64, graded: &[(SubjectKind, Report)]) -> Self {
        let checks: Vec<String> = challenge
            .file
            .checks
            .iter()
            .map(|check| check.id.clone())
            .collect();
        let mut findings = Vec::new();
        for (kind, report) in graded {
            judge(challenge, kind, report, &mut findings);
        }
        for check in &checks {
            let killed = graded.iter().any(|(kind, report)| {
                matches!(kind, SubjectKind::Defect(_))
                    && outcome_of(report, check) == Some(Outcome::Failed)
            });
            if !killed {
                findings.push(Finding::NeverKilled {
                    check: check.clone(),
                });
            }
        }
        Self {
            challenge: challenge.file.id.clone(),
            seed,
            checks,
            rows: graded
                .iter()
                .map(|(kind, report)| row(challenge, kind, report))
                .collect(),
            findings,
        }
    }
}

fn row(challenge: &Challenge, kind: &SubjectKind, report: &Report) -> Row {
    let expected_loss = |check: &str| match kind {
        SubjectKind::Nothing | SubjectKind::Starter(_) => true,
        SubjectKind::Solution(_) | SubjectKind::Submission => false,
        SubjectKind::Defect(_) => defect_of(challenge, kind)
            .is_some_and(|defect| defect.loses.iter().any(|loses| loses == check)),
    };
    Row {
        subject: kind.to_string(),
        cells: report
            .checks
            .iter()
            .map(|check| Cell {
                outcome: check.outcome,
                reason: check.reason.clone(),
                expected_loss: expected_loss(&check.id),
            })
            .collect(),
        earned: report.checks.iter().map(|check| check.earned).sum(),
        possible: report.checks.iter().map(|check| check.points).sum(),
    }
}

fn defect_of<'a>(challenge: &'a Challenge, kind: &SubjectKind) -> Option<&'a Defect> {
    let SubjectKind::Defect(id) = kind else {
        return None;
    };
    challenge
        .file
        .defects
        .iter()
        .find(|defect| defect.id == *id)
}

fn outcome_of(report: &Report, check: &str) -> Option<Outcome> {
    let check = report.checks.iter().find(|other| other.id == check)?;
    Some(check.outcome)
}

fn judge(challenge: &Challenge, kind: &SubjectKind, report: &Report, findings: &mut Vec<Finding>) {
    let earned: u32 = report.checks.iter().map(|check| check.earned).sum();
    let possible: u32 = report.checks.iter().map(|check| check.points).sum();
    let subject = kind.to_string();
    for check in &report.checks {
        if check.outcome == Outcome::Errored {
            findings.push(Finding::Errored {
                subject: subject.clone(),
                check: check.id.clone(),
                reason: check.reason.clone().unwrap_or_default(),
            });
        }
    }
    match kind {
        SubjectKind::Nothing if earned > 0 => findings.push(Finding::NothingEarns { earned }),
        SubjectKind::Starter(_) if earned == possible => {
            findings.push(Finding::StarterEarnsAll { subject });
        }
        SubjectKind::Solution(_) => {
            let lost = report
                .checks
                .iter()
                .filter(|check| !matches!(check.outcome, Outcome::Passed | Outcome::Errored));
            findings.extend(lost.map(|check| Finding::SolutionLoses {
                subject: subject.clone(),
                check: check.id.clone(),
                outcome: check.outcome,
                reason: check.reason.clone().unwrap_or_default(),
            }));
        }
        SubjectKind::Defect(_) => {
            if let Some(defect) = defect_of(challenge, kind) {
                judge_defect(challenge, defect, report, findings);
            }
        }
        SubjectKind::Nothing | SubjectKind::Starter(_) | SubjectKind::Submission => {}
    }
}

/// Exactly the named checks fail. A check behind one of these is skipped: masked, neither killed
/// nor touched.
fn judge_defect(
    challenge: &Challenge,
    defect: &Defect,
    report: &Report,
    findings: &mut Vec<Finding>,
) {
    for check in &report.checks {
        let named = defect.loses.contains(&check.id);
        let masked = check.outcome == Outcome::Skipped && is_behind(challenge, defect, &check.id);
        match check.outcome {
            Outcome::Errored => {}
            Outcome::Failed if named => {}
            outcome if named => findings.push(Finding::DefectSurvives {
                defect: defect.id.clone(),
                check: check.id.clone(),
                outcome,
            }),
            Outcome::Passed => {}
            _ if masked => {}
            outcome => findings.push(Finding::DefectKillsMore {
                defect: defect.id.clone(),
                check: check.id.clone(),
                outcome,
                reason: check.reason.clone().unwrap_or_default(),
            }),
        }
    }
}

fn is_behind(challenge: &Challenge, defect: &Defect, check: &str) -> bool {
    let mut open = vec![check];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(id) = open.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let Some(check) = challenge.file.checks.iter().find(|other| other.id == id) else {
            continue;
        };
        if check.requires.iter().any(|id| defect.loses.contains(id)) {
            return true;
        }
        open.extend(check.requires.iter().map(String::as_str));
    }
    false
}
