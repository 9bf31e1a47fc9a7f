//! `eventually`: steps tried again until they hold or the time is over.

use std::time::Duration;

use challenge_spec::model::Eventually;
use probe::expression::Scope;
use report::model::Evidence;
use tokio::time::{Instant, sleep_until};

use super::Place;
use crate::{session::Session, verdict::StepEnd};

pub(super) async fn run(
    session: &Session<'_>,
    eventually: &Eventually,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let within = eventually.within.get();
    let deadline = Instant::now() + within;
    let mut tries = 0_u32;
    loop {
        tries += 1;
        // A try that fails must not leave its captures behind.
        let mut attempt = scope.clone();
        let end = once(session, eventually, &mut attempt, place).await;
        let next = Instant::now() + eventually.every.get();
        match end {
            StepEnd::Failed { .. } | StepEnd::Inconclusive { .. } if next < deadline => {
                sleep_until(next).await;
            }
            StepEnd::Failed { reason, evidence } => {
                let (reason, evidence) = last(place, (tries, within), &reason, evidence);
                return StepEnd::Failed { reason, evidence };
            }
            StepEnd::Inconclusive { reason, evidence } => {
                let (reason, evidence) = last(place, (tries, within), &reason, evidence);
                return StepEnd::Inconclusive { reason, evidence };
            }
            settled => {
                *scope = attempt;
                return settled;
            }
        }
    }
}

/// The last of so many tries.
fn last(
    place: &Place,
    (tries, within): (u32, Duration),
    reason: &str,
    mut evidence: Vec<Evidence>,
) -> (String, Vec<Evidence>) {
    let within = within.as_secs_f32();
    evidence.push(Evidence::Note(format!(
        "step {place}: tried {tries} times within {within} s; this is the last try"
    )));
    (format!("still so after {within} s: {reason}"), evidence)
}

async fn once(
    session: &Session<'_>,
    eventually: &Eventually,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let mut seen = Vec::new();
    for (index, step) in eventually.steps.iter().enumerate() {
        let end = Box::pin(super::run(session, step, scope, &place.inside(index + 1))).await;
        match end {
            StepEnd::Held(evidence) => seen.extend(evidence),
            ended => return ended,
        }
    }
    StepEnd::Held(seen)
}
