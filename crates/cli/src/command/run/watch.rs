//! Checks that are run again as their file changes, in one sandbox for as long as it will do.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use grader::Workbench;

use super::Bench;
use crate::{
    failure::Failure,
    output::{self, Look},
    places::Found,
};

mod changes;

use changes::Changes;

/// Runs the checks, and those that change from then on. It does not end by itself.
pub(super) async fn forever(bench: &Bench<'_>, found: Found) -> Result<ExitCode, Failure> {
    let mut folders = vec![found.challenge.dir.clone()];
    let subject = bench.args.subject.as_deref().map(PathBuf::from);
    folders.extend(subject.filter(|folder| folder.is_dir()));
    let mut changes = Changes::of(&folders)?;
    let mut workbench = None;
    let mut clock = Instant::now();
    let mut files = None;
    let mut found = Some(found);
    loop {
        let looked = look(bench, found.take(), &mut workbench, &mut files, clock).await;
        match looked {
            Ok(()) => {}
            // Nothing that an author could change would help.
            Err(error @ Failure::Ours(_)) => return Err(error),
            Err(mistake) => {
                output::say(&mistake.describe(&Look::stderr()));
                // Once it is mended, that is told.
                files = None;
            }
        }
        tell(bench, "watching; Ctrl-C ends it\n");
        clock = changes.next().await?;
    }
}

/// Looks at what stands on the disk now, and runs what has changed. The sandbox outlives mistakes.
async fn look(
    bench: &Bench<'_>,
    found: Option<Found>,
    workbench: &mut Option<Workbench>,
    files: &mut Option<String>,
    clock: Instant,
) -> Result<(), Failure> {
    let found = match found {
        Some(found) => found,
        None => bench.places.challenge(&bench.args.challenge)?,
    };
    let plan = bench.plan(found)?;
    let seen = Some(plan.files_digest());
    if workbench.is_some() && *files == seen {
        return Ok(());
    }
    let checks = if let Some(open) = workbench.as_mut() {
        let another = open.needs_another(&plan);
        match another.map_err(|error| Failure::input(&error))? {
            None => open.take(plan),
            Some(what) => {
                tell(
                    bench,
                    &format!("{what} changed: the sandbox is started anew\n"),
                );
                *workbench = None;
                bench.close().await;
                let checks = plan.check_ids().to_vec();
                *workbench = Some(bench.open(plan).await?);
                checks
            }
        }
    } else {
        let checks = plan.check_ids().to_vec();
        *workbench = Some(bench.open(plan).await?);
        checks
    };
    *files = seen;
    let Some(open) = workbench.as_mut().filter(|_| !checks.is_empty()) else {
        tell(bench, "nothing that these checks do has changed\n");
        return Ok(());
    };
    let reports = open.run(&checks, &*bench.backend, &bench.events).await;
    bench.show(&reports);
    bench.told_since(clock, &reports);
    Ok(())
}

fn tell(bench: &Bench<'_>, words: &str) {
    if !bench.global.quiet && !bench.global.json_events {
        output::say(words);
    }
}
