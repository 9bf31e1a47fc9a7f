//! Checks that look at the submission's own tests: what these say of implementations of the challenge, and
//! the pipeline that is to run them. They need no running submission.

mod implementations;
mod judged;
mod pipeline;
mod run;
mod suite;

pub use self::suite::at_once;

use std::collections::BTreeMap;

use challenge_spec::model::{Check, OwnSuiteStep, Pipeline, Step};
use probe::{
    evidence::{self, Secrets},
    expression::Seeds,
};
use report::model::{Blame, Evidence, Outcome};
use runner::{AppFailure, Backend, LogTail, Sandbox, SandboxFacts};

use self::{
    pipeline::OwnPipeline,
    suite::{Asked, OwnSuite},
};
use crate::{
    Events, Plan, check_run, session,
    verdict::{StepEnd, Verdict},
    watch,
};

/// The submission's own tests.
pub(crate) struct OwnTests<'a> {
    plan: &'a Plan,
    backend: &'a dyn Backend,
    suite: OwnSuite<'a>,
    pipeline: OwnPipeline<'a>,
    secrets: Secrets,
}

impl<'a> OwnTests<'a> {
    /// With a sandbox of the submission, where one stands beside them.
    pub(crate) fn of(
        plan: &'a Plan,
        backend: &'a dyn Backend,
        beside: Option<&'a dyn Sandbox>,
        events: &'a Events,
    ) -> Self {
        let mut secrets = Secrets::default();
        for (name, value) in plan.env_text() {
            secrets.insert(&name, &value);
        }
        Self {
            plan,
            backend,
            suite: OwnSuite::of(plan, backend, beside, events),
            pipeline: OwnPipeline::of(plan, backend),
            secrets,
        }
    }

    /// Builds what the tests are run in; in the inner error, the submission's own failure.
    pub(crate) async fn build(&self) -> Result<Result<(), AppFailure>, String> {
        if !self.backend.has_visits() {
            return Ok(Ok(()));
        }
        self.suite.build().await
    }

    /// How its sandboxes were made; nothing where there was none.
    pub(crate) async fn facts(&self) -> SandboxFacts {
        self.suite.facts().await
    }

    /// Runs one check, or says why it is skipped. `ended` holds the outcomes of those before it.
    pub(crate) async fn run(
        &self,
        check: &Check,
        ended: &BTreeMap<String, (Outcome, Option<Blame>)>,
    ) -> Verdict {
        if let Some(skipped) = check_run::behind(check, ended) {
            return skipped;
        }
        if !self.backend.has_visits() {
            let why = "the submission's own tests need containers to be run in";
            return Verdict::skipped(Blame::Nobody, why);
        }
        for step in &check.steps {
            let end = match step {
                Step::OwnSuite(step) => self.own_suite(check, step).await,
                Step::Pipeline(asked) => self.pipeline(*asked).await,
                _ => StepEnd::errored("the step needs a running submission"),
            };
            match end {
                StepEnd::Held(_) => {}
                StepEnd::Failed { reason, evidence } => return Verdict::failed(reason, evidence),
                StepEnd::Errored { reason, evidence } => return Verdict::errored(reason, evidence),
                StepEnd::Inconclusive { reason, evidence } => {
                    return Verdict::inconclusive(reason, evidence);
                }
            }
        }
        Verdict::passed()
    }

    async fn own_suite(&self, check: &Check, step: &OwnSuiteStep) -> StepEnd {
        let runs = match self.suite.asked().await {
            Asked::Runs(runs) => runs,
            Asked::Refused { reason, log } => return self.failed(reason, "build", log),
            Asked::Broken(why) => return StepEnd::errored(why),
        };
        match judged::judge(step, &chosen(self.plan, check, step), runs) {
            Ok(()) => StepEnd::Held(Vec::new()),
            Err(judged::Lost::Ours(why)) => StepEnd::errored(why),
            Err(judged::Lost::Theirs { seen, others }) => {
                let mut evidence = self.log(&seen.run, &seen.log);
                let note = |others: &String| watch::beside_others("the tests ran", others);
                evidence.extend(others.as_ref().map(note));
                StepEnd::Failed {
                    reason: self.hidden(&seen.reason),
                    evidence,
                }
            }
            Err(judged::Lost::Nobodys(seen)) => StepEnd::Inconclusive {
                reason: self.hidden(&seen.reason),
                evidence: self.log(&seen.run, &seen.log),
            },
        }
    }

    async fn pipeline(&self, asked: Pipeline) -> StepEnd {
        let test = match self.suite.command() {
            Ok(Ok(test)) => test,
            Ok(Err(reason)) => return self.failed(&reason, "pipeline", &LogTail::default()),
            Err(why) => return StepEnd::errored(why),
        };
        match self.pipeline.shows(asked, test).await {
            Ok(()) => StepEnd::Held(Vec::new()),
            Err(pipeline::Lost::Ours(why)) => StepEnd::errored(why),
            Err(pipeline::Lost::Theirs { reason, log }) => self.failed(&reason, "pipeline", &log),
        }
    }

    fn failed(&self, reason: &str, source: &str, log: &LogTail) -> StepEnd {
        StepEnd::Failed {
            reason: self.hidden(reason),
            evidence: self.log(source, log),
        }
    }

    fn hidden(&self, reason: &str) -> String {
        evidence::text(reason, &self.secrets)
    }

    /// Nothing where nothing was printed.
    fn log(&self, source: &str, log: &LogTail) -> Vec<Evidence> {
        let log = session::hidden(log, &self.secrets);
        let evidence = (!log.lines.is_empty()).then(|| session::log(source, &log));
        evidence.into_iter().collect()
    }
}

/// Those of its implementations to be rejected that the seed chooses, in their order.
fn chosen<'s>(plan: &Plan, check: &Check, step: &'s OwnSuiteStep) -> Vec<&'s str> {
    let all = step.rejects.iter().map(String::as_str);
    let Some(choose) = step.choose else {
        return all.collect();
    };
    let purpose = format!("own suite of {}", check.id);
    let places: Vec<usize> = (0..step.rejects.len()).collect();
    let mut places = Seeds::new(plan.seed).shuffled(&purpose, places);
    places.truncate(usize::try_from(choose).unwrap_or(usize::MAX));
    all.enumerate()
        .filter(|(place, _)| places.contains(place))
        .map(|(_, name)| name)
        .collect()
}
