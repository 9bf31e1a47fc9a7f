//! Whole answers judged, and what a report keeps of them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod judged {
    pub(crate) mod evidence;
    pub(crate) mod expectation;
}

use std::time::Duration;

use bytes::Bytes;
use challenge_spec::model::Request;
use chrono::DateTime;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use probe::{
    exchange::{Exchanged, Received},
    expectation::{Expectation, Judged},
    expression::{Scope, Seeds},
    request::prepare,
};
use serde_json::{Map, Value};

fn scope() -> Scope {
    Scope::for_check(Seeds::new(1), "check", Map::new())
}

fn request(request: Value) -> Request {
    serde_json::from_value(request).unwrap()
}

/// An answer that came to this request, without a server.
fn answered(
    asked: Value,
    status: u16,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Exchanged {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    Exchanged {
        request: prepare(&request(asked), &scope(), "127.0.0.1:1").unwrap(),
        answer: Some(Received {
            status: StatusCode::from_u16(status).unwrap(),
            headers: map,
            body: body.into(),
        }),
        trouble: None,
        started_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        duration: Duration::from_micros(1_500),
    }
}

fn judge(expect: &Value, exchanged: &Exchanged) -> Judged {
    let expect = serde_json::from_value(expect.clone()).unwrap();
    Expectation::new(&expect, &scope())
        .unwrap()
        .judge(exchanged)
}
