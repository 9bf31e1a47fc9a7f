//! What a value must be, against what it is.

mod array;
mod canonical;
mod findings;
mod form;
mod number;
mod scalar;
mod words;

pub use words::{describe, shown};

use challenge_spec::matcher::Matcher;
use indexmap::IndexMap;
use report::model::Mismatch;
use serde_json::Value;

use findings::{Findings, Place};

/// How many mismatches of one value are told; a list of a thousand wrong items is told by its first.
pub const MAX_MISMATCHES: usize = 20;

/// Every place where `actual` differs from what it must be, at most [`MAX_MISMATCHES`]; empty where
/// it matches. `actual` is none where nothing is there. `at` names the outermost place, `json $`.
pub fn evaluate(matcher: &Matcher, actual: Option<&Value>, at: &str) -> Vec<Mismatch> {
    let mut findings = Findings::of(MAX_MISMATCHES);
    compare(matcher, actual, &Place::root(at), &mut findings);
    findings.into_mismatches()
}

/// Whether `actual` is what it must be.
pub fn matches(matcher: &Matcher, actual: Option<&Value>) -> bool {
    let mut findings = Findings::of(1);
    compare(matcher, actual, &Place::root(""), &mut findings);
    findings.is_empty()
}

/// Adds what differs; stops where the findings are full.
fn compare(matcher: &Matcher, actual: Option<&Value>, place: &Place<'_>, out: &mut Findings) {
    if out.is_full() {
        return;
    }
    match (matcher, actual) {
        // The first of these say something of what is not there, too.
        (Matcher::Absent, None) | (Matcher::Any, Some(_)) => {}
        (Matcher::Not(inner), actual) => {
            if matches(inner, actual) {
                out.add(place, || describe(matcher), actual);
            }
        }
        (Matcher::OneOf(any), actual) => {
            if !any.iter().any(|one| matches(one, actual)) {
                out.add(place, || describe(matcher), actual);
            }
        }
        (Matcher::All(all), actual) => {
            for one in all {
                compare(one, actual, place, out);
            }
        }
        (Matcher::Absent, Some(_)) | (_, None) => {
            out.add(place, || describe(matcher), actual);
        }
        (Matcher::Object { fields, exact }, Some(Value::Object(there))) => {
            object(fields, *exact, there, place, out);
        }
        (Matcher::Array(matchers), Some(Value::Array(items))) => {
            array::item_by_item(matchers, items, place, out);
        }
        (Matcher::Each(each), Some(Value::Array(items))) => {
            array::each(each, items, place, out);
        }
        (Matcher::Contains(one), Some(Value::Array(items))) => {
            if !items.iter().any(|item| matches(one, Some(item))) {
                out.add(place, || describe(matcher), actual);
            }
        }
        (Matcher::Unordered(matchers), Some(Value::Array(items))) => {
            array::unordered(matchers, items, place, out);
        }
        (Matcher::Sorted { by, order }, Some(Value::Array(items))) => {
            array::sorted(by.as_ref(), *order, items, place, out);
        }
        (Matcher::Unique(by), Some(Value::Array(items))) => {
            array::unique(by.as_ref(), items, place, out);
        }
        (matcher, Some(value)) => {
            if !scalar::matches(matcher, value) {
                out.add(place, || describe(matcher), actual);
            }
        }
    }
}

fn object(
    fields: &IndexMap<String, Matcher>,
    exact: bool,
    there: &serde_json::Map<String, Value>,
    place: &Place<'_>,
    out: &mut Findings,
) {
    for (key, matcher) in fields {
        compare(matcher, there.get(key), &place.key(key), out);
    }
    if exact {
        for (key, value) in there {
            if !fields.contains_key(key) {
                out.add(&place.key(key), || "nothing".to_owned(), Some(value));
            }
        }
    }
}
