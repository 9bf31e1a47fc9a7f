//! The submission's tests against all implementations that a plan asks about, in one go: in an order of
//! its own, each time in a new container beside a new implementation, so that nothing tells one from
//! another but how it behaves.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
    time::Instant,
};

use futures_util::{StreamExt as _, stream};
use probe::expression::Seeds;
use report::event::Event;
use runner::{
    AppFailure, Backend, LogTail, Opening, RunnerEvent, Sandbox, SandboxFacts, setup::Setup,
    visit::Visit,
};
use tokio::sync::{Mutex, OnceCell};

use super::{
    chosen,
    implementations::{self, Implementation},
    run::{ACCEPTS, Run, Runs, measured_alone},
};
use crate::{Events, Plan, events::RunEvents, finish, manifest, sandbox_spec, watch};

/// How many implementations stand at once at most, each with the tests beside it.
const MOST_AT_ONCE: usize = 8;
/// How often a run is begun anew when something of ours breaks.
const TRIES: u32 = 2;
/// So many times what one may take is spent on runs that are made once more, alone.
const MOST_ALONE: u32 = 10;
/// What the tests are called in names of containers.
const NAME: &str = "own-tests";
/// What runs beside each other, as reasons name it.
const PROGRAMS: &str = "the tests and what they test";
/// The command's key in the submission's manifest.
const HELP: &str =
    "the submission says no command that runs its tests: write it as `test` in tryout.yaml";

/// What came of asking the tests about all implementations.
#[derive(Debug)]
pub(super) enum Asked {
    /// They were run.
    Runs(Runs),
    /// They cannot be, by the submission's own fault.
    Refused { reason: String, log: LogTail },
    /// They cannot be, by ours.
    Broken(String),
}

/// The submission's tests, built and run once for all checks.
pub(super) struct OwnSuite<'a> {
    plan: &'a Plan,
    backend: &'a dyn Backend,
    /// The submission's own, where it runs, too.
    beside: Option<&'a dyn Sandbox>,
    events: &'a Events,
    setup: OnceLock<Found>,
    built: OnceCell<Built>,
    asked: OnceCell<Asked>,
    facts: Mutex<SandboxFacts>,
}

/// How they are built and run; in the inner error, the submission's own failure to say so.
type Found = Result<Result<Setup, AppFailure>, String>;

/// The id of the image; in the inner error, the submission's own failure.
type Built = Result<Result<String, AppFailure>, String>;

impl<'a> OwnSuite<'a> {
    pub(super) fn of(
        plan: &'a Plan,
        backend: &'a dyn Backend,
        beside: Option<&'a dyn Sandbox>,
        events: &'a Events,
    ) -> Self {
        Self {
            plan,
            backend,
            beside,
            events,
            setup: OnceLock::new(),
            built: OnceCell::new(),
            asked: OnceCell::new(),
            facts: Mutex::default(),
        }
    }

    pub(super) async fn facts(&self) -> SandboxFacts {
        self.facts.lock().await.clone()
    }

    pub(super) async fn build(&self) -> Result<Result<(), AppFailure>, String> {
        let built = self.built.get_or_init(|| self.image()).await.clone()?;
        Ok(built.map(|_| ()))
    }

    pub(super) async fn asked(&self) -> &Asked {
        self.asked.get_or_init(|| self.ask()).await
    }

    async fn ask(&self) -> Asked {
        let refused = |reason: &str, log: &LogTail| Asked::Refused {
            reason: reason.to_owned(),
            log: log.clone(),
        };
        match self.built.get_or_init(|| self.image()).await {
            Ok(Ok(image)) => match self.command() {
                Ok(Ok(command)) => Asked::Runs(self.run_all(image, command).await),
                Ok(Err(reason)) => refused(&reason, &LogTail::default()),
                Err(why) => Asked::Broken(why),
            },
            Ok(Err(failure)) => refused(&failure.to_string(), failure.log()),
            Err(why) => Asked::Broken(format!("the submission's tests cannot be run: {why}")),
        }
    }

    /// The command that runs the tests; in the inner error, why the submission has none.
    pub(super) fn command(&self) -> Result<Result<&str, String>, String> {
        Ok(match self.setup() {
            Ok(Ok(setup)) => setup.test().ok_or_else(|| HELP.to_owned()),
            Ok(Err(failure)) => Err(failure.to_string()),
            Err(why) => return Err(why.clone()),
        })
    }

    fn setup(&self) -> &Found {
        self.setup.get_or_init(|| {
            let files = &self.plan.subject.snapshot;
            let setup = manifest::unstarted(files, self.backend.ground());
            setup.map_err(|error| finish::chain(&error))
        })
    }

    async fn image(&self) -> Built {
        let began = Instant::now();
        let setup = match self.setup().clone()? {
            Ok(setup) => setup,
            Err(failure) => return Ok(Err(failure)),
        };
        let spec = sandbox_spec::of_suite(self.plan.file(), setup);
        let files = &self.plan.subject.snapshot;
        let run = self.plan.run.to_string();
        let progress = RunEvents {
            run: &run,
            events: self.events,
        };
        let built = self
            .backend
            .visitor(&self.plan.run, &spec, files, &progress);
        let built = built.await.map_err(|error| finish::chain(&error))?;
        let mut facts = self.facts.lock().await;
        facts.build = began.elapsed();
        if let Ok(image) = &built {
            facts.images.insert("tests".to_owned(), image.clone());
        }
        Ok(built)
    }

    async fn run_all(&self, image: &str, command: &str) -> Runs {
        let wanted = self.wanted();
        let names: BTreeSet<&String> = wanted.iter().map(|(name, _)| name).collect();
        let ground = self.backend.ground();
        let read = |name: &String| implementations::read(self.plan, ground, name);
        let read: BTreeMap<_, _> = names.into_iter().map(|name| (name, read(name))).collect();
        let of = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        let order = Seeds::new(self.plan.seed).shuffled("own suite", wanted.clone());
        let visit = self.visit(image, command);
        let mut under_way = stream::iter(order)
            .map(|(name, number)| {
                let (read, visit) = (&read[&name], &visit);
                async move {
                    let run = match read {
                        Ok(implementation) => self.run(implementation, visit).await,
                        Err(why) => Err(why.clone()),
                    };
                    let run = run.map_err(|why| unusable(&name, &why));
                    ((name, number), run)
                }
            })
            .buffer_unordered(at_once());
        let mut runs = Runs::new();
        let mut done = 0;
        self.tell(done, of);
        while let Some((key, run)) = under_way.next().await {
            runs.insert(key, run);
            done += 1;
            self.tell(done, of);
        }
        drop(under_way);
        self.once_more(&mut runs, &read, &visit).await;
        for name in self.slow(&runs) {
            let Ok(implementation) = &read[&name] else {
                continue;
            };
            // Perhaps the others beside it were in its way: once more, alone.
            let alone = self.run(implementation, &visit).await;
            let alone = alone.map_err(|why| unusable(&name, &why));
            measured_alone(&mut runs, &name, alone);
        }
        runs
    }

    /// Perhaps it is the others of this grade that kept a run from its end: each that says nothing for that is run once
    /// more, alone. Where that is its own doing, the other runs against the same implementation are taken for the same.
    async fn once_more(
        &self,
        runs: &mut Runs,
        read: &BTreeMap<&String, Result<Implementation, String>>,
        visit: &Visit,
    ) {
        let began = Instant::now();
        let is_kept = |run: &Result<Run, String>| run.as_ref().is_ok_and(Run::was_kept);
        let kept = runs.iter().filter(|(_, run)| is_kept(run));
        let mut kept: Vec<_> = kept.map(|(key, _)| key.clone()).collect();
        // Other checks need those that these decide.
        kept.sort_by_key(|(name, _)| !self.accepts(name));
        let count = |all: usize| u32::try_from(all).unwrap_or(u32::MAX);
        let (mut done, of) = (count(runs.len()), count(runs.len() + kept.len()));
        let mut own_doing = BTreeSet::new();
        for key in kept {
            let (name, _) = &key;
            if own_doing.contains(name) {
                if let Some(Ok(run)) = runs.get_mut(&key) {
                    run.others = None;
                }
            } else if let Ok(implementation) = &read[name]
                && began.elapsed() < visit.within * MOST_ALONE
            {
                let alone = self.run(implementation, visit).await;
                let alone = alone.map_err(|why| unusable(name, &why));
                if alone.as_ref().is_ok_and(Run::is_late) && !is_kept(&alone) {
                    own_doing.insert(name.clone());
                }
                runs.insert(key, alone);
            }
            done += 1;
            self.tell(done, of);
        }
    }

    fn accepts(&self, name: &String) -> bool {
        let mut checks = self.plan.checks();
        checks.any(|check| check.own_suite().any(|step| step.accepts.contains(name)))
    }

    /// Those that some check wants done in less time than any run has taken.
    fn slow(&self, runs: &Runs) -> BTreeSet<String> {
        let mut slow = BTreeSet::new();
        for check in self.plan.checks() {
            for step in check.own_suite() {
                let Some(within) = step.within else { continue };
                let accepted = step.accepts.iter().map(String::as_str);
                for name in accepted.chain(chosen(self.plan, check, step)) {
                    let of_it = (1..=step.times).filter_map(|number| {
                        let run = runs.get(&(name.to_owned(), number))?.as_ref().ok()?;
                        (!run.is_late()).then_some(run.took)
                    });
                    if of_it.min().is_some_and(|took| took > within.get()) {
                        slow.insert(name.to_owned());
                    }
                }
            }
        }
        slow
    }

    /// All runs that the plan's checks ask for: each implementation as often as any asks.
    fn wanted(&self) -> Vec<(String, u32)> {
        let mut times: BTreeMap<&str, u32> = BTreeMap::new();
        for check in self.plan.checks() {
            for step in check.own_suite() {
                let accepted = step.accepts.iter().map(String::as_str);
                for name in accepted.chain(chosen(self.plan, check, step)) {
                    let most = times.entry(name).or_default();
                    *most = step.times.max(*most);
                }
            }
        }
        let each = |(name, times): (&str, u32)| {
            let name = name.to_owned();
            (1..=times).map(move |number| (name.clone(), number))
        };
        times.into_iter().flat_map(each).collect()
    }

    fn visit(&self, image: &str, command: &str) -> Visit {
        let own = &self.plan.file().own_suite;
        Visit {
            name: NAME.to_owned(),
            image: image.to_owned(),
            command: command.to_owned(),
            // Nothing from which the order of the implementations follows.
            env: self.plan.env_text().collect(),
            limits: sandbox_spec::app_limits(&own.limits),
            within: own.within.get(),
            read_results: false,
        }
    }

    async fn run(&self, implementation: &Implementation, visit: &Visit) -> Result<Run, String> {
        let mut tried = self.try_once(implementation, visit).await;
        for _ in 1..TRIES {
            if let Err(why) = &tried {
                tracing::info!(why, "an implementation is started anew");
                tried = self.try_once(implementation, visit).await;
            }
        }
        tried
    }

    async fn try_once(
        &self,
        implementation: &Implementation,
        visit: &Visit,
    ) -> Result<Run, String> {
        let silent = |event: RunnerEvent| tracing::debug!(?event, "implementation");
        let Implementation { files, spec } = implementation;
        let opening = self.backend.open(spec, files, &silent).await;
        let sandbox = match opening.map_err(|error| finish::chain(&error))? {
            Opening::Ready(sandbox) => sandbox,
            Opening::Refused { failure, .. } => {
                return Err(finish::with_log(&failure.to_string(), failure.log()));
            }
        };
        self.note(&*sandbox).await;
        // Neither waits for a core that it may not have.
        let cpus = visit.limits.cpus.min(spec.app.limits.cpus);
        let visited = watch::visited(&*sandbox, self.beside, visit, cpus, PROGRAMS).await;
        let outage = match &visited {
            Ok((visited, _)) if visited.end != ACCEPTS => sandbox.outage().await,
            _ => None,
        };
        // What stays behind goes with the run.
        if let Err(error) = sandbox.close().await {
            tracing::warn!(error = finish::chain(&error), "an implementation stays");
        }
        let (visited, others) = visited.map_err(|error| finish::chain(&error))?;
        if let Some(outage) = outage {
            return Err(outage);
        }
        Ok(Run::of(visited, visit.within, others))
    }

    /// The tests are kept in as an implementation is: by the same means, read back from this.
    async fn note(&self, sandbox: &dyn Sandbox) {
        let mut facts = self.facts.lock().await;
        if facts.isolation.is_empty() {
            facts.isolation.clone_from(&sandbox.facts().isolation);
        }
    }

    fn tell(&self, done: u32, of: u32) {
        self.events.send(Event::TestsRan {
            run: self.plan.run.to_string(),
            done,
            of,
        });
    }
}

fn unusable(name: &str, why: &str) -> String {
    format!("the implementation `{name}` cannot be used: {why}")
}

/// How many implementations stand at once in a grade, each with the submission's tests beside it: one more
/// than there are cores, for setting one up waits for the engine more than it computes.
pub fn at_once() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (cores + 1).min(MOST_AT_ONCE)
}
