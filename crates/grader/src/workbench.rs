//! A sandbox that stays open while an author changes checks: each goes the way that it goes in a grade.

use std::{collections::BTreeMap, time::Instant};

use report::{
    event::Event,
    model::{Blame, CheckReport, Outcome},
};
use runner::{
    AppFailure, Backend, Opening, RunnerError, Sandbox, SandboxSpec, setup::Ground,
    snapshot::SnapshotError,
};
use thiserror::Error;

use crate::{
    Events, Plan,
    check_run::{self, Means},
    events::RunEvents,
    grade::{assemble, in_order},
    manifest,
    own_tests::OwnTests,
    references::{Openings, References},
    session::Session,
    suites::Suites,
    turn,
};

mod difference;

/// A sandbox that stays open, and what the checks came to in it.
pub struct Workbench {
    plan: Plan,
    spec: SandboxSpec,
    ground: Ground,
    /// None where no check needs the subject running.
    sandbox: Option<Box<dyn Sandbox>>,
    ended: BTreeMap<String, (Outcome, Option<Blame>)>,
    tries: u64,
    references: Openings,
}

/// Why there is none.
#[derive(Debug, Error)]
pub enum WorkbenchError {
    /// The subject's files cannot be read.
    #[error("cannot read the subject's files")]
    Files(#[source] SnapshotError),
    /// The subject cannot be used, by its own fault.
    #[error(transparent)]
    Subject(AppFailure),
    /// Something of ours broke.
    #[error("cannot open a sandbox")]
    Ours(#[source] RunnerError),
}

impl Workbench {
    /// Opens a plan's sandbox. [`Backend::close`] removes it, whatever comes of this.
    ///
    /// # Errors
    /// When the subject cannot be used, or something of ours breaks.
    pub async fn open(
        plan: Plan,
        backend: &dyn Backend,
        events: &Events,
    ) -> Result<Self, WorkbenchError> {
        let snapshot = &plan.subject.snapshot;
        let setup = manifest::of(&plan, backend.ground())
            .map_err(WorkbenchError::Files)?
            .map_err(WorkbenchError::Subject)?;
        let run = plan.run.to_string();
        let progress = RunEvents { run: &run, events };
        let spec = plan.sandbox(setup);
        let sandbox = if plan.needs_app() {
            let turn = turn::shared(backend).await;
            let opening = backend.open(&spec, snapshot, &progress).await;
            drop(turn);
            match opening.map_err(WorkbenchError::Ours)? {
                Opening::Ready(sandbox) => Some(sandbox),
                Opening::Refused { failure, .. } => return Err(WorkbenchError::Subject(failure)),
            }
        } else {
            None
        };
        Ok(Self {
            plan,
            spec,
            ground: backend.ground(),
            sandbox,
            ended: BTreeMap::new(),
            tries: 0,
            references: Openings::new(),
        })
    }

    /// The plan whose checks are run.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What of a plan needs another sandbox than this one, in a few words; nothing where this one
    /// will do.
    ///
    /// # Errors
    /// When the subject's files cannot be read.
    pub fn needs_another(&self, plan: &Plan) -> Result<Option<&'static str>, SnapshotError> {
        if plan.subject.snapshot.digest() != self.plan.subject.snapshot.digest() {
            return Ok(Some("the subject's files"));
        }
        if plan.needs_app() != self.sandbox.is_some() {
            return Ok(Some("whether the subject is started"));
        }
        let Ok(setup) = manifest::of(plan, self.ground)? else {
            return Ok(Some("how the subject is run"));
        };
        Ok(difference::between(&self.spec, &plan.sandbox(setup)))
    }

    /// Takes another plan for the same sandbox, and says which of its checks are not as they were, or
    /// stand behind such.
    pub fn take(&mut self, plan: Plan) -> Vec<String> {
        let (old, new) = (self.plan.file(), plan.file());
        let all_differ = old.vars != new.vars || old.limits != new.limits;
        let is_other = |check: &challenge_spec::model::Check| {
            all_differ || !old.checks.iter().any(|earlier| earlier == check)
        };
        let mut other: Vec<String> = Vec::new();
        for check in in_order(&plan) {
            let is_behind = check.requires.iter().any(|id| other.contains(id));
            if is_behind || is_other(check) {
                other.push(check.id.clone());
            }
        }
        self.ended.retain(|id, _| !other.contains(id));
        self.plan = plan.in_run_of(&self.plan);
        other
    }

    /// Runs these checks of the plan, in an order in which each comes after those that it requires.
    /// Each time with values of its own, for the data of the time before is still there.
    /// The backend is the one that it was opened with.
    pub async fn run(
        &mut self,
        checks: &[String],
        backend: &dyn Backend,
        events: &Events,
    ) -> Vec<CheckReport> {
        let seed = self.plan.seed.wrapping_add(self.tries);
        self.tries += 1;
        let env: BTreeMap<String, String> = self.plan.env_text().collect();
        let opened = std::mem::take(&mut self.references);
        let references = References::going_on(&self.plan, backend, opened);
        let suites = Suites::of(&self.plan, backend);
        let session = self.sandbox.as_deref().map(|sandbox| {
            Session::new(
                self.plan.file(),
                sandbox,
                &env,
                &references,
                &suites,
                &self.plan.stubs,
            )
        });
        let means = Means {
            session,
            own_tests: OwnTests::of(&self.plan, backend, self.sandbox.as_deref(), events),
        };
        let env = self.plan.env_object();
        let mut reports = Vec::new();
        for check in in_order(&self.plan) {
            if !checks.contains(&check.id) {
                continue;
            }
            let run = self.plan.run.to_string();
            events.send(Event::CheckStarted {
                run: run.clone(),
                check: check.id.clone(),
            });
            let turn = turn::of_check(backend, check).await;
            let clock = Instant::now();
            let verdict = check_run::run(&means, check, seed, &env, &self.ended).await;
            drop(turn);
            self.ended
                .insert(check.id.clone(), (verdict.outcome, verdict.blame));
            let report = assemble::check(check, verdict, clock.elapsed());
            events.send(assemble::ended(&run, &report));
            reports.push(report);
        }
        if let Some(session) = &means.session {
            session.connections.lock().await.close().await;
        }
        drop(means);
        self.references = references.into_openings();
        reports
    }
}

impl std::fmt::Debug for Workbench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workbench")
            .field("run", &self.plan.run)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
