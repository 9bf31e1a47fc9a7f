//! Whose doing it is when a side does not answer as it must.

use std::{sync::Arc, time::Duration};

use loadgen::{load::LoadError, trouble::Trouble as Kind};
use probe::{evidence, expression::Scope};
use report::model::{Evidence, Trouble};
use runner::{AppState, Sandbox};

use super::side::{Faults, Run, Side};
use crate::{
    finish,
    session::Session,
    step::{self, Place, trouble},
    verdict::StepEnd,
};

/// For the engine's answers around a run.
pub(crate) const AROUND: Duration = Duration::from_secs(15);

/// The sandbox of the other subject, where there is one. That it cannot be had is ours.
pub(crate) async fn other(
    session: &Session<'_>,
    against: Option<&str>,
    place: &Place,
) -> Result<Option<Arc<dyn Sandbox>>, StepEnd> {
    let Some(name) = against else {
        return Ok(None);
    };
    let other = session.reference(name).await;
    other
        .map(Some)
        .map_err(|reason| StepEnd::errored(format!("step {place}: {reason}")))
}

/// Where the requests of a step of this kind come from.
pub(crate) fn seed(kind: &str, scope: &Scope, place: &Place) -> Result<u64, StepEnd> {
    let key = format!("{{{{ int('{kind} {place}', 0, 4294967295) }}}}");
    let drawn = scope.render_str(&key);
    drawn
        .map(|drawn| drawn.as_u64().unwrap_or_default())
        .map_err(|error| step::blame(place, &error.captures, &error))
}

/// However it was asked, a submission is not to die of it. None where it lives.
pub(crate) async fn dead(
    side: &Side<'_>,
    run: &Run,
    place: &Place,
    evidence: impl Fn() -> Vec<Evidence>,
) -> Option<StepEnd> {
    if run.faults().unanswered == 0 {
        return None;
    }
    match side.session.sandbox.app_state().await {
        Ok(AppState::Running) => None,
        Ok(AppState::Exited { exit }) => Some(StepEnd::Failed {
            reason: format!("the submission died under load: {exit}"),
            evidence: with_log(side.session, evidence()).await,
        }),
        Err(error) => Some(StepEnd::Errored {
            reason: format!("step {place}: {}", finish::chain(&error)),
            evidence: evidence(),
        }),
    }
}

/// More of the submission's answers were wrong, or did not come within a time, than may.
pub(crate) async fn faulty(
    side: &Side<'_>,
    (run, faults): (&Run, Faults),
    (place, within): (&Place, Duration),
    evidence: Vec<Evidence>,
) -> StepEnd {
    if faults.unanswered > faults.wrong {
        let what = format!(
            "{} of {} requests under load",
            faults.unanswered, faults.all
        );
        let trouble = in_the_reports_words(run.worst(), within);
        return trouble::lost(side.session, place, &what, &trouble, evidence).await;
    }
    let what = format!(
        "{} of {} answers under load were wrong",
        faults.wrong, faults.all
    );
    let secrets = side.session.secrets(&side.scope);
    let kept = side.wrongs.kept();
    let only_bodies = run.wrong_bodies(0.0).is_some_and(|wrong| wrong == faults);
    let reason = match kept.iter().find(|wrong| wrong.in_body || !only_bodies) {
        Some(wrong) => {
            let step = place.to_string();
            let shown = evidence::exchange(&step, &wrong.exchanged, &wrong.judged, &secrets);
            let request = &shown.request;
            let before = format!("{what}: {} {}: ", request.method, request.target);
            finish::differs(&before, &shown.mismatches)
        }
        None => format!("{what}: {}", kinds(run)),
    };
    StepEnd::Failed {
        reason,
        evidence: with_log(side.session, evidence).await,
    }
}

/// With what the submission printed last.
pub(crate) async fn with_log(session: &Session<'_>, mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    evidence.extend(session.log().await);
    evidence
}

/// A load that could not be made is ours.
pub(crate) fn unmade(place: &Place, error: &LoadError) -> StepEnd {
    StepEnd::errored(format!("step {place}: {}", finish::chain(error)))
}

/// A sandbox that is still held is of no use to the checks that follow.
pub(crate) fn held(place: &Place, why: &str) -> StepEnd {
    StepEnd::errored(format!("step {place}: a sandbox was not let go of: {why}"))
}

/// `12 wrong status, 3 no whole answer in time`.
pub(crate) fn kinds(run: &Run) -> String {
    let errors = run.measured.errors.iter();
    let each: Vec<String> = errors
        .map(|(kind, count)| format!("{count} {}", kind.says()))
        .collect();
    each.join(", ")
}

fn in_the_reports_words(kind: Kind, within: Duration) -> Trouble {
    match kind {
        Kind::Refused | Kind::Unreachable => Trouble::Refused(kind.says().to_owned()),
        Kind::TimedOut | Kind::NotSent => Trouble::TimedOut(finish::millis(within)),
        Kind::BadAnswer => Trouble::Invalid(kind.says().to_owned()),
        _ => Trouble::Closed(kind.says().to_owned()),
    }
}
