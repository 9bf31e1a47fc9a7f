//! `fault`: steps that are done while a service is in trouble, by our doing.

use challenge_spec::model::Fault;
use probe::expression::Scope;
use report::model::Evidence;
use runner::{AppState, Mended, ServiceState};

use super::{Place, all_inside};
use crate::{
    finish,
    session::{MendedFault, Session},
    verdict::StepEnd,
};

pub(super) async fn run(
    session: &Session<'_>,
    step: &Fault,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    if let Some(end) = dead(session, step, place).await {
        return end;
    }
    if let Err(error) = session.break_service(place, step).await {
        let reason = format!("step {place}: {}", finish::chain(&error));
        // It may have died of its use just before.
        let died = dead(session, step, place).await;
        let mended = session.mend().await;
        return match (died, mended.map(|mended| mended.end)) {
            (_, Some(Err(why))) => StepEnd::errored(format!("{reason}; {why}")),
            (Some(died), _) => died,
            _ => StepEnd::errored(reason),
        };
    }
    let end = match all_inside(session, &step.steps, scope, place).await {
        (seen, None) => StepEnd::Held(seen),
        (seen, Some(ended)) => ended.after(seen),
    };
    match session.mend().await {
        Some(mended) => judged(session, mended, end, place).await,
        None => end,
    }
}

/// The service ran before the submission started: one that has ended since has died of its use.
async fn dead(session: &Session<'_>, step: &Fault, place: &Place) -> Option<StepEnd> {
    let service = &step.service;
    match session.service_state(service).await {
        Ok(ServiceState::Running) => None,
        Ok(ServiceState::Exited { exit }) => Some(StepEnd::Failed {
            reason: format!("the service `{service}` died while the submission used it: {exit}"),
            evidence: Vec::new(),
        }),
        Err(error) => Some(StepEnd::errored(format!(
            "step {place}: {}",
            finish::chain(&error)
        ))),
    }
}

/// What came of the steps, now that the service is as before, or is not.
async fn judged(
    session: &Session<'_>,
    MendedFault {
        what,
        evidence: fault,
        end: mended,
    }: MendedFault,
    end: StepEnd,
    place: &Place,
) -> StepEnd {
    let seen = vec![fault];
    match (mended, end) {
        (Err(why), end) => {
            let reason = format!("step {place}: {why}{}", came_of_it(&end));
            StepEnd::Errored {
                reason,
                evidence: evidence_of(end),
            }
            .after(seen)
        }
        (Ok(Mended::Kept { how }), StepEnd::Held(evidence)) => StepEnd::Failed {
            reason: format!("after {what}, the submission kept it from coming back: {how}"),
            evidence,
        }
        .after(seen),
        (Ok(Mended::Ready), StepEnd::Held(evidence)) => {
            lives(session, &what, place, evidence).await.after(seen)
        }
        (Ok(_), ended) => ended.said_of(&format!("while {what}")).after(seen),
    }
}

/// A submission that ends because a service is away does not get along without it, whatever it has answered.
async fn lives(
    session: &Session<'_>,
    what: &str,
    place: &Place,
    mut evidence: Vec<Evidence>,
) -> StepEnd {
    match session.sandbox.app_state().await {
        Ok(AppState::Running) => StepEnd::Held(evidence),
        Ok(AppState::Exited { exit }) => {
            evidence.extend(session.log().await);
            StepEnd::Failed {
                reason: format!("the submission died while {what}: {exit}"),
                evidence,
            }
        }
        Err(error) => StepEnd::Errored {
            reason: format!("step {place}: {}", finish::chain(&error)),
            evidence,
        },
    }
}

fn came_of_it(end: &StepEnd) -> String {
    match end {
        StepEnd::Held(_) => String::new(),
        StepEnd::Failed { reason, .. }
        | StepEnd::Inconclusive { reason, .. }
        | StepEnd::Errored { reason, .. } => format!("; what came of its steps: {reason}"),
    }
}

fn evidence_of(end: StepEnd) -> Vec<Evidence> {
    match end {
        StepEnd::Held(evidence)
        | StepEnd::Failed { evidence, .. }
        | StepEnd::Inconclusive { evidence, .. }
        | StepEnd::Errored { evidence, .. } => evidence,
    }
}
