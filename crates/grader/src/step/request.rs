//! `request`: one HTTP request and what its answer must be.

use challenge_spec::model::Request;
use probe::{
    evidence,
    expectation::{Expectation, Judged},
    expression::Scope,
    request::prepare,
};
use report::model::Evidence;

use super::{Place, blame, trouble};
use crate::{finish, session::Session, verdict::StepEnd};

pub(super) async fn run(
    session: &Session<'_>,
    request: &Request,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let prepared = match prepare(request, scope, session.client.host()) {
        Ok(prepared) => prepared,
        Err(error) => return blame(place, &error.captures, &error),
    };
    let expectation = match Expectation::new(&request.expect, scope) {
        Ok(expectation) => expectation,
        Err(error) => return blame(place, &error.captures, &error),
    };
    let deadline = request.timeout.unwrap_or(session.file.limits.request);
    let deadline = deadline.get();
    session.look_before(deadline).await;
    let exchanged = match session.client.exchange(&prepared, deadline).await {
        Ok(exchanged) => exchanged,
        Err(error) => {
            return StepEnd::errored(format!("step {place}: {}", finish::chain(&error)));
        }
    };
    let step = place.to_string();
    session.ledger.lock().await.keep(&step, &exchanged);
    let judged = expectation.judge(&exchanged);
    let secrets = session.secrets(scope);
    let shown = evidence::exchange(&step, &exchanged, &judged, &secrets);
    let what = format!("{} {}", shown.request.method, shown.request.target);
    let evidence = vec![Evidence::Exchange(Box::new(shown.clone()))];
    if let Some(trouble) = &exchanged.trouble {
        return trouble::end(session, place, &what, trouble, evidence).await;
    }
    let Judged {
        mismatches,
        captures,
        ..
    } = judged;
    if mismatches.is_empty() {
        for (name, value) in captures {
            scope.capture(name, value);
        }
        return StepEnd::Held(evidence);
    }
    let status = exchanged.answer.as_ref().map(|answer| answer.status);
    let reason = finish::differs(&format!("{what}: "), &shown.mismatches);
    let mut evidence = evidence;
    if status.is_some_and(|status| status.is_server_error()) {
        evidence.extend(session.log().await);
    }
    StepEnd::Failed { reason, evidence }
}
