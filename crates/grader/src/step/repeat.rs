//! `repeat`: steps done several times over; each time must hold.

use challenge_spec::model::Repeat;
use probe::expression::Scope;
use report::model::Evidence;
use serde_json::Value;

use super::Place;
use crate::{session::Session, verdict::StepEnd};

pub(super) async fn run(
    session: &Session<'_>,
    repeat: &Repeat,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    for round in 0..repeat.times {
        scope.set("round", Value::from(round));
        // Of the rounds that held nothing is kept: they would drown the one that did not.
        let mut seen: Vec<Evidence> = Vec::new();
        for (index, step) in repeat.steps.iter().enumerate() {
            let place = place.inside_round(round + 1, index + 1);
            match super::run(session, step, scope, &place).await {
                StepEnd::Held(evidence) => seen.extend(evidence),
                ended => {
                    let round = format!("round {} of {}", round + 1, repeat.times);
                    return ended.said_of(&round).after(seen);
                }
            }
        }
    }
    StepEnd::Held(Vec::new())
}
