//! What a stub answers: its routes, its chances, its rate.

use std::time::{Duration, Instant};

use super::{chance::Chance, fill, pattern::Pattern, rate::Rate};
use crate::protocol::{Behaviour, Failure, MOST_ROUTES, Route, Which};

/// A behaviour, and what has become of it so far.
#[derive(Debug)]
pub(super) struct Answering {
    seed: u64,
    routes: Vec<Known>,
    rate: Option<Rate>,
}

#[derive(Debug)]
struct Known {
    pattern: Pattern,
    route: Route,
    /// How many calls it had.
    calls: u64,
}

/// What becomes of one call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    /// Before anything is said.
    pub(super) after: Duration,
    /// None closes the connection.
    pub(super) status: Option<u16>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) content_type: Option<&'static str>,
    pub(super) body: Vec<u8>,
}

impl Answering {
    /// As told.
    ///
    /// # Errors
    /// In words, what cannot be done.
    pub(super) fn new(behaviour: Behaviour) -> Result<Self, String> {
        if behaviour.routes.len() > MOST_ROUTES {
            return Err(format!("more than {MOST_ROUTES} routes"));
        }
        let routes = behaviour.routes.into_iter().map(|route| {
            let pattern = Pattern::parse(&route.on)?;
            Ok::<_, String>(Known {
                pattern,
                route,
                calls: 0,
            })
        });
        Ok(Self {
            seed: behaviour.seed,
            routes: routes.collect::<Result<_, _>>()?,
            rate: behaviour
                .per_second
                .map(|per_second| Rate::new(per_second, Instant::now())),
        })
    }

    /// What a call gets that comes now.
    pub(super) fn reply(&mut self, method: &str, path: &str) -> Reply {
        if self
            .rate
            .as_mut()
            .is_some_and(|rate| !rate.takes(Instant::now()))
        {
            return Reply {
                headers: vec![("retry-after".to_owned(), "1".to_owned())],
                ..Reply::saying(429, "too many requests")
            };
        }
        for (place, known) in self.routes.iter_mut().enumerate() {
            let Some(found) = known.pattern.fits(method, path) else {
                continue;
            };
            let nth = known.calls;
            known.calls += 1;
            let chance = Chance::of(self.seed, place, nth);
            let route = &known.route;
            let after = route
                .latency
                .map_or(Duration::ZERO, |latency| chance.of_latency(latency));
            let failed = route.errors.filter(|errors| match errors.which {
                Which::First(many) => nth < u64::from(many),
                Which::Share(share) => chance.is_within(share),
            });
            let reply = match failed.map(|errors| errors.how) {
                Some(Failure::Close) => Reply::default(),
                Some(Failure::Status(status)) => Reply::saying(status, "told to fail"),
                None => match fill::body(&route.body, &found) {
                    None => Reply::saying(414, "the path is too long"),
                    Some((body, content_type)) => Reply {
                        status: Some(route.status),
                        headers: route.headers.clone().into_iter().collect(),
                        content_type,
                        body,
                        ..Reply::default()
                    },
                },
            };
            return Reply { after, ..reply };
        }
        Reply::saying(404, "no such route")
    }
}

impl Reply {
    /// A problem in a few words, at once.
    pub(super) fn saying(status: u16, error: &str) -> Self {
        Self {
            status: Some(status),
            content_type: Some("application/json"),
            body: serde_json::json!({ "error": error })
                .to_string()
                .into_bytes(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::{Body, Errors, Latency};

    fn route(on: &str, status: u16) -> Route {
        Route {
            on: on.to_owned(),
            status,
            headers: [("x-a".to_owned(), "b".to_owned())].into(),
            body: Body::Json(json!({ "sku": "{sku}" })),
            latency: None,
            errors: None,
        }
    }

    fn answering(routes: Vec<Route>) -> Answering {
        let behaviour = Behaviour {
            seed: 1,
            routes,
            per_second: None,
        };
        Answering::new(behaviour).unwrap()
    }

    #[test]
    fn the_first_route_that_fits_answers() {
        let mut stub = answering(vec![
            route("GET /prices/gone", 410),
            route("GET /prices/{sku}", 200),
        ]);
        assert_eq!(stub.reply("GET", "/prices/gone").status, Some(410));
        let reply = stub.reply("GET", "/prices/a");
        assert_eq!(reply.status, Some(200));
        assert_eq!(reply.body, br#"{"sku":"a"}"#);
        assert_eq!(reply.headers, [("x-a".to_owned(), "b".to_owned())]);
        assert_eq!(stub.reply("POST", "/prices/a").status, Some(404));
    }

    #[test]
    fn the_first_calls_fail_and_then_none() {
        let mut failing = route("GET /a", 200);
        failing.errors = Some(Errors {
            which: Which::First(2),
            how: Failure::Close,
        });
        let mut stub = answering(vec![failing]);
        let statuses: Vec<_> = (0..4).map(|_| stub.reply("GET", "/a").status).collect();
        assert_eq!(statuses, [None, None, Some(200), Some(200)]);
    }

    #[test]
    fn a_share_of_calls_fails_after_the_routes_latency() {
        let mut failing = route("GET /a", 200);
        failing.latency = Some(Latency {
            p50_ms: 150,
            p99_ms: None,
        });
        failing.errors = Some(Errors {
            which: Which::Share(0.2),
            how: Failure::Status(503),
        });
        let replies = || {
            let mut stub = answering(vec![failing.clone()]);
            (0..1_000)
                .map(|_| stub.reply("GET", "/a"))
                .collect::<Vec<_>>()
        };
        let all = replies();
        assert_eq!(all, replies());
        let failed = all.iter().filter(|reply| reply.status == Some(503)).count();
        assert!((150..250).contains(&failed), "{failed}");
        assert!(
            all.iter()
                .all(|reply| reply.after == Duration::from_millis(150))
        );
    }

    #[test]
    fn what_is_beyond_the_rate_is_refused() {
        let mut stub = Answering::new(Behaviour {
            seed: 1,
            routes: vec![route("GET /a", 200)],
            per_second: Some(5),
        })
        .unwrap();
        let statuses: Vec<_> = (0..6).map(|_| stub.reply("GET", "/a").status).collect();
        assert_eq!(statuses[..5], [Some(200); 5]);
        let refused = stub.reply("GET", "/a");
        assert_eq!(refused.status, Some(429));
        assert_eq!(refused.headers[0].0, "retry-after");
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        let behaviour = Behaviour {
            routes: vec![route("GET a", 200)],
            ..Behaviour::default()
        };
        assert!(Answering::new(behaviour).unwrap_err().contains("`a`"));
        let behaviour = Behaviour {
            routes: vec![route("GET /a", 200); MOST_ROUTES + 1],
            ..Behaviour::default()
        };
        assert!(Answering::new(behaviour).is_err());
    }
}
