//! Grades many variants, so many at once as the budget allows.
//!
//! Each is graded in a task of its own, and the disk is waited for elsewhere: while one task is busy, the
//! answers to another's requests are read in time. The first build of a solution is waited for by all that
//! are built on its layers. What the journal has is not graded again. Where there is no result, the variant
//! is tried once more: what of ours broke is no subject's doing, and grades that stand side by side can
//! make one another too late for a limit, which decides nothing.

mod void;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use challenge_spec::{Challenge, Skills};
use grader::{Events, Plan, Selection, grade};
use report::event::{Event, Phase};
use runner::{Backend, RunId, snapshot::Snapshot};
use tokio::{
    sync::watch,
    task::{JoinError, JoinSet, spawn_blocking},
};

pub(crate) use void::Void;

use crate::{
    Budget, Grounds, Journal, Record, VerifyError, judge,
    variant::{Purpose, Variant},
    watched::Watched,
};

/// How often a variant is graded for want of a result.
const TRIES: u32 = 2;

/// What those who wait for a proof are told.
#[derive(Debug)]
pub enum Told<'a> {
    /// So much is to be done.
    Agenda {
        /// How many variants there are.
        variants: usize,
        /// How many of them the journal has.
        kept: usize,
        /// How many stand at once.
        at_once: usize,
    },
    /// Something is about to be made under this label.
    Opens(&'a RunId),
    /// A variant was graded, or the journal had it.
    Ended {
        /// What came of it.
        record: &'a Record,
        /// How many are done.
        done: usize,
        /// How many there are.
        of: usize,
    },
}

/// What variants are graded with. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Bench {
    /// The challenge.
    pub challenge: Arc<Challenge>,
    /// The taxonomy of its skills.
    pub skills: Arc<Skills>,
    /// Makes the sandboxes.
    pub backend: Arc<dyn Backend>,
    /// How many stand at once.
    pub budget: Arc<Budget>,
    /// What is known already; none where nothing is kept.
    pub journal: Option<Arc<Journal>>,
    /// What happens inside each grade.
    pub events: Events,
    /// How far it all is.
    pub told: Arc<dyn Fn(Told<'_>) + Send + Sync>,
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bench")
            .field("challenge", &self.challenge.file.id)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

/// Many variants under way.
struct Work {
    bench: Bench,
    files: Snapshot,
    backend: Watched,
    ways: HashMap<String, watch::Sender<bool>>,
    void: Void,
    /// What ends it all early.
    halt: Mutex<Option<VerifyError>>,
}

/// Grades all of them; results in their order.
pub(crate) async fn run(
    bench: &Bench,
    files: &Snapshot,
    variants: &[Variant],
    void: Void,
) -> Result<Vec<Record>, VerifyError> {
    let version = env!("CARGO_PKG_VERSION");
    let grounds = Grounds::of_any_grade(&bench.challenge)?;
    let keys: Vec<String> = variants
        .iter()
        .map(|variant| variant.key(&grounds, version))
        .collect();
    let kept = |key: &String| bench.journal.as_ref()?.get(key).cloned();
    let mut records: Vec<Option<Record>> = keys.iter().map(kept).collect();
    (bench.told)(Told::Agenda {
        variants: variants.len(),
        kept: records.iter().flatten().count(),
        at_once: bench.budget.at_once(),
    });
    let work = Arc::new(Work {
        bench: bench.clone(),
        files: files.clone(),
        backend: Watched::new(Arc::clone(&bench.backend)),
        ways: ways(variants, &records),
        void,
        halt: Mutex::default(),
    });
    let mut done = 0;
    for record in records.iter().flatten() {
        done += 1;
        let of = variants.len();
        (bench.told)(Told::Ended { record, done, of });
        work.halt_at(record);
    }
    let mut under_way = JoinSet::new();
    let missing = (0..variants.len()).filter(|at| records[*at].is_none());
    for at in missing {
        let (work, variant, key) = (Arc::clone(&work), variants[at].clone(), keys[at].clone());
        under_way.spawn(async move { (at, work.one(&variant, &key).await) });
    }
    while let Some(joined) = under_way.join_next().await {
        let (at, record) = ended(joined);
        let record = match record {
            Ok(Some(record)) => record,
            Ok(None) => continue,
            // Those that stand are brought to their end: nothing is left behind.
            Err(error) => {
                work.halt(error);
                continue;
            }
        };
        done += 1;
        let of = variants.len();
        let record = records[at].insert(record);
        (bench.told)(Told::Ended { record, done, of });
    }
    let mut halt = work.halt.lock().unwrap_or_else(PoisonError::into_inner);
    match halt.take() {
        Some(error) => Err(error),
        None => Ok(records.into_iter().flatten().collect()),
    }
}

/// What a task came to; what it died of is ours to die of.
fn ended<T>(joined: Result<T, JoinError>) -> T {
    joined.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(error) => panic!("nobody aborts a task that is waited for: {error}"),
    })
}

/// One for each solution that is still to be built.
fn ways(variants: &[Variant], records: &[Option<Record>]) -> HashMap<String, watch::Sender<bool>> {
    let first = variants.iter().zip(records);
    let first = first.filter(|(variant, record)| record.is_none() && variant.opens_the_way());
    first
        .filter_map(|(variant, _)| Some((variant.of.clone()?, watch::Sender::new(false))))
        .collect()
}

/// Whatever becomes of the first build of a solution, the others wait no longer.
struct Opener<'a>(&'a watch::Sender<bool>);

impl Drop for Opener<'_> {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

impl Work {
    /// None where all has been ended early.
    async fn one(&self, variant: &Variant, key: &str) -> Result<Option<Record>, VerifyError> {
        let way = variant.of.as_ref().and_then(|of| self.ways.get(of));
        let opener = way.filter(|_| variant.opens_the_way()).map(Opener);
        if let (Some(way), None) = (way, &opener) {
            // A closed channel is an open way.
            let _ = way.subscribe().wait_for(|is_open| *is_open).await;
        }
        let _room = self.bench.budget.room().await;
        if self.is_halted() {
            return Ok(None);
        }
        let way = opener.as_ref().map(|opener| opener.0);
        let record = self.tried(variant, key, way).await?;
        drop(opener);
        if let Some(error) = self.backend.failed_seed() {
            self.halt(error);
            return Ok(None);
        }
        if !self.is_void(&record) {
            let added = record.clone();
            self.on_disk(move |journal| journal.add(&added))
                .await
                .transpose()?;
        }
        self.halt_at(&record);
        Ok(Some(record))
    }

    async fn tried(
        &self,
        variant: &Variant,
        key: &str,
        way: Option<&watch::Sender<bool>>,
    ) -> Result<Record, VerifyError> {
        let mut tries = 1;
        loop {
            let record = self.graded(variant, key, way).await?;
            let is_over = self.is_halted() || self.backend.failed_seed().is_some();
            if tries == TRIES || !self.is_void(&record) || is_over {
                return Ok(record);
            }
            tracing::warn!(
                subject = record.subject,
                "a check was not decided; trying again"
            );
            tries += 1;
        }
    }

    async fn graded(
        &self,
        variant: &Variant,
        key: &str,
        way: Option<&watch::Sender<bool>>,
    ) -> Result<Record, VerifyError> {
        let bench = &self.bench;
        let selection = match (&variant.purpose, &variant.order) {
            (Purpose::Alone { .. }, Some(order)) => Selection::Only(order.clone()),
            _ => Selection::All,
        };
        let mut plan = Plan::compile(
            Arc::clone(&bench.challenge),
            &self.files,
            &bench.skills,
            variant.subject.clone(),
            variant.seed,
            &selection,
        )?;
        if let Some(order) = &variant.order {
            plan = plan.in_order_of(order);
        }
        if variant.purpose == Purpose::Mutant {
            plan = plan.until_lost();
        }
        let run = plan.run().clone();
        (bench.told)(Told::Opens(&run));
        let events = match way {
            Some(way) => telling_when_built(&bench.events, way.clone()),
            None => bench.events.clone(),
        };
        let report = grade(&plan, &self.backend, &events, Duration::ZERO).await;
        if let Err(error) = grader::close(&self.backend, &run).await {
            tracing::warn!(%error, "a sandbox could not be removed");
        }
        let record = Record::of(key.to_owned(), variant.purpose.clone(), &report);
        if variant.purpose != Purpose::Mutant
            && !judge::astray(&bench.challenge, &record).is_empty()
        {
            let kept = record.clone();
            self.on_disk(move |journal| journal.keep(&kept, &report))
                .await;
        }
        Ok(record)
    }

    fn is_void(&self, record: &Record) -> bool {
        self.void.covers(&self.bench.challenge, record)
    }

    /// Does something with the journal, if there is one, where nobody's answer waits behind the disk.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal) -> T + Send + 'static,
    ) -> Option<T> {
        let journal = Arc::clone(self.bench.journal.as_ref()?);
        Some(ended(spawn_blocking(move || work(&journal)).await))
    }

    /// A solution that cannot be used makes everything else senseless.
    fn halt_at(&self, record: &Record) {
        if let (true, Some(failure)) = (record.subject.starts_with("solution:"), &record.failure) {
            self.halt(VerifyError::SolutionUnusable {
                subject: record.subject.clone(),
                failure: failure.clone(),
            });
        }
    }

    fn halt(&self, error: VerifyError) {
        let mut halt = self.halt.lock().unwrap_or_else(PoisonError::into_inner);
        halt.get_or_insert(error);
    }

    fn is_halted(&self) -> bool {
        let halt = self.halt.lock().unwrap_or_else(PoisonError::into_inner);
        halt.is_some()
    }
}

/// The way is open as soon as the build has ended, long before the checks have.
fn telling_when_built(events: &Events, way: watch::Sender<bool>) -> Events {
    let events = events.clone();
    Events::new(move |event| {
        if matches!(
            event,
            Event::PhaseEnded {
                phase: Phase::Build,
                ..
            }
        ) {
            way.send_replace(true);
        }
        events.send(event);
    })
}
