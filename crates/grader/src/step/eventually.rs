//! `eventually`: steps tried again until they hold or the time is over.

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
            StepEnd::Failed { .. } if next < deadline => sleep_until(next).await,
            StepEnd::Failed {
                reason,
                mut evidence,
            } => {
                evidence.push(Evidence::Note(format!(
                    "step {place}: tried {tries} times within {} s; this is the last try",
                    within.as_secs_f32()
                )));
                let reason = format!("still so after {} s: {reason}", within.as_secs_f32());
                return StepEnd::Failed { reason, evidence };
            }
            settled => {
                *scope = attempt;
                return settled;
            }
        }
    }
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
