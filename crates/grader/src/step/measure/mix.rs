//! What is sent, made ready for the load engine, and how each answer is judged.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use challenge_spec::model::{Operation, Request, StatusSet};
use chrono::Utc;
use http::StatusCode;
use loadgen::{
    expectation::{self, Answer, Matcher, Statuses},
    request::{self, Weighted},
};
use probe::{
    exchange::{ANSWER_LIMIT, Exchanged, Received},
    expectation::{Expectation, Judged},
    expression::Scope,
    request::{Prepared, prepare},
};

use crate::{
    step::{Place, blame},
    verdict::StepEnd,
};

/// So many wrong answers are kept.
const KEPT: usize = 3;

/// What is sent, as a challenge has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent<'a> {
    /// Once, before anything is measured.
    pub(crate) setup: &'a [Request],
    pub(crate) requests: &'a [Operation],
    /// How many renderings there are of each.
    pub(crate) forms: u32,
}

/// A wrong answer.
#[derive(Debug, Clone)]
pub(crate) struct Wrong {
    pub(crate) exchanged: Exchanged,
    pub(crate) judged: Judged,
    /// Whether it is its body that is wrong, or a header: the status is right.
    pub(crate) in_body: bool,
}

/// The first wrong answers, and the first whose body is wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wrongs(Arc<Mutex<Vec<Wrong>>>);

impl Wrongs {
    fn keep(&self, in_body: bool, wrong: impl FnOnce() -> Wrong) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = in_body && !kept.iter().any(|wrong| wrong.in_body);
        if kept.len() < KEPT || is_first {
            kept.push(wrong());
        }
    }

    pub(crate) fn kept(&self) -> Vec<Wrong> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }
}

/// One rendering of a request.
struct Form {
    prepared: Prepared,
    expectation: Expectation,
    wrongs: Wrongs,
}

/// All renderings of a load's requests for one side; `host` is what `Host` says.
pub(super) fn of(
    Sent {
        requests, forms, ..
    }: Sent<'_>,
    scope: &Scope,
    host: &str,
    place: &Place,
    wrongs: &Wrongs,
) -> Result<Vec<Weighted>, StepEnd> {
    let mut mix = Vec::new();
    for (number, operation) in (1..).zip(requests) {
        for index in 0..forms {
            let scope = scope.with_index(index);
            let prepared = prepare(&operation.request, &scope, host)
                .map_err(|error| blame(place, &error.captures, &error))?;
            let expectation = Expectation::new(&operation.request.expect, &scope)
                .map_err(|error| blame(place, &error.captures, &error))?;
            mix.push(Weighted {
                name: format!("{number}.{index}"),
                weight: operation.weight,
                request: request::Prepared {
                    method: prepared.method.clone(),
                    target: prepared.target.clone(),
                    headers: prepared.headers.clone(),
                    body: prepared.body.clone(),
                },
                expectation: judged_by(Form {
                    prepared,
                    expectation,
                    wrongs: wrongs.clone(),
                }),
            });
        }
    }
    Ok(mix)
}

/// Every answer is looked at in full: of a sample, those beside it would pass for right ones.
fn judged_by(form: Form) -> expectation::Expectation {
    let status = match form.expectation.statuses() {
        Some(set) => Statuses::OneOf(listed(set)),
        None => Statuses::Any,
    };
    let mut matcher = Matcher::new(move |answer| form.holds(answer));
    matcher.body_limit = ANSWER_LIMIT;
    expectation::Expectation {
        status,
        length: None,
        matcher: Some(matcher),
    }
}

fn listed(set: &StatusSet) -> Vec<u16> {
    (100..600).filter(|status| set.contains(*status)).collect()
}

impl Form {
    /// As a request alone would be judged, its content encoding undone.
    fn holds(&self, answer: &Answer<'_>) -> bool {
        let Ok(status) = StatusCode::from_u16(answer.status) else {
            return false;
        };
        let body = Bytes::copy_from_slice(answer.body);
        let headers = answer.headers.clone();
        let (received, trouble) = match Received::of(status, headers, body) {
            Ok(received) => (Some(received), None),
            Err(trouble) => (None, Some(trouble)),
        };
        if let Some(received) = &received
            && self.expectation.judge_whole(received).holds()
        {
            return true;
        }
        let in_body = match self.expectation.statuses() {
            Some(set) => set.contains(answer.status),
            None => answer.status < 400,
        };
        self.wrongs.keep(in_body, || {
            let exchanged = Exchanged {
                request: self.prepared.clone(),
                answer: received,
                trouble,
                started_at: Utc::now(),
                // The engine does not tell of one alone.
                duration: std::time::Duration::ZERO,
            };
            let judged = self.expectation.judge(&exchanged);
            Wrong {
                exchanged,
                judged,
                in_body,
            }
        });
        false
    }
}

#[cfg(test)]
mod tests {
    use challenge_spec::model::Expect;
    use http::{HeaderMap, HeaderValue, Method, Uri, header};
    use probe::expression::Seeds;
    use serde_json::json;

    use super::*;

    fn form() -> Form {
        let expect = json!({ "status": 200, "json": { "id": 7 } });
        let expect: Expect = serde_json::from_value(expect).unwrap();
        Form {
            prepared: Prepared {
                method: Method::GET,
                target: Uri::from_static("/orders/7"),
                headers: HeaderMap::new(),
                body: Bytes::new(),
            },
            expectation: Expectation::new(&expect, &Scope::for_run(Seeds::new(0))).unwrap(),
            wrongs: Wrongs::default(),
        }
    }

    fn holds(form: &Form, status: u16, coding: Option<&'static str>, body: &[u8]) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        form.holds(&Answer {
            status,
            headers: &headers,
            body,
        })
    }

    #[test]
    fn an_answer_is_judged_as_that_of_a_request_alone() {
        // `{"id": 7}` by gzip.
        let packed = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 76, 81, 178, 82, 48, 175, 5, 0, 3, 231,
            142, 0, 9, 0, 0, 0,
        ];
        let form = form();
        assert!(holds(&form, 200, None, br#"{"id": 7, "more": 1}"#));
        assert!(holds(&form, 200, Some("gzip"), &packed));
        assert_eq!(form.wrongs.kept().len(), 0);
        assert!(!holds(&form, 200, None, br#"{"id": 8}"#));
        assert!(!holds(&form, 503, None, br#"{"id": 7}"#));
        assert!(!holds(&form, 200, Some("gzip"), b"no gzip"));
        let kept = form.wrongs.kept();
        let told: Vec<_> = kept
            .iter()
            .map(|wrong| &wrong.judged.mismatches[0].at)
            .collect();
        assert_eq!(told, ["json $.id", "status", "answer"]);
    }

    #[test]
    fn of_many_wrong_answers_the_first_are_kept() {
        let form = form();
        for _ in 0..100 {
            assert!(!holds(&form, 200, None, b"{}"));
        }
        assert_eq!(form.wrongs.kept().len(), KEPT);
    }

    #[test]
    fn of_many_wrong_statuses_and_a_wrong_body_the_body_is_kept_too() {
        let form = form();
        for _ in 0..100 {
            assert!(!holds(&form, 503, None, b"{}"));
        }
        assert!(!holds(&form, 200, None, b"{}"));
        assert!(!holds(&form, 200, None, b"[]"));
        let kept = form.wrongs.kept();
        let in_body: Vec<_> = kept.iter().map(|wrong| wrong.in_body).collect();
        assert_eq!(in_body, [false, false, false, true]);
    }
}
