//! Literal values where seeded ones belong: an answer to them can be written down beforehand.

use serde_json::Value;

use super::asserted::{expects_success, requests};
use crate::{expression::is_template, finding::Finding, model::ChallengeFile, path::Path};

pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let checks = Path::root().key("checks");
    for (place, check) in file.checks.iter().enumerate() {
        let steps = checks.index(place).key("steps");
        for (path, request) in requests(&check.steps, &steps) {
            // What is to be refused is refused whatever the seed.
            if !expects_success(request) {
                continue;
            }
            let method = request.send.0.split(' ').next().unwrap_or_default();
            let writes = matches!(method, "POST" | "PUT" | "PATCH");
            if let Some(body) = request.json.as_ref().filter(|_| writes)
                && is_literal(&body.0)
            {
                findings.push(
                    Finding::key(path.key("json"), "every value of this body is written out")
                        .help("take some from the seed, such as \"{{ word('title') }}\": what is always the same can be answered without being kept".to_owned()),
                );
            }
            if has_literal_id(&request.send.0) {
                findings.push(
                    Finding::value(
                        path.key("send"),
                        "this path names one thing by a literal id",
                    )
                    .help("make the thing in the check, and capture its id".to_owned()),
                );
            }
        }
    }
}

/// Whether it has values, and no template among them.
fn is_literal(value: &Value) -> bool {
    fn count(value: &Value) -> Option<usize> {
        match value {
            Value::String(text) if is_template(text) => None,
            Value::String(_) | Value::Number(_) => Some(1),
            Value::Null | Value::Bool(_) => Some(0),
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(fields) => fields.values().map(count).sum(),
        }
    }
    count(value).is_some_and(|values| values > 0)
}

/// A number or UUID as a part of the path.
fn has_literal_id(send: &str) -> bool {
    let Some((_, target)) = send.split_once(' ') else {
        return false;
    };
    let path = target.split('?').next().unwrap_or_default();
    if path.contains("{{") && path.contains(' ') {
        // Parts of an expression are no parts of a path.
        return path
            .split("{{")
            .next()
            .is_some_and(|before| before.split('/').any(is_id));
    }
    path.split('/').any(is_id)
}

fn is_id(part: &str) -> bool {
    let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_uuid = part.len() == 36
        && part
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_number || is_uuid
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{has_literal_id, is_literal};

    #[test]
    fn one_seeded_value_is_enough() {
        assert!(is_literal(&json!({ "a": [{ "b": 1 }], "c": "x" })));
        assert!(!is_literal(&json!({ "a": [{ "b": 1 }], "c": "{{ x }}" })));
        assert!(!is_literal(&json!({})));
        assert!(!is_literal(&json!({ "done": true })));
    }

    #[test]
    fn ids_are_numbers_and_uuids_that_are_parts_of_the_path() {
        assert!(has_literal_id("GET /orders/17"));
        assert!(has_literal_id(
            "GET /orders/5f0c4c1e-8a0e-4f0e-9f86-0f4c1f0f7a3b/items"
        ));
        assert!(!has_literal_id("GET /v1/orders?limit=2"));
        assert!(!has_literal_id("GET /orders/{{ a / 2 }}"));
        assert!(has_literal_id("GET /orders/1/{{ a }}"));
    }
}
