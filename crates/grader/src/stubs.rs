//! What stubs are told, in their own words.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use challenge_spec::model::{ChallengeFile, RateLimit, StubErrors, StubRoute};
use indexmap::IndexMap;
use probe::expression::{RenderError, Scope, Seeds};
use serde_json::{Map, Value};
use sidecar::{
    protocol::{Behaviour, Body, Errors, Failure, Latency, MOST_ORDER, Route, Which},
    stub::Pattern,
};
use thiserror::Error;

use crate::finish;

/// What a failing call gets unless something else is said.
const UNAVAILABLE: u16 = 503;
/// What an order has beside its behaviour, in bytes.
const AROUND: usize = 1024;

/// What stubs do, by their names.
pub(crate) type Behaviours = IndexMap<String, Behaviour>;

/// Why a stub cannot be told so.
#[derive(Debug, Error)]
#[error("the route `{on}`")]
pub(crate) struct StubError {
    on: String,
    /// What the submission gave that took part.
    pub(crate) captures: Vec<String>,
    #[source]
    reason: Box<StubReason>,
}

/// What is wrong with it.
#[derive(Debug, Error)]
pub(crate) enum StubReason {
    /// A template gives nothing.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// What a template gave is no route.
    #[error("{0}")]
    Pattern(String),
    /// What templates gave is too much.
    #[error("the routes are larger than {} KiB together", MOST_ORDER / 1024)]
    TooLarge,
}

/// What each stub of a challenge does at the start of a check.
pub(crate) fn at_first(
    file: &ChallengeFile,
    seed: u64,
    env: &Map<String, Value>,
) -> Result<Behaviours, (String, StubError)> {
    let mut scope = Scope::for_run(Seeds::new(seed));
    scope.set("env", Value::Object(env.clone()));
    let stubs = file.services.iter();
    let stubs = stubs.filter_map(|(name, service)| Some((name, service.as_stub()?)));
    stubs
        .zip(0..)
        .map(|((name, stub), place)| {
            let seed = seed.wrapping_add(place);
            match behaviour(&stub.routes, stub.rate_limit, &scope, seed) {
                Ok(behaviour) => Ok((name.clone(), behaviour)),
                Err(error) => Err((name.clone(), error)),
            }
        })
        .collect()
}

/// Routes with their templates rendered.
pub(crate) fn behaviour(
    routes: &[StubRoute],
    rate_limit: Option<RateLimit>,
    scope: &Scope,
    seed: u64,
) -> Result<Behaviour, StubError> {
    let behaviour = Behaviour {
        seed,
        routes: routes
            .iter()
            .map(|one| route(one, scope))
            .collect::<Result<_, _>>()?,
        per_second: rate_limit.map(|limit| limit.per_second),
    };
    let size = serde_json::to_string(&behaviour).map_or(usize::MAX, |text| text.len());
    if size > MOST_ORDER - AROUND {
        return Err(StubError {
            on: routes
                .first()
                .map_or_else(String::new, |route| route.on.0.clone()),
            captures: routes
                .iter()
                .flat_map(|route| captures(route, scope))
                .collect(),
            reason: StubReason::TooLarge.into(),
        });
    }
    Ok(behaviour)
}

fn route(route: &StubRoute, scope: &Scope) -> Result<Route, StubError> {
    let failed = |captures: Vec<String>, reason: StubReason| StubError {
        on: route.on.0.clone(),
        captures,
        reason: reason.into(),
    };
    let unrendered = |error: RenderError| failed(error.captures.clone(), error.into());
    let on = scope.render_text(&route.on).map_err(unrendered)?;
    if let Err(why) = Pattern::parse(&on) {
        let captures = scope.captures_in_str(&route.on.0);
        return Err(failed(captures, StubReason::Pattern(why)));
    }
    let body = match (&route.json, &route.text) {
        (Some(json), _) => Body::Json(scope.render_json(&json.0).map_err(unrendered)?),
        (None, Some(text)) => Body::Text(scope.render_text(text).map_err(unrendered)?),
        (None, None) => Body::Empty,
    };
    let headers = route.headers.iter();
    let headers = headers.map(|(name, value)| Ok((name.clone(), scope.render_text(value)?)));
    Ok(Route {
        on,
        status: route.status,
        headers: headers
            .collect::<Result<_, RenderError>>()
            .map_err(unrendered)?,
        body,
        latency: route.latency.map(|p50| Latency {
            p50_ms: finish::millis(p50.get()),
            p99_ms: route.latency_p99.map(|p99| finish::millis(p99.get())),
        }),
        errors: route.errors.as_ref().map(errors),
    })
}

fn errors(errors: &StubErrors) -> Errors {
    Errors {
        which: match (errors.first, errors.share) {
            (Some(first), _) => Which::First(first),
            (None, share) => Which::Share(share.unwrap_or(0.0)),
        },
        how: if errors.close {
            Failure::Close
        } else {
            Failure::Status(errors.status.unwrap_or(UNAVAILABLE))
        },
    }
}

/// Those that any of its templates names.
fn captures(route: &StubRoute, scope: &Scope) -> Vec<String> {
    let route = serde_json::to_value(route).unwrap_or_default();
    scope.captures_in_json(&route)
}

/// The stub named, or the only one.
pub(crate) fn stub_of<'a>(file: &'a ChallengeFile, named: Option<&'a str>) -> Option<&'a str> {
    named.or_else(|| {
        let mut services = file.services.iter();
        let (name, _) = services.find(|(_, service)| service.as_stub().is_some())?;
        Some(name)
    })
}

/// Those of a sandbox, and which of them are not as at the start of a check.
#[derive(Debug)]
pub(crate) struct Stubs<'a> {
    pub(crate) at_first: &'a Behaviours,
    changed: Mutex<BTreeSet<String>>,
}

impl<'a> Stubs<'a> {
    pub(crate) fn new(at_first: &'a Behaviours) -> Self {
        Self {
            at_first,
            changed: Mutex::default(),
        }
    }

    /// A check is about to tell it something else.
    pub(crate) fn changes(&self, name: &str) {
        self.changed().insert(name.to_owned());
    }

    /// What has to be told before another check: where it was changed, or remembers the one before.
    pub(crate) fn again(&self) -> Vec<(&'a str, &'a Behaviour)> {
        let changed = self.changed();
        let all = self.at_first.iter();
        all.filter(|(name, one)| changed.contains(*name) || remembers(one))
            .map(|(name, one)| (name.as_str(), one))
            .collect()
    }

    /// It was told what it did at first.
    pub(crate) fn is_as_at_first(&self, name: &str) {
        self.changed().remove(name);
    }

    fn changed(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether what it does hangs on what it was asked before.
fn remembers(behaviour: &Behaviour) -> bool {
    let by_chance = |route: &Route| {
        route.errors.is_some()
            || route
                .latency
                .is_some_and(|latency| latency.p99_ms.is_some())
    };
    behaviour.per_second.is_some() || behaviour.routes.iter().any(by_chance)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn routes(json: Value) -> Vec<StubRoute> {
        serde_json::from_value(json).unwrap()
    }

    fn scope() -> Scope {
        let mut scope = Scope::for_check(Seeds::new(1), "a", Map::new());
        scope.set("price", json!(7));
        scope.capture("order", json!("a/b c"));
        scope
    }

    #[test]
    fn templates_are_rendered_and_the_rest_is_said_as_it_is() {
        let routes = routes(json!([{
            "on": "GET /prices/{sku}",
            "json": { "sku": "{sku}", "price_cents": "{{ price }}" },
            "headers": { "x-price": "{{ price }}" },
            "latency": "50ms",
            "latency_p99": "400ms",
            "errors": { "share": 0.5 },
        }, { "on": "POST /x", "status": 202, "errors": { "first": 2, "close": true } }]));
        let told = behaviour(&routes, Some(RateLimit { per_second: 3 }), &scope(), 9).unwrap();
        assert_eq!((told.seed, told.per_second), (9, Some(3)));
        let [first, second] = &told.routes[..] else {
            panic!("two routes");
        };
        assert_eq!(
            first.body,
            Body::Json(json!({ "sku": "{sku}", "price_cents": 7 }))
        );
        assert_eq!(first.headers["x-price"], "7");
        let latency = first.latency.unwrap();
        assert_eq!((latency.p50_ms, latency.p99_ms), (50, Some(400)));
        let errors = first.errors.unwrap();
        assert_eq!(errors.which, Which::Share(0.5));
        assert_eq!(errors.how, Failure::Status(503));
        assert_eq!((second.status, &second.body), (202, &Body::Empty));
        let errors = second.errors.unwrap();
        assert_eq!(
            (errors.which, errors.how),
            (Which::First(2), Failure::Close)
        );
    }

    #[test]
    fn what_the_submission_gave_is_named_where_it_makes_no_route() {
        let own = routes(json!([{ "on": "GET /{{ price }}/{a}/{a}" }]));
        let error = behaviour(&own, None, &scope(), 1).unwrap_err();
        assert_eq!(error.captures, Vec::<String>::new());
        let given = routes(json!([{ "on": "GET /{{ order }}" }]));
        let error = behaviour(&given, None, &scope(), 1).unwrap_err();
        assert_eq!(error.captures, ["order"]);
        let huge = routes(json!([{ "on": "GET /a", "text": "{{ order * 30000 }}" }]));
        let error = behaviour(&huge, None, &scope(), 1).unwrap_err();
        assert_eq!(error.captures, ["order"]);
    }

    #[test]
    fn what_was_changed_or_remembers_is_told_again() {
        let plain = behaviour(&routes(json!([{ "on": "GET /a" }])), None, &scope(), 1).unwrap();
        let failing = routes(json!([{ "on": "GET /a", "errors": { "first": 1 } }]));
        let failing = behaviour(&failing, None, &scope(), 1).unwrap();
        let all: Behaviours = [("failing", failing), ("plain", plain)]
            .map(|(name, one)| (name.to_owned(), one))
            .into();
        let stubs = Stubs::new(&all);
        let again = || {
            let again = stubs.again().into_iter();
            again.map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(again(), ["failing"]);
        stubs.changes("plain");
        assert_eq!(again(), ["failing", "plain"]);
        stubs.is_as_at_first("plain");
        assert_eq!(again(), ["failing"]);
    }
}
