//! Whether the checks notice changes that nobody chose.

mod choice;
mod mutant;

use challenge_spec::mutants::Mutants;
use grader::{SubjectKind, challenge_files};
use report::{
    certificate::{Equivalent, Mutation},
    model::Outcome,
};
use runner::{RunId, mutator::Mutator};

use crate::{
    Bench, Finding, Record, VerifyError, agenda,
    schedule::{self, Void},
    variant::{Purpose, Variant},
};
use mutant::Mutant;

/// Each subject holds a file open, of which a process may have about a thousand.
const AT_ONCE: usize = 200;

/// Which changes are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutate {
    /// How many, of all that there are.
    pub count: usize,
    /// The solution that is changed.
    pub of: String,
    /// Which ones follows from it, and what the checks' random values are.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutated {
    /// The figures, with what no check need notice.
    pub figures: Mutation,
    /// What no check noticed and nobody says why, and what could not be decided.
    pub findings: Vec<Finding>,
}

/// Changes a solution in one place at a time and grades what comes of it, until a check fails.
///
/// # Errors
/// As for [`verify`](crate::verify); when the mutator cannot be used, or the solution has no file that is
/// to be changed.
pub async fn mutate(
    bench: &Bench,
    mutator: &dyn Mutator,
    listed: &Mutants,
    how: &Mutate,
) -> Result<Mutated, VerifyError> {
    let challenge = &bench.challenge;
    let files = challenge_files(challenge).map_err(VerifyError::Files)?;
    let solution = choice::solution(challenge, &how.of)?;
    let sources = choice::sources(&solution, listed.files.get(&how.of), &how.of)?;
    let run = RunId::random();
    (bench.told)(schedule::Told::Opens(&run));
    let changes = mutator.changes(&run, &sources).await;
    let changes = changes.map_err(VerifyError::Mutator)?;
    let equal = changes.iter().map(|changes| changes.equal).sum();
    let all = mutant::all(&sources, changes);
    let possible = all.len() as u64;
    let chosen = mutant::chosen(all, how.count, how.seed);
    let mut records = Vec::new();
    let numbered: Vec<_> = chosen.iter().zip(1_usize..).collect();
    for some in numbered.chunks(AT_ONCE) {
        let mut variants = Vec::new();
        for (mutant, number) in some {
            let kind = SubjectKind::Mutant(format!("{}/{number}", how.of));
            variants.push(Variant {
                subject: mutant.subject(challenge, &solution, kind)?,
                purpose: Purpose::Mutant,
                seed: how.seed,
                order: None,
                of: Some(how.of.clone()),
            });
        }
        records.extend(schedule::run(bench, &files, &variants, Void::Undecided).await?);
    }
    let mut mutated = Mutated {
        figures: Mutation {
            tool: mutator.tool().to_owned(),
            of: how.of.clone(),
            seed: how.seed,
            files: sources.iter().map(|(name, _)| name.clone()).collect(),
            possible,
            equal,
            tried: chosen.len() as u64,
            killed: 0,
            invalid: 0,
            equivalent: Vec::new(),
        },
        findings: Vec::new(),
    };
    for (mutant, record) in chosen.iter().zip(&records) {
        judge(&mut mutated, listed, mutant, record);
    }
    Ok(mutated)
}

fn judge(mutated: &mut Mutated, listed: &Mutants, mutant: &Mutant, record: &Record) {
    let figures = &mut mutated.figures;
    if record.failure.is_some() {
        figures.invalid += 1;
    } else if record.has(Outcome::Failed) {
        figures.killed += 1;
    } else if let Some(ended) = record.first(Outcome::Errored) {
        mutated.findings.push(Finding::Errored {
            subject: format!("{} ({}:{})", record.subject, mutant.file, mutant.line()),
            check: Some(ended.check.clone()),
            reason: ended.reason.clone().unwrap_or_default(),
        });
    } else if let Some(reason) = mutant.listed(&figures.of, listed) {
        figures.equivalent.push(Equivalent {
            file: mutant.file.clone(),
            line: mutant.line() as u64,
            was: mutant.was.clone(),
            becomes: mutant.becomes.clone(),
            reason: reason.to_owned(),
        });
    } else if let Some(open) = record.first(Outcome::Inconclusive) {
        mutated.findings.push(Finding::MutantUndecided {
            of: figures.of.clone(),
            file: mutant.file.clone(),
            line: mutant.line(),
            becomes: mutant.becomes.clone(),
            check: open.check.clone(),
            reason: open.reason.clone().unwrap_or_default(),
        });
    } else {
        mutated.findings.push(Finding::MutantSurvives {
            of: figures.of.clone(),
            file: mutant.file.clone(),
            line: mutant.line(),
            was: mutant.was.clone(),
            becomes: mutant.becomes.clone(),
        });
    }
}

/// Some of many, in their order, that follow from a seed.
fn sample(count: usize, of: usize, seed: u64) -> Vec<usize> {
    let mut order = agenda::shuffle((0..of).collect(), seed);
    order.truncate(count);
    order.sort_unstable();
    order
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use challenge_spec::mutants;
    use runner::mutator::{Change, Changes};

    use super::*;
    use crate::Ended;

    fn record(outcomes: &[Outcome]) -> Record {
        let ended = |outcome: &Outcome| Ended {
            check: "faster".to_owned(),
            outcome: *outcome,
            points: 1,
            reason: Some("others had the cores".to_owned()),
        };
        Record {
            key: String::new(),
            subject: "mutant:py/1".to_owned(),
            digest: String::new(),
            purpose: Purpose::Mutant,
            seed: 1,
            checks: outcomes.iter().map(ended).collect(),
            failure: None,
            images: BTreeMap::new(),
            took_ms: 1,
        }
    }

    fn judged(listed: &Mutants, outcomes: &[Outcome]) -> Mutated {
        let sources = [("main.py".to_owned(), "a\nb\n".to_owned())];
        let change = Change {
            start: 1,
            end: 2,
            lines: vec!["c".to_owned()],
        };
        let changes = Changes {
            changes: vec![change],
            ..Changes::default()
        };
        let mutant = mutant::all(&sources, vec![changes]).remove(0);
        let figures = Mutation {
            tool: String::new(),
            of: "py".to_owned(),
            seed: 1,
            files: Vec::new(),
            possible: 1,
            equal: 0,
            tried: 1,
            killed: 0,
            invalid: 0,
            equivalent: Vec::new(),
        };
        let mut mutated = Mutated {
            figures,
            findings: Vec::new(),
        };
        judge(&mut mutated, listed, &mutant, &record(outcomes));
        mutated
    }

    #[test]
    fn a_check_that_decided_nothing_has_neither_noticed_nor_missed_a_change() {
        let none = Mutants::default();
        let seen = judged(&none, &[Outcome::Passed, Outcome::Inconclusive]);
        let [finding] = seen.findings.as_slice() else {
            panic!("one finding: {:?}", seen.findings);
        };
        assert!(
            !finding.is_ours(),
            "as any check that is inconclusive again"
        );
        assert_eq!(
            finding.sentence(),
            "whether a check notices that main.py:2 of solution:py says `c` is undecided: `faster` was \
             inconclusive: others had the cores"
        );

        let seen = judged(&none, &[Outcome::Inconclusive, Outcome::Failed]);
        assert_eq!((seen.figures.killed, seen.findings), (1, Vec::new()));

        let listed = Mutants {
            equivalent: vec![mutants::Equivalent {
                of: "py".to_owned(),
                file: "main.py".to_owned(),
                was: "b".to_owned(),
                becomes: "c".to_owned(),
                occurrence: None,
                reason: "it is as good".to_owned(),
            }],
            ..Mutants::default()
        };
        let seen = judged(&listed, &[Outcome::Inconclusive]);
        assert_eq!(
            (seen.figures.equivalent.len(), seen.findings),
            (1, Vec::new())
        );

        let seen = judged(&none, &[Outcome::Passed]);
        assert!(matches!(
            seen.findings.as_slice(),
            [Finding::MutantSurvives { .. }]
        ));
    }
}
