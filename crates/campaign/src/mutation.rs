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
    Bench, Finding, Record, VerifyError, agenda, schedule,
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
        records.extend(schedule::run(bench, &files, &variants).await?);
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
    let errored = record.checks.iter().find(|e| e.outcome == Outcome::Errored);
    if record.failure.is_some() {
        figures.invalid += 1;
    } else if record.checks.iter().any(|e| e.outcome == Outcome::Failed) {
        figures.killed += 1;
    } else if let Some(ended) = errored {
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
