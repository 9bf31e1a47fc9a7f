//! Runs one check: its steps in order, the first that fails ends it.

use std::{collections::BTreeMap, time::Duration};

use challenge_spec::model::{ChallengeFile, Check, Step};
use probe::expression::{RenderError, Scope, Seeds};
use report::model::{Blame, Evidence, Outcome};
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::{
    lack,
    own_tests::OwnTests,
    session::{Ready, Session},
    step::{self, Place},
    verdict::{StepEnd, Verdict},
    watch,
};

/// How much of what held before a failure is kept with it.
const EVIDENCE_BEFORE: usize = 6;

/// How many times the time of a check may go where a step keeps it for each side itself: a difference is
/// asked for again three times, of the submission and of the reference.
const SERIES: u32 = 8;
/// For all of ours that a comparison with a reference takes beside its answers.
const OWN_TIME: Duration = Duration::from_mins(1);

/// What checks are run with.
pub(crate) struct Means<'a> {
    /// None where no check needs the submission running.
    pub(crate) session: Option<Session<'a>>,
    pub(crate) own_tests: OwnTests<'a>,
}

/// Runs one check, or says why it is skipped. `ended` holds the outcomes of those before it.
pub(crate) async fn run(
    means: &Means<'_>,
    check: &Check,
    seed: u64,
    env: &Map<String, Value>,
    ended: &BTreeMap<String, (Outcome, Option<Blame>)>,
) -> Verdict {
    if check.is_of_tests() {
        return Box::pin(means.own_tests.run(check, ended)).await;
    }
    let Some(session) = &means.session else {
        return Verdict::errored("the submission was not started", Vec::new());
    };
    if let Some(skipped) = behind(check, ended) {
        return skipped;
    }
    if let Some(why) = session.suites.lack(check) {
        return Verdict::skipped(Blame::Nobody, why);
    }
    if let Some(skipped) = lack::of_replicas(session.sandbox.has_replicas(), check) {
        return skipped;
    }
    if let Some(skipped) = lack::of_faults(session.sandbox.has_faults(), check) {
        return skipped;
    }
    let lacks = &session.sandbox.facts().lacks;
    if let Some(skipped) = lack::before(lacks, session.file, check) {
        return skipped;
    }
    let verdict = lack::after(lacks, run_all(session, check, seed, env).await);
    // Looked for only where a point would be lost.
    match verdict.outcome {
        Outcome::Failed => lack::with_outage(session.sandbox.outage().await, verdict),
        _ => verdict,
    }
}

async fn run_all(
    session: &Session<'_>,
    check: &Check,
    seed: u64,
    env: &Map<String, Value>,
) -> Verdict {
    if let Some(why) = session.faults.broken() {
        return Verdict::errored(format!("in an earlier check {why}"), Vec::new());
    }
    match session.make_ready().await {
        Ok(Ready::Yes) => {}
        Ok(Ready::Dead(reason, evidence)) => return Verdict::failed(reason, evidence),
        Err(error) => return Verdict::errored(crate::finish::chain(&error), Vec::new()),
    }
    // A migration that is run anew begins so by itself.
    let begins_anew = matches!(check.steps.first(), Some(Step::Migration(_)));
    if check.reset.is_some() && !begins_anew {
        match session.reset().await {
            Ok(Ready::Yes) => {}
            Ok(Ready::Dead(reason, evidence)) => return Verdict::failed(reason, evidence),
            Err(error) => return Verdict::errored(crate::finish::chain(&error), Vec::new()),
        }
    }
    if let Err(reason) = session.make_references_ready(check).await {
        return Verdict::errored(reason, Vec::new());
    }
    session.suites.make_ready(check, session.sandbox).await;
    if let Err(error) = session.begin(check).await {
        return Verdict::errored(crate::finish::chain(&error), Vec::new());
    }
    let mut scope = match scope(session.file, check, seed, env) {
        Ok(scope) => scope,
        Err((name, error)) => {
            let error = crate::finish::chain(&error);
            let reason = format!("the challenge's variable `{name}` cannot be computed: {error}");
            return Verdict::errored(reason, Vec::new());
        }
    };
    let limit = session.file.limits.check.get();
    // A reference's answers, a difference made short and the runs of a load are not the submission's time:
    // a step that has those keeps time itself.
    let own = own_time(session.file, check);
    let mut seen = Vec::new();
    let done = async {
        let watch = session.watch.keep(session.sandbox, None);
        tokio::select! {
            biased;
            verdict = steps(session, check, &mut scope, &mut seen) => verdict,
            never = watch => match never {},
        }
    };
    let began = Instant::now();
    let verdict = match in_time(session, limit + own, done).await {
        Some(verdict) => verdict,
        None => too_long(session, limit, seen).await,
    };
    with_others(session, began.elapsed(), verdict).await
}

/// A lost check, with a note where others had the cores all the while.
async fn with_others(session: &Session<'_>, took: Duration, mut verdict: Verdict) -> Verdict {
    if verdict.outcome == Outcome::Failed
        && took >= watch::LONG_ENOUGH
        && let Some(others) = session.kept_off(took).await
    {
        let note = watch::beside_others("the check ran", &others);
        verdict.evidence.push(note);
    }
    verdict
}

/// What is done in so much time. What faults take to be made and taken back, and a second instance to be started, is
/// not the check's time, and is not cut off.
async fn in_time<T>(
    session: &Session<'_>,
    time: Duration,
    done: impl Future<Output = T>,
) -> Option<T> {
    let began = Instant::now();
    let mut done = std::pin::pin!(done);
    loop {
        let end = began + time + session.own_time.spent();
        if let Ok(done) = tokio::time::timeout_at(end, &mut done).await {
            return Some(done);
        }
        if began + time + session.own_time.spent() <= end {
            return None;
        }
    }
}

/// What the steps of a check may take beside the time that it has.
fn own_time(file: &ChallengeFile, check: &Check) -> Duration {
    let compares = check.has(&|step| matches!(step, Step::Differential(_)));
    let compares = if compares {
        file.limits.check.get() * SERIES + OWN_TIME
    } else {
        Duration::ZERO
    };
    let series = check.steps.iter().map(|step| match step {
        Step::Load(load) => step::longest_load(file, load),
        Step::Capacity(capacity) => step::longest_capacity(file, capacity),
        Step::Migration(_) => step::longest_migration(file),
        _ => Duration::ZERO,
    });
    compares + series.sum::<Duration>()
}

pub(crate) fn behind(
    check: &Check,
    ended: &BTreeMap<String, (Outcome, Option<Blame>)>,
) -> Option<Verdict> {
    check.requires.iter().find_map(|required| {
        let (outcome, blame) = ended.get(required)?;
        if *outcome == Outcome::Passed {
            return None;
        }
        let reason = format!("it needs `{required}`, which did not pass");
        Some(Verdict::skipped(blame.unwrap_or(Blame::Ours), reason))
    })
}

fn scope(
    file: &ChallengeFile,
    check: &Check,
    seed: u64,
    env: &Map<String, Value>,
) -> Result<Scope, (String, RenderError)> {
    let mut scope = Scope::for_check(Seeds::new(seed), &check.id, env.clone());
    for (name, template) in file.vars.iter().chain(&check.vars) {
        let value = scope
            .render(template)
            .map_err(|error| (name.clone(), error))?;
        scope.set(name, value);
    }
    Ok(scope)
}

async fn steps(
    session: &Session<'_>,
    check: &Check,
    scope: &mut Scope,
    seen: &mut Vec<Evidence>,
) -> Verdict {
    for (index, step) in check.steps.iter().enumerate() {
        let place = Place::first(index + 1);
        match step::run(session, step, scope, &place).await {
            StepEnd::Held(evidence) => {
                seen.extend(evidence);
                let surplus = seen.len().saturating_sub(EVIDENCE_BEFORE);
                seen.drain(..surplus);
            }
            StepEnd::Failed { reason, evidence } => {
                let mut all = std::mem::take(seen);
                all.extend(evidence);
                all.extend(session.dead_services().await);
                return Verdict::failed(reason, all);
            }
            StepEnd::Inconclusive { reason, evidence } => {
                let mut all = std::mem::take(seen);
                all.extend(evidence);
                return Verdict::inconclusive(reason, all);
            }
            StepEnd::Errored { reason, evidence } => {
                let mut all = std::mem::take(seen);
                all.extend(evidence);
                return Verdict::errored(reason, all);
            }
        }
    }
    // What was measured is of interest where it held, too.
    let measured = |evidence: &Evidence| {
        matches!(
            evidence,
            Evidence::Load(_) | Evidence::Capacity(_) | Evidence::Migration(_)
        )
    };
    Verdict {
        evidence: std::mem::take(seen).into_iter().filter(measured).collect(),
        ..Verdict::passed()
    }
}

/// A check's steps are bounded each; all together are what the submission's answers made them.
async fn too_long(session: &Session<'_>, limit: Duration, mut seen: Vec<Evidence>) -> Verdict {
    // Of the time that has just ended, before anything else takes time.
    let others = session.kept_off(limit).await;
    let mut reason = format!(
        "too slow: the check was not done within {} s",
        limit.as_secs_f32()
    );
    if let Some(mended) = session.mend().await {
        seen.push(mended.evidence);
        if let Err(why) = mended.end {
            return Verdict::errored(format!("{why}; what came of its steps: {reason}"), seen);
        }
        reason = format!("while {}: {reason}", mended.what);
    }
    if let Err(error) = session.sandbox.app_state().await {
        return Verdict::errored(crate::finish::chain(&error), seen);
    }
    seen.extend(session.log().await);
    seen.extend(session.log_of_second().await);
    seen.extend(session.dead_services().await);
    match others {
        Some(others) => Verdict::inconclusive(format!("{reason}, but {others}"), seen),
        None => Verdict::failed(reason, seen),
    }
}
