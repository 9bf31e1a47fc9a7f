//! `replica`: steps that are done to a second instance of the submission.

use challenge_spec::model::Replica;
use probe::expression::Scope;
use runner::AppState;

use super::{Place, all_inside};
use crate::{finish, session::Session, verdict::StepEnd};

pub(super) async fn run(
    session: &Session<'_>,
    step: &Replica,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let second = match session.second().await {
        Ok(Ok(second)) => second,
        Ok(Err((reason, evidence))) => return StepEnd::Failed { reason, evidence },
        Err(error) => return StepEnd::errored(format!("step {place}: {}", finish::chain(&error))),
    };
    let (seen, ended) = all_inside(&second, &step.steps, scope, place).await;
    match ended {
        None => lives(&second, place).await.after(seen),
        Some(ended) => ended.said_of("at a second instance").after(seen),
    }
}

/// One that ends has failed, whatever it has answered.
async fn lives(second: &Session<'_>, place: &Place) -> StepEnd {
    match second.app_state().await {
        Ok(AppState::Running) => StepEnd::Held(Vec::new()),
        Ok(AppState::Exited { exit }) => StepEnd::Failed {
            reason: format!("the second instance died: {exit}"),
            evidence: second.log().await.into_iter().collect(),
        },
        Err(error) => StepEnd::errored(format!("step {place}: {}", finish::chain(&error))),
    }
}
