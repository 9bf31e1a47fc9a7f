//! Whether verdicts stay as they must be, however often a subject is graded.

mod record;

use std::fmt::Write as _;

use challenge_spec::{Challenge, model::Step};
use grader::{Subject, SubjectKind, challenge_files};
use report::{model::Outcome, neutral};
use serde::Serialize;

pub use record::{Repeated, StabilityRecord};

use crate::{
    Bench, Finding, Record, VerifyError, agenda, judge,
    schedule::{self, Void},
    subjects,
};

/// One in so many grades may leave a ratio undecided where something else computes beside it.
const UNDECIDED: usize = 10;

/// How often what is graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeats<'a> {
    /// The first seed; others follow from it.
    pub seed: u64,
    /// How often each subject is graded.
    pub times: u32,
    /// With how many seeds, turn and turn about.
    pub seeds: u32,
    /// Solutions and defects by their names, as `solution:go`; all of them where it is empty.
    pub of: &'a [String],
    /// How many processes compute beside it.
    pub busy: u32,
}

/// What repeated grades came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stability {
    /// The challenge's id.
    pub challenge: String,
    /// Where the random values came from.
    pub seeds: Vec<u64>,
    /// How often each subject was graded.
    pub times: u32,
    /// How many processes computed beside it.
    pub busy: u32,
    /// What was graded.
    pub subjects: Vec<String>,
    /// How many grades that were.
    pub grades: usize,
    /// Checks that ended otherwise than they must.
    pub changed: Vec<Stray>,
    /// Ratios that noise left undecided, as seldom as it may.
    pub undecided: Vec<Stray>,
}

/// What was found in some grades of one subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stray {
    /// `solution:go`.
    pub subject: String,
    /// As it was the first time.
    pub finding: Finding,
    /// The seeds of the grades in which it was found.
    pub seeds: Vec<u64>,
    /// Of how many grades of the subject.
    pub of: u32,
}

/// Grades solutions and defects again and again, and holds each grade against what it must be.
///
/// # Errors
/// When the challenge's own files are at fault, or the journal cannot be written.
pub async fn stability(bench: &Bench, how: Repeats<'_>) -> Result<Stability, VerifyError> {
    let challenge = &bench.challenge;
    let files = challenge_files(challenge).map_err(VerifyError::Files)?;
    let mut all = subjects(challenge)?;
    all.retain(|subject| {
        is_repeated(subject) && (how.of.is_empty() || how.of.contains(&subject.kind.to_string()))
    });
    let variants = agenda::repeated(challenge, &all, how);
    let records = schedule::run(bench, &files, &variants, Void::Errored).await?;
    let subjects = all.iter().map(|subject| subject.kind.to_string());
    Ok(Stability::of(challenge, how, subjects.collect(), &records))
}

/// Nothing and the starters say nothing of how steady a verdict is that defects do not say better.
pub(crate) fn is_repeated(subject: &Subject) -> bool {
    matches!(
        subject.kind,
        SubjectKind::Solution(_) | SubjectKind::Defect(_)
    )
}

impl Stability {
    fn of(
        challenge: &Challenge,
        how: Repeats<'_>,
        subjects: Vec<String>,
        records: &[Record],
    ) -> Self {
        let mut strays: Vec<Stray> = Vec::new();
        for record in records {
            for finding in judge::astray(challenge, record) {
                let mut known = strays.iter_mut();
                match known.find(|stray| stray.is_of(&record.subject, &finding)) {
                    Some(stray) => stray.seeds.push(record.seed),
                    None => strays.push(Stray {
                        subject: record.subject.clone(),
                        finding,
                        seeds: vec![record.seed],
                        of: how.times,
                    }),
                }
            }
        }
        let may_be_open = |stray: &Stray| {
            how.busy > 0
                && stray.finding.outcome() == Some(Outcome::Inconclusive)
                && stray.finding.check().is_some_and(|check| {
                    is_ratio(challenge, check) && seldom(check, &strays, records)
                })
        };
        let (undecided, changed) = strays.iter().cloned().partition(may_be_open);
        Self {
            challenge: challenge.file.id.clone(),
            seeds: how.seeds(),
            times: how.times,
            busy: how.busy,
            subjects,
            grades: records.len(),
            changed,
            undecided,
        }
    }

    /// Whether no verdict was another than it must be.
    pub fn holds(&self) -> bool {
        self.changed.is_empty()
    }

    /// In sentences.
    pub fn render(&self) -> String {
        let mut text = format!(
            "{}: {} {} times each with {}, {}\n\n",
            self.challenge,
            counted(self.subjects.len(), "subject"),
            self.times,
            counted(self.seeds.len(), "seed"),
            match self.busy {
                0 => "nothing computing beside it".to_owned(),
                1 => "a process computing beside it".to_owned(),
                busy => format!("{busy} processes computing beside it"),
            }
        );
        if self.holds() {
            let grades = counted(self.grades, "grade");
            let _ = writeln!(text, "every verdict was as it must be in {grades}");
        } else {
            let _ = writeln!(text, "not as it must be:");
            list(&self.changed, &mut text);
        }
        if !self.undecided.is_empty() {
            let _ = writeln!(
                text,
                "\nundecided beside noise, in no more than one of {UNDECIDED} grades:"
            );
            list(&self.undecided, &mut text);
        }
        text
    }
}

impl Stray {
    /// Whether the same check of the same subject ended the same way.
    fn is_of(&self, subject: &str, finding: &Finding) -> bool {
        let what = |finding: &Finding| (finding.check().map(str::to_owned), finding.outcome());
        self.subject == subject && what(&self.finding) == what(finding)
    }

    /// One sentence, with how often.
    pub fn sentence(&self) -> String {
        let seed = self.seeds.first().copied().unwrap_or_default();
        format!(
            "in {} of {} (first with seed {seed}): {}",
            self.seeds.len(),
            counted(usize::try_from(self.of).unwrap_or(usize::MAX), "grade"),
            self.finding.sentence()
        )
    }
}

fn list(strays: &[Stray], text: &mut String) {
    for stray in strays {
        let _ = writeln!(text, "  - {}", neutral::brief(&stray.sentence(), 500));
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// Whether a check measures the submission against another subject.
fn is_ratio(challenge: &Challenge, check: &str) -> bool {
    let is_ratio = |step: &Step| match step {
        Step::Load(load) => load.expect.ratio.is_some(),
        Step::Capacity(capacity) => capacity.expect.ratio.is_some(),
        _ => false,
    };
    let check = challenge.check(check);
    check.is_some_and(|check| check.has(&is_ratio))
}

/// Whether a check was left undecided in few of the grades that came to it, of whatever subject.
fn seldom(check: &str, strays: &[Stray], records: &[Record]) -> bool {
    let open = strays.iter().filter(|stray| {
        stray.finding.check() == Some(check)
            && stray.finding.outcome() == Some(Outcome::Inconclusive)
    });
    let open: usize = open.map(|stray| stray.seeds.len()).sum();
    let came = records.iter().filter_map(|record| record.outcome(check));
    let came = came
        .filter(|ended| ended.outcome != Outcome::Skipped)
        .count();
    open * UNDECIDED <= came
}

#[cfg(test)]
mod tests {
    use std::fs;

    use challenge_spec::Skills;

    use super::*;
    use crate::{Ended, Purpose};

    const TEXT: &str = "
schema: 1
id: tiny
title: T
version: 1.0.0
summary: S
services: { db: { postgres: { version: '17', database: a } } }
starters: { go: starter }
solutions: { go: solution }
checks:
  - { id: other, title: T, skill: api-design, points: 1, steps: [ { request: { send: GET / } } ] }
  - id: faster
    title: T
    skill: api-design
    points: 1
    steps:
      - load:
          requests: [ { request: { send: GET /, expect: { status: 200 } } } ]
          rate: 100
          duration: 1s
          against: starter
          expect: { ratio: { p95: 0.5 } }
  - { id: behind, title: T, skill: api-design, points: 1, requires: [faster], steps: [ { request: { send: GET / } } ] }
";

    fn tiny() -> Challenge {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("tiny");
        for folder in ["solution", "starter"] {
            fs::create_dir_all(dir.join(folder)).unwrap();
            fs::write(dir.join(folder).join("Dockerfile"), "FROM scratch\n").unwrap();
        }
        fs::write(dir.join("brief.md"), "B\n").unwrap();
        fs::write(dir.join("challenge.yaml"), TEXT).unwrap();
        Challenge::load(&dir, &Skills::embedded()).unwrap()
    }

    /// So many grades of a solution, in the first of which one check ended so.
    fn records(grades: u64, check: &str, outcome: Outcome) -> Vec<Record> {
        let ended = |grade: u64, id: &str| Ended {
            check: id.to_owned(),
            outcome: match (grade, outcome) {
                (0, outcome) if id == check => outcome,
                (0, Outcome::Inconclusive) if id == "behind" => Outcome::Skipped,
                _ => Outcome::Passed,
            },
            points: 1,
            reason: None,
        };
        let record = |grade: u64| Record {
            key: grade.to_string(),
            subject: "solution:go".to_owned(),
            digest: String::new(),
            purpose: Purpose::Matrix { time: 1 },
            seed: grade,
            checks: ["other", "faster", "behind"]
                .map(|id| ended(grade, id))
                .to_vec(),
            failure: None,
            images: std::collections::BTreeMap::new(),
            took_ms: 1,
        };
        (0..grades).map(record).collect()
    }

    fn seen(busy: u32, grades: u64, check: &str, outcome: Outcome) -> (usize, usize) {
        let how = Repeats {
            seed: 1,
            times: u32::try_from(grades).unwrap(),
            seeds: 1,
            of: &[],
            busy,
        };
        let records = records(grades, check, outcome);
        let seen = Stability::of(&tiny(), how, Vec::new(), &records);
        (seen.changed.len(), seen.undecided.len())
    }

    #[test]
    fn noise_may_leave_a_ratio_undecided_now_and_then_and_nothing_else() {
        use Outcome::{Failed, Inconclusive};
        assert_eq!(seen(2, 10, "faster", Inconclusive), (0, 1));
        assert_eq!(seen(2, 9, "faster", Inconclusive), (1, 0));
        assert_eq!(seen(0, 10, "faster", Inconclusive), (1, 0));
        assert_eq!(seen(2, 10, "faster", Failed), (1, 0));
        // What is behind another check was not skipped for want of that one.
        assert_eq!(seen(2, 10, "other", Inconclusive), (2, 0));
    }
}
