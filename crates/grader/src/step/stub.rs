//! `stub`: what a stub does from now on.

use std::fmt::Write as _;

use challenge_spec::model::SetStub;
use probe::{
    evidence::{self, Secrets},
    expression::Scope,
};
use report::{model::Evidence, neutral::brief};
use runner::{RunnerError, ServiceState};
use sidecar::protocol::{Answer, Behaviour, Failure, Order, Route, Which};

use super::{Place, blame};
use crate::{
    finish,
    session::Session,
    stubs::{self, stub_of},
    verdict::StepEnd,
};

/// How much of a route stands in the evidence.
const SHOWN: usize = 200;
/// How many of them.
const ROUTES: usize = 20;

pub(super) async fn run(
    session: &Session<'_>,
    step: &SetStub,
    scope: &Scope,
    place: &Place,
) -> StepEnd {
    let stubs = &session.stubs;
    let Some((service, first)) = stub_of(session.file, step.service.as_deref())
        .and_then(|service| Some((service, stubs.at_first.get(service)?)))
    else {
        return StepEnd::errored(format!("step {place}: no service that is a stub"));
    };
    let behaviour = match stubs::behaviour(&step.routes, step.rate_limit, scope, first.seed) {
        Ok(behaviour) => behaviour,
        Err(error) => return blame(place, &error.captures, &error),
    };
    stubs.changes(service);
    let note = told(place, service, &behaviour, &session.secrets(scope));
    let seen = vec![Evidence::Note(note)];
    let order = Order::Behave(behaviour);
    match session.sandbox.steer(service, &order).await {
        Ok(Answer::Done) => StepEnd::Held(seen),
        other => unsteered(session, service, place, seen, other).await,
    }
}

/// A stub that did not do as it was told. It ran before the submission started, and what it is asked cannot
/// end it or keep it from following: one that has ended all the same has been brought to it, unless it was ended
/// from outside, which is looked for where the check has failed. One that runs and does not follow is ours.
pub(super) async fn unsteered(
    session: &Session<'_>,
    service: &str,
    place: &Place,
    evidence: Vec<Evidence>,
    said: Result<Answer, RunnerError>,
) -> StepEnd {
    match session.sandbox.service_state(service).await {
        Ok(ServiceState::Exited { exit }) => StepEnd::Failed {
            reason: format!("the stub `{service}` died while the submission used it: {exit}"),
            evidence,
        },
        Ok(ServiceState::Running) | Err(_) => StepEnd::Errored {
            reason: match said {
                Err(error) => format!("step {place}: {}", finish::chain(&error)),
                Ok(_) => format!("step {place}: the stub `{service}` gave another answer"),
            },
            evidence,
        },
    }
}

/// What a stub was told, for people.
fn told(place: &Place, service: &str, behaviour: &Behaviour, secrets: &Secrets) -> String {
    let routes = behaviour.routes.iter().take(ROUTES);
    let mut told: Vec<String> = routes.map(|route| told_of(route, secrets)).collect();
    let more = behaviour.routes.len().saturating_sub(ROUTES);
    if behaviour.routes.is_empty() {
        told.push("no routes".to_owned());
    }
    if more > 0 {
        told.push(format!("{more} more"));
    }
    if let Some(per_second) = behaviour.per_second {
        told.push(format!("at most {per_second} calls a second"));
    }
    let told = told.join("; ");
    format!("step {place} told the stub `{service}`: {told}")
}

/// `GET /prices/{sku}: 200 after 50 ms`.
fn told_of(route: &Route, secrets: &Secrets) -> String {
    let on = brief(&evidence::text(&route.on, secrets), SHOWN);
    let mut told = format!("{on}: {}", route.status);
    if let Some(latency) = route.latency {
        let _ = write!(told, " after {} ms", latency.p50_ms);
        if let Some(p99) = latency.p99_ms {
            let _ = write!(told, " (99 of 100 within {p99} ms)");
        }
    }
    if let Some(errors) = route.errors {
        let _ = match errors.which {
            Which::First(many) => write!(told, ", the first {many} "),
            Which::Share(share) => write!(told, ", of all {share} "),
        };
        let _ = match errors.how {
            Failure::Status(status) => write!(told, "with {status}"),
            Failure::Close => write!(told, "without an answer"),
        };
    }
    told
}

#[cfg(test)]
mod tests {
    use sidecar::protocol::{Body, Errors, Latency};

    use super::*;

    #[test]
    fn what_a_stub_was_told_is_said_in_a_few_lines() {
        let route = Route {
            on: "GET /prices/{sku}".to_owned(),
            status: 200,
            headers: std::collections::BTreeMap::new(),
            body: Body::Empty,
            latency: Some(Latency {
                p50_ms: 50,
                p99_ms: Some(400),
            }),
            errors: Some(Errors {
                which: Which::First(2),
                how: Failure::Close,
            }),
        };
        let behaviour = Behaviour {
            seed: 1,
            routes: vec![route; ROUTES + 1],
            per_second: Some(20),
        };
        let note = told(&Place::first(3), "pricing", &behaviour, &Secrets::default());
        let parts: Vec<&str> = note.split("; ").collect();
        assert_eq!(
            parts[0],
            "step 3 told the stub `pricing`: GET /prices/{sku}: 200 after 50 ms \
             (99 of 100 within 400 ms), the first 2 without an answer"
        );
        assert_eq!(parts[ROUTES], "1 more");
        assert_eq!(parts[ROUTES + 1], "at most 20 calls a second");
        let none = told(
            &Place::first(1),
            "pricing",
            &Behaviour::default(),
            &Secrets::default(),
        );
        assert_eq!(none, "step 1 told the stub `pricing`: no routes");
    }
}
