//! Whom a phase of a grade shares the engine with. Each takes its turn by itself and gives it back at its
//! end: nobody waits for a turn while holding one.

use challenge_spec::model::{Check, Step};
use runner::{Backend, RunId, RunnerError, Turn};

/// Builds, starts and tools share it.
pub(crate) async fn shared(backend: &dyn Backend) -> Option<Turn> {
    match backend.turns() {
        Some(turns) => Some(turns.shared().await),
        None => None,
    }
}

/// Removes all that a run made, when nobody measures.
///
/// # Errors
/// When something cannot be removed.
pub async fn close(backend: &dyn Backend, run: &RunId) -> Result<(), RunnerError> {
    let _turn = shared(backend).await;
    backend.close(run).await
}

/// A check that measures has it alone.
pub(crate) async fn of_check(backend: &dyn Backend, check: &Check) -> Option<Turn> {
    let turns = backend.turns()?;
    let measures =
        |step: &Step| matches!(step, Step::Load(_) | Step::Capacity(_) | Step::Migration(_));
    Some(if check.has(&measures) {
        turns.alone().await
    } else {
        turns.shared().await
    })
}
