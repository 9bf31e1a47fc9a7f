use std::{sync::Arc, time::Duration};

use challenge_spec::{Challenge, Skills};
use grader::{Events, Plan, PlanError, Selection, SubjectKind, challenge_files, grade};
use report::model::Report;
use runner::{Backend, RunId, snapshot::SnapshotError};
use thiserror::Error;

use crate::{KillMatrix, SubjectError, budget, subjects};

/// Why there is no matrix.
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
}

/// Grades nothing, the starters, the solutions and the defects, `at_once` at a time, each with the
/// same engine as any submission. `made` is told each run before it begins, so that a caller who
/// stops half-way can close what is open.
pub async fn verify(
    challenge: &Arc<Challenge>,
    skills: &Skills,
    backend: &dyn Backend,
    seed: u64,
    at_once: usize,
    events: &Events,
    made: &(dyn Fn(&RunId) + Sync),
) -> Result<KillMatrix, VerifyError> {
    let files = challenge_files(challenge).map_err(VerifyError::Files)?;
    let mut plans = Vec::new();
    for subject in subjects(challenge)? {
        plans.push(Plan::compile(
            Arc::clone(challenge),
            &files,
            skills,
            subject,
            seed,
            &Selection::All,
        )?);
    }
    let graded = budget::spread(plans, at_once, |plan| async move {
        made(plan.run());
        one(&plan, backend, events).await
    })
    .await;
    Ok(KillMatrix::of(challenge, seed, &graded))
}

async fn one(plan: &Plan, backend: &dyn Backend, events: &Events) -> (SubjectKind, Report) {
    let report = grade(plan, backend, events, Duration::ZERO).await;
    if let Err(error) = backend.close(plan.run()).await {
        tracing::warn!(%error, "a sandbox could not be removed");
    }
    (plan.subject().kind.clone(), report)
}
