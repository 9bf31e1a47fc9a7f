//! What every command needs that grades many subjects: what is known already, how many stand at once, who
//! is told, and an end by Ctrl-C.

mod lines;
mod place;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ::campaign::{Bench, Budget, Grounds, Journal, JournalError, Told, VerifyError};
use grader::Events;
use runner::{Backend, RunId};

use super::bench;
use crate::{
    args::{self, Global},
    failure::Failure,
    output::{self, Look},
    places::Found,
    progress, signal,
};

/// Who is in the middle of something that cannot be broken off is not waited for any longer; what it still makes, the
/// next run removes.
const NOTICED_WITHIN: Duration = Duration::from_secs(5);

/// Many grades of one challenge's subjects.
pub(super) struct Campaign<'a> {
    global: &'a Global,
    found: &'a Found,
    backend: Arc<dyn Backend>,
    journal: Arc<Journal>,
    budget: Arc<Budget>,
    seed: u64,
}

impl<'a> Campaign<'a> {
    /// `kind` is part of the journal's name: what one kind of campaign found out another does not end.
    pub(super) fn new(
        global: &'a Global,
        args: &args::Campaign,
        found: &'a Found,
        backend: Arc<dyn Backend>,
        kind: &str,
    ) -> Result<Self, Failure> {
        let journal = journal(args, found, kind)?;
        if !journal.is_empty() && !global.quiet {
            output::say(&format!(
                "going on with what was found out earlier, seed {}; --fresh grades everything again\n",
                journal.seed()
            ));
        }
        Ok(Self {
            seed: args.seed.unwrap_or(journal.seed()),
            journal: Arc::new(journal),
            budget: Arc::new(match args.jobs {
                Some(jobs) => Budget::of(jobs.into()),
                None => Budget::of_machine(&found.challenge.file),
            }),
            global,
            found,
            backend,
        })
    }

    /// Where random values come from.
    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    /// How many sandboxes stand at once.
    pub(super) fn at_once(&self) -> usize {
        self.budget.at_once()
    }

    /// Grades, until it is done or somebody has enough of it: then nothing is left standing.
    pub(super) async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&Bench) -> Result<T, VerifyError>,
    ) -> Result<T, Failure> {
        let events = if self.global.json_events {
            progress::listener(self.global, Look::stderr())
        } else {
            Events::silent()
        };
        let opened = Arc::new(Mutex::new(Vec::new()));
        let lines = lines::of(self.global, Look::stderr());
        let told = {
            let opened = Arc::clone(&opened);
            move |told: Told<'_>| {
                if let Told::Opens(run) = &told {
                    let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
                    opened.push((*run).clone());
                }
                lines(&told);
            }
        };
        let bench = Bench {
            challenge: Arc::clone(&self.found.challenge),
            skills: Arc::new(self.found.skills.clone()),
            backend: Arc::clone(&self.backend),
            budget: Arc::clone(&self.budget),
            journal: Some(Arc::clone(&self.journal)),
            events,
            told: Arc::new(told),
        };
        match signal::unless_stopped(work(&bench)).await {
            Ok(done) => done.map_err(|error| told_failure(&error)),
            Err(stopped) => {
                // Once those who make something have noticed, nobody does any more.
                let _ = tokio::time::timeout(NOTICED_WITHIN, self.budget.empty()).await;
                let open = opened
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone();
                close_all(&*self.backend, &open).await;
                Err(stopped)
            }
        }
    }

    /// Where to see what was not as it must be.
    pub(super) fn tell_astray(&self) {
        if let Some(folder) = self.journal.astray().filter(|_| !self.global.quiet) {
            output::say(&format!(
                "the reports of grades that were not as they must be: {}/*.json, to be shown by `tryout report FILE`\n",
                folder.display()
            ));
        }
    }

    /// There is nothing left to go on with.
    pub(super) fn over(self) -> Result<(), Failure> {
        self.journal.remove().map_err(|error| Failure::ours(&error))
    }
}

/// Where nothing can be kept there is a message and no campaign: hours of work would hang by a thread.
fn journal(args: &args::Campaign, found: &Found, kind: &str) -> Result<Journal, Failure> {
    let challenge = &found.challenge;
    let grounds = Grounds::of_any_grade(challenge).map_err(|error| told_failure(&error))?;
    let path = match &args.journal {
        Some(path) => path.clone(),
        None => place::of_journal(challenge, kind)?,
    };
    let about = (challenge.file.id.as_str(), grounds.as_str());
    let seed = args.seed.unwrap_or_else(bench::any_seed);
    let version = env!("CARGO_PKG_VERSION");
    Journal::open(&path, about, version, seed, args.fresh).map_err(|error| match error {
        JournalError::InUse { .. } => Failure::input(&error),
        JournalError::File { .. } => Failure::ours(&error),
    })
}

/// Whose mistake it is.
pub(super) fn told_failure(error: &VerifyError) -> Failure {
    if error.is_ours() {
        Failure::ours(error)
    } else {
        Failure::input(error)
    }
}

async fn close_all(backend: &dyn Backend, runs: &[RunId]) {
    for run in runs {
        if let Err(error) = backend.close(run).await {
            tracing::warn!(%error, "a sandbox could not be removed");
        }
    }
}
