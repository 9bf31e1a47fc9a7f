//! One kind of step a file; each comes to a [`StepEnd`].

mod assert;
mod capacity;
mod differential;
mod eventually;
mod explain;
mod fault;
mod load;
mod logs;
mod meanwhile;
mod measure;
mod migration;
mod openapi;
mod parallel;
mod queries;
mod query;
mod redis;
mod repeat;
mod replica;
mod request;
mod stub;
mod suite;
mod trouble;
mod upstream;

use std::{error::Error, fmt};

use challenge_spec::{
    matcher::Matcher,
    model::{Expected, Step},
};
use probe::{
    expectation::{ExpectationError, matcher},
    expression::Scope,
};
use report::model::Evidence;

pub(crate) use capacity::longest as longest_capacity;
pub(crate) use load::longest as longest_load;
pub(crate) use migration::longest as longest_migration;
pub(crate) use query::service_of;
pub(crate) use redis::redis_of;

use crate::{finish, session::Session, verdict::StepEnd};

/// Where a step stands in its check: `3`, or `3.1` inside `eventually`.
#[derive(Debug, Clone)]
pub(crate) struct Place(String);

impl Place {
    pub(crate) fn first(number: usize) -> Self {
        Self(number.to_string())
    }

    pub(crate) fn inside(&self, number: usize) -> Self {
        Self(format!("{}.{number}", self.0))
    }

    pub(crate) fn inside_round(&self, round: u32, number: usize) -> Self {
        Self(format!("{}.{number} in round {round}", self.0))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Does the steps inside of one, until one does not hold: what was seen before, and how that one ended.
async fn all_inside(
    session: &Session<'_>,
    steps: &[Step],
    scope: &mut Scope,
    place: &Place,
) -> (Vec<Evidence>, Option<StepEnd>) {
    let mut seen = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        match Box::pin(run(session, step, scope, &place.inside(index + 1))).await {
            StepEnd::Held(evidence) => seen.extend(evidence),
            ended => return (seen, Some(ended)),
        }
    }
    (seen, None)
}

/// Does one step. What it captures stays in `scope`.
pub(crate) async fn run(
    session: &Session<'_>,
    step: &Step,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    match step {
        Step::Request(request) => request::run(session, request, scope, place).await,
        Step::Parallel(parallel) => parallel::run(session, parallel, scope, place).await,
        Step::Meanwhile(step) => Box::pin(meanwhile::run(session, step, scope, place)).await,
        Step::Sql(sql) => query::run(session, sql, scope, place).await,
        Step::Queries(step) => Box::pin(queries::run(session, step, scope, place)).await,
        Step::Explain(step) => explain::run(session, step, scope, place).await,
        Step::Redis(step) => Box::pin(redis::run(session, step, scope, place)).await,
        Step::Upstream(step) => Box::pin(upstream::run(session, step, scope, place)).await,
        Step::Stub(step) => stub::run(session, step, scope, place).await,
        Step::Fault(step) => Box::pin(fault::run(session, step, scope, place)).await,
        Step::Replica(step) => Box::pin(replica::run(session, step, scope, place)).await,
        Step::Eventually(eventually) => {
            Box::pin(eventually::run(session, eventually, scope, place)).await
        }
        Step::Repeat(repeat) => Box::pin(repeat::run(session, repeat, scope, place)).await,
        Step::Assert(assert) => assert::run(assert, scope, place),
        Step::Logs(logs) => logs::run(session, logs, scope, place).await,
        Step::OpenApi(step) => openapi::run(session, step, scope, place).await,
        Step::Differential(step) => Box::pin(differential::run(session, step, scope, place)).await,
        Step::Load(step) => Box::pin(load::run(session, step, scope, place)).await,
        Step::Capacity(step) => Box::pin(capacity::run(session, step, scope, place)).await,
        Step::Migration(step) => Box::pin(migration::run(session, step, scope, place)).await,
        Step::Suite(step) => suite::run(session, step, scope, place).await,
        Step::OwnSuite(_) | Step::Pipeline(_) => StepEnd::errored(format!(
            "step {place} looks at tests, not at the submission"
        )),
    }
}

/// Those of the expected that are given, each with its key and its templates rendered.
fn matchers<const N: usize>(
    each: [(&'static str, Option<&Expected>); N],
    scope: &Scope,
) -> Result<Vec<(&'static str, Matcher)>, ExpectationError> {
    let given = each.into_iter().filter_map(|(key, one)| Some((key, one?)));
    given
        .map(|(key, one)| Ok((key, matcher(one, scope)?)))
        .collect()
}

/// Something of a step could not be computed. Where a value that the submission gave took part, it
/// is the submission's: it could otherwise turn lost points into undecided ones at will.
fn blame(place: &Place, captures: &[String], error: &dyn Error) -> StepEnd {
    let error = finish::chain(error);
    if captures.is_empty() {
        return StepEnd::errored(format!("step {place}: {error}"));
    }
    let names = captures.join("`, `");
    StepEnd::Failed {
        reason: format!(
            "step {place}: what the submission gave as `{names}` cannot be used: {error}"
        ),
        evidence: Vec::new(),
    }
}
