//! Holds what subjects earned and lost against what they should.

use challenge_spec::{Challenge, model::Defect};
use report::model::Outcome;

use crate::{Ended, Finding, Purpose, Record};

/// Every finding of some records; the first of each subject is the row that others are held against.
/// Where not all subjects were graded, nothing is said of checks that no defect fails.
pub(crate) fn findings(challenge: &Challenge, records: &[Record], is_whole: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in rows(records) {
        judge(challenge, row, &mut findings);
    }
    let checks = challenge.file.checks.iter();
    for check in checks.filter(|_| is_whole) {
        let fails = |row: &Record| {
            let ended = row.outcome(&check.id);
            ended.is_some_and(|ended| ended.outcome == Outcome::Failed)
        };
        if !rows(records).any(|row| defect_of(challenge, row).is_some() && fails(row)) {
            let check = check.id.clone();
            findings.push(Finding::NeverKilled { check });
        }
    }
    for record in records {
        let row = rows(records).find(|row| row.subject == record.subject);
        if let Some(row) = row.filter(|row| row.key != record.key) {
            compare(row, record, &mut findings);
        }
    }
    findings
}

/// The first record of each subject: all checks, with the first seed.
pub(crate) fn rows(records: &[Record]) -> impl Iterator<Item = &Record> {
    let seed = records.first().map(|record| record.seed);
    records.iter().filter(move |record| {
        Some(record.seed) == seed && record.purpose == Purpose::Matrix { time: 1 }
    })
}

/// The defect that a record is of.
pub(crate) fn defect_of<'a>(challenge: &'a Challenge, record: &Record) -> Option<&'a Defect> {
    challenge.defect(record.subject.strip_prefix("defect:")?)
}

fn judge(challenge: &Challenge, row: &Record, findings: &mut Vec<Finding>) {
    if errored(row, findings) {
        return;
    }
    let subject = row.subject.clone();
    let (earned, possible) = (row.earned(), row.possible());
    if row.subject == "nothing" && earned > 0 {
        findings.push(Finding::NothingEarns { earned });
    } else if let Some(language) = row.subject.strip_prefix("starter:") {
        let declared = challenge.file.starters_earn.get(language);
        let declared = declared.copied().unwrap_or(0);
        if earned == possible {
            findings.push(Finding::StarterEarnsAll { subject });
        } else if earned != declared {
            findings.push(Finding::StarterDiffers {
                subject,
                declared,
                earned,
            });
        }
    } else if row.subject.starts_with("solution:") {
        let lost = row
            .checks
            .iter()
            .filter(|ended| !matches!(ended.outcome, Outcome::Passed | Outcome::Errored));
        findings.extend(lost.map(|ended| Finding::SolutionLoses {
            subject: subject.clone(),
            check: ended.check.clone(),
            outcome: ended.outcome,
            reason: reason(ended),
        }));
    } else if let Some(defect) = defect_of(challenge, row) {
        judge_defect(challenge, defect, row, findings);
    }
}

/// What of one grade of a solution or a defect is not as it must be. A check that is skipped behind an
/// undecided one is no finding of its own.
pub(crate) fn astray(challenge: &Challenge, record: &Record) -> Vec<Finding> {
    let mut findings = Vec::new();
    judge(challenge, record, &mut findings);
    let is_open = |check: &str| {
        let ended = record.outcome(check);
        ended.is_some_and(|ended| matches!(ended.outcome, Outcome::Inconclusive | Outcome::Errored))
    };
    findings.retain(|finding| {
        finding.outcome() != Some(Outcome::Skipped)
            || !finding
                .check()
                .is_some_and(|check| is_behind(challenge, check, &is_open))
    });
    findings
}

/// Whether no check of it could be run, through our own fault. Single ones are findings too.
fn errored(record: &Record, findings: &mut Vec<Finding>) -> bool {
    let errored = |ended: &&Ended| ended.outcome == Outcome::Errored;
    let subject = || record.subject.clone();
    if let Some(first) = record.checks.first().filter(errored)
        && record.checks.iter().all(|ended| errored(&ended))
    {
        findings.push(Finding::Errored {
            subject: subject(),
            check: None,
            reason: reason(first),
        });
        return true;
    }
    let single = record.checks.iter().filter(errored);
    findings.extend(single.map(|ended| Finding::Errored {
        subject: subject(),
        check: Some(ended.check.clone()),
        reason: reason(ended),
    }));
    false
}

/// Exactly the named checks fail. A check behind one of these is skipped: masked, neither killed
/// nor touched.
fn judge_defect(challenge: &Challenge, defect: &Defect, row: &Record, findings: &mut Vec<Finding>) {
    if let Some(failure) = &row.failure {
        let last = failure.lines.iter().rfind(|line| !line.trim().is_empty());
        let last = last.map(|line| format!(": {}", line.trim()));
        findings.push(Finding::DefectUnusable {
            defect: defect.id.clone(),
            reason: format!("{}{}", failure.reason, last.unwrap_or_default()),
        });
        return;
    }
    for ended in &row.checks {
        let named = defect.loses.contains(&ended.check);
        let is_lost = |check: &str| defect.loses.iter().any(|id| id == check);
        let masked =
            ended.outcome == Outcome::Skipped && is_behind(challenge, &ended.check, &is_lost);
        match ended.outcome {
            Outcome::Errored => {}
            Outcome::Failed if named => {}
            outcome if named => findings.push(Finding::DefectSurvives {
                defect: defect.id.clone(),
                check: ended.check.clone(),
                outcome,
            }),
            Outcome::Passed => {}
            _ if masked => {}
            outcome => findings.push(Finding::DefectKillsMore {
                defect: defect.id.clone(),
                check: ended.check.clone(),
                outcome,
                reason: reason(ended),
            }),
        }
    }
}

/// Whether a check requires such a one, or one that does.
fn is_behind(challenge: &Challenge, check: &str, such: &dyn Fn(&str) -> bool) -> bool {
    let mut open = vec![check];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(id) = open.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let Some(check) = challenge.check(id) else {
            continue;
        };
        if check.requires.iter().any(|id| such(id)) {
            return true;
        }
        open.extend(check.requires.iter().map(String::as_str));
    }
    false
}

/// The same subject under another condition: every check ends as it did.
fn compare(row: &Record, record: &Record, findings: &mut Vec<Finding>) {
    if errored(record, findings) {
        return;
    }
    for then in &record.checks {
        let Some(first) = row.outcome(&then.check) else {
            continue;
        };
        let is_open = |ended: &Ended| ended.outcome == Outcome::Errored;
        if first.outcome == then.outcome || is_open(first) || is_open(then) {
            continue;
        }
        let why = then.reason.as_ref().or(first.reason.as_ref());
        findings.push(Finding::Unsteady {
            subject: record.subject.clone(),
            check: then.check.clone(),
            first: first.outcome,
            then: then.outcome,
            condition: condition(record),
            reason: why.cloned().unwrap_or_default(),
        });
    }
}

fn condition(record: &Record) -> String {
    let seed = record.seed;
    match &record.purpose {
        Purpose::Matrix { time: 1 } => format!("with seed {seed}"),
        Purpose::Matrix { time } => format!("with seed {seed} for the time {time}"),
        Purpose::Alone { check } => format!("in a run of `{check}` and what that requires alone"),
        Purpose::Shuffled => "in another order of the checks".to_owned(),
        Purpose::Mutant => "changed".to_owned(),
    }
}

fn reason(ended: &Ended) -> String {
    ended.reason.clone().unwrap_or_default()
}
