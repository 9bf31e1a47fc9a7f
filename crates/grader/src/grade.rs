use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use futures_util::{FutureExt as _, future::FusedFuture as _};
use report::{
    event::{Event, Phase},
    model::{CheckReport, Outcome, Report},
    points,
};
use runner::{
    AppFailure, Backend, EngineFacts, Opening, RunnerError, Sandbox, SandboxFacts, setup::Setup,
};

use crate::{
    Events, Plan,
    check_run::{self, Means},
    events::RunEvents,
    finish, lack, manifest,
    own_tests::OwnTests,
    practice::Looked,
    references::References,
    session::Session,
    suites::Suites,
    turn,
    verdict::Verdict,
};

pub(crate) mod assemble;

/// A grade in the making: what every stage of it needs.
struct Grading<'a> {
    plan: &'a Plan,
    backend: &'static str,
    engine: Option<EngineFacts>,
    events: &'a Events,
    started_at: DateTime<Utc>,
    clock: Instant,
}

/// What became of a subject before its points are counted.
struct Ended {
    checks: Vec<CheckReport>,
    facts: SandboxFacts,
    failure: Option<AppFailure>,
    /// How it was run; none where that was not found out.
    setup: Option<Setup>,
    checks_took: Duration,
    practice: Option<Looked>,
}

/// Grades one subject. There is always a report: where something of ours broke, its checks are
/// errored and their points undecided. The sandbox is left for [`Backend::close`], so that its
/// removal does not keep anybody from the report.
pub async fn grade(
    plan: &Plan,
    backend: &dyn Backend,
    events: &Events,
    snapshot_took: Duration,
) -> Report {
    let grading = Grading::start(plan, backend.name(), backend.engine().cloned(), events);
    let run = plan.run.to_string();
    let progress = RunEvents { run: &run, events };
    let snapshot = &plan.subject.snapshot;
    let setup = match manifest::of(plan, backend.ground()) {
        Ok(Ok(setup)) => setup,
        Ok(Err(failure)) => {
            let ended = grading.refused(failure, SandboxFacts::default());
            return grading.report(ended, snapshot_took);
        }
        Err(error) => {
            let ended = grading.broken(&finish::chain(&error));
            return grading.report(ended, snapshot_took);
        }
    };
    events.send(Event::SetupFound {
        run: run.clone(),
        found: setup.found().to_owned(),
    });
    let spec = plan.sandbox(setup);
    let mut ended = if plan.needs_app() {
        let references = References::of(plan, backend);
        let opening = backend.open(&spec, snapshot, &progress);
        let turn = turn::shared(backend).await;
        let opened = Box::pin(opened(opening, plan, &references)).await;
        drop(turn);
        match opened {
            Ok(Opening::Ready(sandbox)) => {
                Box::pin(grading.use_sandbox(&*sandbox, backend, &references)).await
            }
            Ok(Opening::Refused { failure, facts }) => grading.refused(failure, facts),
            Err(error) => grading.broken(&finish::chain(&error)),
        }
    } else {
        Box::pin(grading.use_tests_alone(backend)).await
    };
    ended.practice = grading.practice(backend, &spec.app.setup).await;
    ended.setup = Some(spec.app.setup);
    grading.report(ended, snapshot_took)
}

/// What comes of opening the subject, with the references opened beside it: no check shares the machine
/// with the build of one. A subject that cannot be used waits for none.
async fn opened(
    opening: impl Future<Output = Result<Opening, RunnerError>>,
    plan: &Plan,
    references: &References<'_>,
) -> Result<Opening, RunnerError> {
    if plan.until_lost {
        // The first checks may well be all.
        return opening.await;
    }
    let mut prepared = std::pin::pin!(references.prepare().fuse());
    let mut opening = std::pin::pin!(opening);
    let opened = tokio::select! {
        biased;
        opened = &mut opening => opened,
        () = &mut prepared => opening.await,
    };
    if matches!(opened, Ok(Opening::Ready(_))) && !prepared.is_terminated() {
        prepared.await;
    }
    opened
}

/// The report of a plan for which there is no backend: nothing was run, nothing is lost.
pub fn could_not_run(plan: &Plan, backend: &'static str, events: &Events, why: &str) -> Report {
    let grading = Grading::start(plan, backend, None, events);
    let ended = grading.broken(why);
    grading.report(ended, Duration::ZERO)
}

impl<'a> Grading<'a> {
    fn start(
        plan: &'a Plan,
        backend: &'static str,
        engine: Option<EngineFacts>,
        events: &'a Events,
    ) -> Self {
        events.send(Event::RunStarted {
            run: plan.run.to_string(),
            challenge: plan.file().id.clone(),
            subject: plan.subject.kind.to_string(),
            seed: plan.seed,
            checks: u32::try_from(plan.checks.len()).unwrap_or(u32::MAX),
        });
        Self {
            plan,
            backend,
            engine,
            events,
            started_at: Utc::now(),
            clock: Instant::now(),
        }
    }

    fn run(&self) -> String {
        self.plan.run.to_string()
    }

    /// What the usual tools of its language say of the subject, where that is asked for.
    async fn practice(&self, backend: &dyn Backend, setup: &Setup) -> Option<Looked> {
        if !self.plan.with_practice {
            return None;
        }
        let run = self.run();
        let phase = Phase::Practice;
        let started = run.clone();
        self.events.send(Event::PhaseStarted {
            run: started,
            phase,
        });
        let turn = turn::shared(backend).await;
        let looked = Looked::at(self.plan, backend, setup, self.events).await;
        drop(turn);
        self.events.send(Event::PhaseEnded {
            run,
            phase,
            duration_ms: finish::millis(looked.took),
            note: looked.practice.not_run.clone(),
        });
        Some(looked)
    }

    async fn use_sandbox(
        &self,
        sandbox: &dyn Sandbox,
        backend: &dyn Backend,
        references: &References<'_>,
    ) -> Ended {
        let env: BTreeMap<String, String> = self.plan.env_text().collect();
        let suites = Suites::of(self.plan, backend);
        let means = Means {
            session: Some(Session::new(
                self.plan.file(),
                sandbox,
                &env,
                references,
                &suites,
                &self.plan.stubs,
            )),
            own_tests: OwnTests::of(self.plan, backend, Some(sandbox), self.events),
        };
        let (checks, checks_took) = self.run_checks(&means, backend).await;
        if let Some(session) = &means.session {
            session.connections.lock().await.close().await;
        }
        Ended {
            checks,
            facts: sandbox.facts().clone(),
            failure: None,
            setup: None,
            checks_took,
            practice: None,
        }
    }

    /// Where no check needs the submission running, it is not started.
    async fn use_tests_alone(&self, backend: &dyn Backend) -> Ended {
        let own_tests = OwnTests::of(self.plan, backend, None, self.events);
        let turn = turn::shared(backend).await;
        let built = own_tests.build().await;
        drop(turn);
        match built {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => return self.refused(failure, own_tests.facts().await),
            Err(why) => return self.broken(&why),
        }
        let means = Means {
            session: None,
            own_tests,
        };
        let (checks, checks_took) = self.run_checks(&means, backend).await;
        Ended {
            checks,
            facts: means.own_tests.facts().await,
            failure: None,
            setup: None,
            checks_took,
            practice: None,
        }
    }

    /// In the challenge's order, and how long all took.
    async fn run_checks(
        &self,
        means: &Means<'_>,
        backend: &dyn Backend,
    ) -> (Vec<CheckReport>, Duration) {
        let clock = Instant::now();
        self.events.send(Event::PhaseStarted {
            run: self.run(),
            phase: Phase::Checks,
        });
        let env = self.plan.env_object();
        let mut ended = BTreeMap::new();
        let mut checks = Vec::new();
        for check in in_order(self.plan) {
            // Waiting for it is nobody's time.
            let turn = turn::of_check(backend, check).await;
            self.events.send(Event::CheckStarted {
                run: self.run(),
                check: check.id.clone(),
            });
            let clock = Instant::now();
            let verdict = check_run::run(means, check, self.plan.seed, &env, &ended).await;
            drop(turn);
            ended.insert(check.id.clone(), (verdict.outcome, verdict.blame));
            let is_enough = self.plan.until_lost && verdict.outcome == Outcome::Failed;
            checks.push(self.ended(check, verdict, clock.elapsed()));
            if is_enough {
                break;
            }
        }
        let order: Vec<&str> = self.plan.checks().map(|check| check.id.as_str()).collect();
        checks.sort_by_key(|check| order.iter().position(|id| *id == check.id));
        let took = clock.elapsed();
        self.events.send(Event::PhaseEnded {
            run: self.run(),
            phase: Phase::Checks,
            duration_ms: finish::millis(took),
            note: None,
        });
        (checks, took)
    }

    fn refused(&self, failure: AppFailure, facts: SandboxFacts) -> Ended {
        let reason = failure.to_string();
        Ended {
            checks: self.all(|| lack::refused(&facts.lacks, &reason)),
            facts,
            failure: Some(failure),
            setup: None,
            checks_took: Duration::ZERO,
            practice: None,
        }
    }

    fn broken(&self, why: &str) -> Ended {
        Ended {
            checks: self.all(|| Verdict::errored(why, Vec::new())),
            facts: SandboxFacts::default(),
            failure: None,
            setup: None,
            checks_took: Duration::ZERO,
            practice: None,
        }
    }

    fn all(&self, verdict: impl Fn() -> Verdict) -> Vec<CheckReport> {
        self.plan
            .checks()
            .map(|check| self.ended(check, verdict(), Duration::ZERO))
            .collect()
    }

    fn ended(
        &self,
        check: &challenge_spec::model::Check,
        verdict: Verdict,
        took: Duration,
    ) -> CheckReport {
        let report = assemble::check(check, verdict, took);
        self.events.send(assemble::ended(&self.run(), &report));
        report
    }

    fn report(&self, ended: Ended, snapshot_took: Duration) -> Report {
        let report = assemble::report(self, ended, snapshot_took);
        self.events.send(Event::RunEnded {
            run: self.run(),
            score: points::score(&report.checks),
            duration_ms: report.run.duration_ms,
        });
        report
    }
}

/// The order asked for, but each check behind those that it requires.
pub(crate) fn in_order(plan: &Plan) -> Vec<&challenge_spec::model::Check> {
    let mut waiting: Vec<_> = plan.wanted().collect();
    let mut ordered: Vec<&challenge_spec::model::Check> = Vec::new();
    while !waiting.is_empty() {
        // A validated challenge has no circle; if it had one, the first would be taken as it stands.
        let next = waiting
            .iter()
            .position(|check| {
                let is_waiting = |id: &String| waiting.iter().any(|other| other.id == *id);
                !check.requires.iter().any(is_waiting)
            })
            .unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    ordered
}
