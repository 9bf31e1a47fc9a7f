//! A body read as JSON, with words for why it cannot be.

use report::model::Mismatch;
use serde_json::Value;

use crate::{exchange::Received, matching::shown};

pub(super) fn json(answer: &Received) -> Result<Value, Mismatch> {
    serde_json::from_slice(&answer.body).map_err(|error| Mismatch {
        at: "body".to_owned(),
        expected: "JSON".to_owned(),
        actual: said(answer, &error),
    })
}

fn said(answer: &Received, error: &serde_json::Error) -> String {
    if answer.body.is_empty() {
        return "an empty body".to_owned();
    }
    // serde_json tells this case by its message alone.
    if error.to_string().starts_with("recursion limit exceeded") {
        return "JSON that is nested too deeply to be read (more than 128 levels)".to_owned();
    }
    let begin = String::from_utf8_lossy(&answer.body[..answer.body.len().min(600)]);
    let begin = shown(&Value::String(begin.into_owned()));
    format!("no JSON ({error}): {begin}")
}
