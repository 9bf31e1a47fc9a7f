//! What a machine lacks costs nobody a point.
//!
//! The rule is simple rather than clever: as long as a service is wanting, whatever does not pass may
//! not pass for want of it, and stays undecided. What passes has passed.

use challenge_spec::model::{ChallengeFile, Check, Step};
use report::model::{Blame, Outcome};
use runner::Lack;

use crate::{
    step::{redis_of, service_of},
    stubs::stub_of,
    verdict::Verdict,
};

/// Of each check, where the submission cannot be used at all.
pub(crate) fn refused(lacks: &[Lack], reason: &str) -> Verdict {
    match wanting(lacks) {
        None => Verdict::skipped(Blame::Submission, reason),
        Some(lack) => Verdict::skipped(Blame::Nobody, format!("{reason}; perhaps {lack}")),
    }
}

/// Why a check is not run: a step of it asks a service that is wanting.
pub(crate) fn before(lacks: &[Lack], file: &ChallengeFile, check: &Check) -> Option<Verdict> {
    let mut asked = asked(file, &check.steps).into_iter();
    let lack = asked.find_map(|service| {
        let is_it = |lack: &&Lack| matches!(lack, Lack::Service { name, .. } if name == service);
        lacks.iter().find(is_it)
    })?;
    Some(Verdict::skipped(Blame::Nobody, lack.to_string()))
}

/// Why a check is not run: something is done to a service in it, and cannot be here.
pub(crate) fn of_faults(has_faults: bool, check: &Check) -> Option<Verdict> {
    let wants = check.has(&|step| matches!(step, Step::Fault(_)));
    (wants && !has_faults).then(|| {
        let why = "a fault is done to a service in its container, and without containers it is left alone";
        Verdict::skipped(Blame::Nobody, why)
    })
}

/// Why a check is not run: it asks a second instance, and there is none here.
pub(crate) fn of_replicas(has_replicas: bool, check: &Check) -> Option<Verdict> {
    let wants = check.has(&|step| matches!(step, Step::Replica(_)));
    (wants && !has_replicas).then(|| {
        let why = "a second instance of the submission runs in a container of its own, and there are no containers here";
        Verdict::skipped(Blame::Nobody, why)
    })
}

/// What a check that was run came to.
pub(crate) fn after(lacks: &[Lack], verdict: Verdict) -> Verdict {
    match (verdict.outcome, wanting(lacks)) {
        (Outcome::Failed, Some(lack)) => {
            let reason = verdict.reason.unwrap_or_default();
            Verdict {
                outcome: Outcome::Skipped,
                blame: Some(Blame::Nobody),
                reason: Some(format!("{reason}; perhaps {lack}")),
                evidence: verdict.evidence,
            }
        }
        _ => verdict,
    }
}

/// What a check that failed came to, where something of the host is out of order.
pub(crate) fn with_outage(outage: Option<String>, failed: Verdict) -> Verdict {
    let Some(outage) = outage else {
        return failed;
    };
    let reason = failed.reason.unwrap_or_default();
    Verdict::errored(
        format!("{outage}; what came of it: {reason}"),
        failed.evidence,
    )
}

/// All of them in one sentence.
fn wanting(lacks: &[Lack]) -> Option<String> {
    let told: Vec<_> = lacks.iter().map(ToString::to_string).collect();
    (!told.is_empty()).then(|| told.join(" and "))
}

/// The services that steps ask, and those inside of others.
fn asked<'a>(file: &'a ChallengeFile, steps: &'a [Step]) -> Vec<&'a str> {
    let each = steps.iter();
    each.flat_map(|step| asked_by(file, step)).collect()
}

fn asked_by<'a>(file: &'a ChallengeFile, step: &'a Step) -> Vec<&'a str> {
    let database = |named: &'a Option<String>| service_of(file, named.as_deref());
    let cache = |named: &'a Option<String>| redis_of(file, named.as_deref());
    let stub = |named: &'a Option<String>| stub_of(file, named.as_deref());
    let asked = match step {
        Step::Sql(step) => database(&step.service),
        Step::Queries(step) => database(&step.service),
        Step::Explain(step) => database(&step.service),
        Step::Redis(step) => cache(&step.service),
        Step::Upstream(step) => stub(&step.service),
        Step::Stub(step) => stub(&step.service),
        Step::Fault(step) => Some(&*step.service),
        Step::Migration(step) => database(&step.service),
        _ => None,
    };
    let mut asked: Vec<&str> = asked.into_iter().collect();
    if let Some((_, steps)) = step.inner() {
        asked.extend(self::asked(file, steps));
    }
    asked
}
