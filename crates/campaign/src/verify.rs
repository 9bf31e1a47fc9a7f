use grader::{PlanError, challenge_files};
use runner::{RunnerError, snapshot::SnapshotError};
use thiserror::Error;

use crate::{
    Bench, JournalError, Proof, SubjectError, Thoroughness, agenda,
    record::Unusable,
    schedule::{self, Void},
    subjects,
};

/// Why there is no proof, neither of the one nor of the other.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// A subject cannot be had.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// A plan cannot be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The challenge's own files cannot be read.
    #[error("cannot read the challenge's files")]
    Files(#[source] SnapshotError),
    /// A solution does not build or start; nothing can be said of any check.
    #[error("{subject} must earn every point, but {}{}", failure.reason, last_lines(failure))]
    SolutionUnusable {
        /// Which.
        subject: String,
        /// Why.
        failure: Unusable,
    },
    /// The database refuses the challenge's own seed.
    #[error("the seed {file} of the service `{service}` fails: {message}")]
    Seed {
        /// Of which service.
        service: String,
        /// As challenge.yaml names it.
        file: String,
        /// As the database says it, with the line.
        message: String,
    },
    /// There is no such solution to be changed.
    #[error("there is no solution `{of}` to make changes to; there is {known}")]
    NoSolution {
        /// What was asked for.
        of: String,
        /// What there is.
        known: String,
    },
    /// A solution has no file that changes could be made to.
    #[error(
        "solution:{of} has no source file that changes could be made to; name some in mutants.yaml \
         (`files: {{ {of}: [...] }}`)"
    )]
    NothingToMutate {
        /// Which.
        of: String,
    },
    /// The program that makes changes could not be used.
    #[error("no changes could be made")]
    Mutator(#[source] RunnerError),
    /// What is found out cannot be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl VerifyError {
    /// Whether the challenge is not at fault.
    pub fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Journal(_) | Self::Mutator(_) | Self::Subject(SubjectError::Folder { .. })
        )
    }
}

/// So many of the last lines stand in an error.
const LINES: usize = 15;

fn last_lines(failure: &Unusable) -> String {
    if failure.lines.is_empty() {
        return String::new();
    }
    let first = failure.lines.len().saturating_sub(LINES);
    let lines = failure.lines[first..].iter();
    let lines = lines.map(|line| format!("\n    {}", report::neutral::brief(line, 300)));
    format!("; its last lines:{}", lines.collect::<String>())
}

/// Grades nothing, the starters, the solutions and the defects, each with the same engine as any
/// submission; then each solution's checks in another order, and one solution's checks each alone.
///
/// # Errors
/// When the challenge's own files are at fault, or the journal cannot be written.
pub async fn verify(bench: &Bench, how: Thoroughness) -> Result<Proof, VerifyError> {
    let challenge = &bench.challenge;
    let files = challenge_files(challenge).map_err(VerifyError::Files)?;
    let subjects = subjects(challenge)?;
    let variants = agenda::agenda(challenge, &subjects, how);
    let records = schedule::run(bench, &files, &variants, Void::Undecided).await?;
    Ok(Proof::of(challenge, files.digest(), how, &records))
}
