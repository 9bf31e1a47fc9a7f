//! `tryout challenge run`: checks on a subject, once or as they are written.

use std::{
    path::Path,
    process::ExitCode,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use grader::{Events, Plan, Selection, Subject, SubjectKind, Workbench, WorkbenchError};
use report::{
    exit,
    model::{CheckReport, Outcome},
    neutral, render,
};
use runner::{Backend, RunId};

use super::bench;
use crate::{
    args::{Global, Run},
    failure::Failure,
    output::{self, Look},
    places::{Found, Places},
    progress, signal,
};

mod subject;
mod watch;

/// What a run is made with, and what it has made on the engine.
struct Bench<'a> {
    global: &'a Global,
    places: &'a Places,
    args: &'a Run,
    seed: u64,
    backend: Box<dyn Backend>,
    events: Events,
    made: Mutex<Vec<RunId>>,
}

pub(crate) async fn run(global: &Global, places: &Places, args: &Run) -> Result<ExitCode, Failure> {
    bench::demand_trust(&args.ground)?;
    // A mistake is told before anything is started.
    let found = places.challenge(&args.challenge)?;
    subject::kind(&found.challenge, args.subject.as_deref())?;
    let backend = bench::backend(places, &args.ground)
        .await?
        .map_err(|error| Failure::ours(&error))?;
    let bench = Bench {
        global,
        places,
        args,
        seed: args.seed.unwrap_or_else(bench::any_seed),
        backend,
        events: progress::lines(global, Look::stderr()),
        made: Mutex::default(),
    };
    let done = if args.watch {
        match Box::pin(signal::unless_stopped(watch::forever(&bench, found))).await {
            // It has no other end.
            Err(Failure::Stopped { .. }) => Ok(exit::ExitCode::Success.into()),
            Ok(ended) => ended,
            Err(other) => Err(other),
        }
    } else {
        let once = Box::pin(signal::unless_stopped(once(&bench, found))).await;
        once.and_then(|done| done)
    };
    bench.close().await;
    if args.watch && !global.quiet {
        output::say("\nended; the sandbox is removed\n");
    }
    done
}

async fn once(bench: &Bench<'_>, found: Found) -> Result<ExitCode, Failure> {
    let plan = bench.plan(found)?;
    let mut workbench = bench.open(plan).await?;
    let checks = workbench.plan().check_ids().to_vec();
    let reports = workbench.run(&checks, &*bench.backend, &bench.events).await;
    bench.show(&reports);
    let any = |outcome| reports.iter().any(|report| report.outcome == outcome);
    Ok(if any(Outcome::Errored) {
        exit::ExitCode::OursAtFault
    } else if reports
        .iter()
        .all(|report| report.outcome == Outcome::Passed)
    {
        exit::ExitCode::Success
    } else {
        exit::ExitCode::BelowMinScore
    }
    .into())
}

impl Bench<'_> {
    /// A plan of what stands on the disk now.
    fn plan(&self, found: Found) -> Result<Plan, Failure> {
        let kind = subject::kind(&found.challenge, self.args.subject.as_deref())?;
        let subject = match &kind {
            SubjectKind::Submission => {
                let folder = Path::new(self.args.subject.as_deref().unwrap_or_default());
                Subject::of_folder(&found.challenge, kind, folder)
                    .map_err(|error| Failure::input(&error))?
            }
            kind => subject::of(&found.challenge, kind)?,
        };
        let files =
            grader::challenge_files(&found.challenge).map_err(|error| Failure::input(&error))?;
        let selection = if self.args.checks.is_empty() {
            Selection::All
        } else {
            Selection::Only(self.args.checks.clone())
        };
        let Found { challenge, skills } = found;
        Plan::compile(challenge, &files, &skills, subject, self.seed, &selection)
            .map_err(|error| Failure::input(&error))
    }

    async fn open(&self, plan: Plan) -> Result<Workbench, Failure> {
        self.made
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(plan.run().clone());
        if !self.global.quiet && !self.global.json_events {
            output::say(&format!("{}, seed {}\n", plan.subject().kind, self.seed));
        }
        let opened = Workbench::open(plan, &*self.backend, &self.events).await;
        opened.map_err(|error| match error {
            WorkbenchError::Subject(failure) => {
                let log: Vec<String> = failure
                    .log()
                    .lines
                    .iter()
                    .map(|line| format!("\n    {}", neutral::brief(line, 200)))
                    .collect();
                Failure::Input(format!("{failure}{}", log.concat()))
            }
            WorkbenchError::Files(_) => Failure::input(&error),
            WorkbenchError::Ours(_) => Failure::ours(&error),
        })
    }

    /// Removes all that was made so far.
    async fn close(&self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        for run in made {
            if let Err(error) = self.backend.close(&run).await {
                tracing::warn!(%error, "a sandbox could not be removed");
                output::say(&format!(
                    "warning: {error}; `tryout clean` removes what is left\n"
                ));
            }
        }
    }

    /// What was seen where a check did not pass.
    fn show(&self, reports: &[CheckReport]) {
        if self.global.json_events {
            return;
        }
        for report in reports {
            let word = match report.outcome {
                Outcome::Passed => "passed",
                Outcome::Failed => "failed",
                Outcome::Skipped => "skipped",
                Outcome::Errored => "errored",
                Outcome::Inconclusive => "inconclusive",
            };
            output::data(&format!("{word} {}\n", report.id));
            if report.outcome == Outcome::Passed {
                continue;
            }
            if let Some(reason) = &report.reason {
                output::data(&format!("  {}\n", neutral::brief(reason, 400)));
            }
            for line in render::transcript::of(&report.evidence).lines() {
                output::data(&format!("  {line}\n"));
            }
        }
    }

    fn told_since(&self, clock: Instant, reports: &[CheckReport]) {
        if self.global.quiet || self.global.json_events {
            return;
        }
        let passed = reports
            .iter()
            .filter(|report| report.outcome == Outcome::Passed)
            .count();
        output::say(&format!(
            "{passed} of {} passed, {:.2} s after the change\n",
            reports.len(),
            clock.elapsed().as_secs_f64()
        ));
    }
}
