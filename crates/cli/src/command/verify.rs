//! `tryout challenge verify`.

use std::{
    process::ExitCode,
    sync::{Mutex, PoisonError},
};

use campaign::KillMatrix;
use report::exit;
use runner::{Backend, RunId};

use super::bench;
use crate::{
    args::{Global, Verify},
    failure::Failure,
    output::{self, Look},
    places::Places,
    progress, signal,
};

pub(crate) async fn run(
    global: &Global,
    places: &Places,
    args: &Verify,
) -> Result<ExitCode, Failure> {
    bench::demand_trust(&args.ground)?;
    let mut challenges = Vec::new();
    for name in places.names_or_all(&args.names)? {
        challenges.push(places.challenge(&name)?);
    }
    let backend = bench::backend(places, &args.ground)
        .await?
        .map_err(|error| Failure::ours(&error))?;
    let events = progress::listener(global, Look::stderr());
    let seed = args.seed.unwrap_or_else(bench::any_seed);
    let mut worst = exit::ExitCode::Success;
    for found in &challenges {
        let runs: Mutex<Vec<RunId>> = Mutex::default();
        let made = |run: &RunId| {
            runs.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(run.clone());
        };
        let proving = campaign::verify(
            &found.challenge,
            &found.skills,
            &*backend,
            seed,
            args.jobs.into(),
            &events,
            &made,
        );
        let proven = signal::unless_stopped(proving).await;
        let matrix = match proven {
            Ok(done) => done.map_err(|error| Failure::input(&error))?,
            Err(stopped) => {
                let open = runs.into_inner().unwrap_or_else(PoisonError::into_inner);
                close_all(&*backend, &open).await;
                return Err(stopped);
            }
        };
        if !global.json_events {
            output::data(&matrix.render(Look::stdout().unicode));
        }
        worst = worst.max(code(&matrix));
    }
    Ok(worst.into())
}

async fn close_all(backend: &dyn Backend, runs: &[RunId]) {
    for run in runs {
        if let Err(error) = backend.close(run).await {
            tracing::warn!(%error, "a sandbox could not be removed");
        }
    }
}

fn code(matrix: &KillMatrix) -> exit::ExitCode {
    let ours = matrix
        .findings
        .iter()
        .any(|finding| matches!(finding, campaign::Finding::Errored { .. }));
    match (matrix.proven(), ours) {
        (true, _) => exit::ExitCode::Success,
        (false, false) => exit::ExitCode::BelowMinScore,
        (false, true) => exit::ExitCode::OursAtFault,
    }
}
