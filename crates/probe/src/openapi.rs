//! What an app says of itself in an OpenAPI document, held against what it does.
//!
//! A document comes from the app, so it is hostile: its size and depth are bounded, nothing outside of
//! it is ever followed, and how much work its schemas may make is bounded too. What the standard leaves
//! free is not held against anybody.

mod body;
mod dialect;
mod document;
mod effort;
mod media;
mod pointer;
mod route;
mod structure;

use std::{io, sync::Arc, thread};

use http::{Method, StatusCode};
use report::model::Mismatch;
use serde_json::Value;

use crate::exchange::{Exchanged, Received};

use body::{Bodies, Direction};
pub use document::{Document, MAX_DOCUMENT};
use pointer::{Spot, escaped};
use route::Operation;

/// For schemas and values that are as deep as they may be.
const STACK: usize = 256 * 1024 * 1024;
/// How many differences of one exchange are told.
const MAX_DIFFERENCES: usize = 10;

/// What came of holding exchanges against a document: one list of differences for each, in order.
pub type Differences = Vec<Vec<Mismatch>>;

impl Document {
    /// Holds whole exchanges against it; one that is not whole says nothing about the document. Takes
    /// a while, and gives an error where no thread can be had or a validator breaks.
    pub fn judge(&self, exchanges: &[Arc<Exchanged>]) -> io::Result<Differences> {
        thread::scope(|scope| {
            let judging = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, || {
                    let mut bodies = Bodies::of(self);
                    let each = exchanges.iter();
                    each.map(|exchanged| self.judge_one(exchanged, &mut bodies))
                        .collect()
                })?;
            let broken = |_| io::Error::other("the validator of JSON Schemas broke");
            judging.join().map_err(broken)
        })
    }

    /// Whether an operation, `GET /orders/{id}`, is described; parameters may have other names.
    pub fn describes(&self, operation: &str) -> bool {
        let Some((method, path)) = operation.split_once(' ') else {
            return false;
        };
        route::describes(self, method, path.trim())
    }

    fn judge_one(&self, exchanged: &Exchanged, bodies: &mut Bodies<'_>) -> Vec<Mismatch> {
        let Some(answer) = exchanged.whole() else {
            return Vec::new();
        };
        let method = &exchanged.request.method;
        let path = exchanged.request.target.path();
        let Some(operation) = route::find(self, method, path) else {
            return undescribed(method, path, answer.status);
        };
        let mut differences = Vec::new();
        if let Some(response) = self.response(&operation, answer.status, &mut differences) {
            let without_body = *method == Method::HEAD || has_no_body(answer.status);
            if !without_body {
                Self::content(&operation, &response, answer, bodies, &mut differences);
            }
        }
        if answer.status.is_success() {
            self.request(&operation, exchanged, bodies, &mut differences);
        }
        differences.truncate(MAX_DIFFERENCES);
        differences
    }

    /// What the document says of a status: by itself, by its class, or of all others.
    fn response<'a>(
        &'a self,
        operation: &Operation<'a>,
        status: StatusCode,
        differences: &mut Vec<Mismatch>,
    ) -> Option<Spot<'a>> {
        let responses = operation.spot.key("responses")?;
        let class = status.as_u16() / 100;
        let names = [
            status.as_str().to_owned(),
            format!("{class}XX"),
            format!("{class}xx"),
            "default".to_owned(),
        ];
        let found = names.iter().find_map(|name| responses.key(name));
        if found.is_none() {
            let known = responses.keys().collect::<Vec<_>>().join(", ");
            differences.push(Mismatch {
                at: operation.at("status"),
                expected: format!("one that is described at {}: {known}", responses.pointer),
                actual: status.as_u16().to_string(),
            });
        }
        found.and_then(|found| self.resolved(found))
    }

    fn content(
        operation: &Operation<'_>,
        response: &Spot<'_>,
        answer: &Received,
        bodies: &mut Bodies<'_>,
        differences: &mut Vec<Mismatch>,
    ) {
        let content = response
            .key("content")
            .filter(|content| !content.is_empty());
        let of_type = answer.header("content-type");
        let Some(content) = content else {
            // Only what is promised of an answer that went well has to be described.
            if answer.status.is_success() && !answer.body.is_empty() {
                differences.push(Mismatch {
                    at: operation.at("response body"),
                    expected: format!("none, as {} describes no content", response.pointer),
                    actual: of_type.unwrap_or_else(|| "a body".to_owned()),
                });
            }
            return;
        };
        let found = of_type
            .as_deref()
            .and_then(|of_type| media::find(&content, of_type));
        let Some(media) = found else {
            let known = content.keys().collect::<Vec<_>>().join(", ");
            let nothing = if answer.body.is_empty() {
                "an empty body without a type"
            } else {
                "none"
            };
            differences.push(Mismatch {
                at: operation.at("header Content-Type"),
                expected: format!("one that is described at {}: {known}", content.pointer),
                actual: of_type.unwrap_or_else(|| nothing.to_owned()),
            });
            return;
        };
        let at = operation.at("response body");
        bodies.judge(&media, &answer.body, Direction::Response, &at, differences);
    }

    fn request<'a>(
        &'a self,
        operation: &Operation<'a>,
        exchanged: &Exchanged,
        bodies: &mut Bodies<'_>,
        differences: &mut Vec<Mismatch>,
    ) {
        // A body that is not described may be one that is not looked at.
        let described = operation.spot.key("requestBody");
        let Some(described) = described.and_then(|spot| self.resolved(spot)) else {
            return;
        };
        let request = &exchanged.request;
        let at = operation.at("request body");
        if request.body.is_empty() {
            if described.value.get("required") == Some(&Value::Bool(true)) {
                differences.push(Mismatch {
                    at,
                    expected: format!("refused when it is missing, as {} says", described.pointer),
                    actual: exchanged_status(exchanged),
                });
            }
            return;
        }
        let Some(content) = described.key("content") else {
            return;
        };
        let of_type = request.headers.get("content-type");
        let of_type = of_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        match media::find(&content, of_type) {
            Some(media) => {
                bodies.judge(&media, &request.body, Direction::Request, &at, differences);
            }
            None => differences.push(Mismatch {
                at: operation.at("request header Content-Type"),
                expected: format!("refused, as {} does not describe it", content.pointer),
                actual: format!("{of_type}, answered with {}", exchanged_status(exchanged)),
            }),
        }
    }

    /// The object itself, or the one in the document that it refers to.
    fn resolved<'a>(&'a self, spot: Spot<'a>) -> Option<Spot<'a>> {
        pointer::resolved(&self.root, spot)
    }
}

/// What is not described is not there: an answer that says so agrees with the document.
fn undescribed(method: &Method, path: &str, status: StatusCode) -> Vec<Mismatch> {
    let says_so = [401, 403, 404, 405, 501].contains(&status.as_u16());
    if says_so || *method == Method::OPTIONS {
        return Vec::new();
    }
    vec![Mismatch {
        at: format!("{method} {path}"),
        expected: "an operation that the document describes".to_owned(),
        actual: format!("none, and it was answered with {}", status.as_u16()),
    }]
}

fn exchanged_status(exchanged: &Exchanged) -> String {
    let answer = exchanged.answer.as_ref();
    answer.map_or_else(String::new, |answer| answer.status.as_u16().to_string())
}

fn has_no_body(status: StatusCode) -> bool {
    matches!(status.as_u16(), 100..=199 | 204 | 205 | 304)
}

/// A pointer to a key below a pointer.
fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", escaped(key))
}
