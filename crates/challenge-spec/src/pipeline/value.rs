//! Parts that both formats have.

use serde_json::{Map, Value};

use crate::{finding::Finding, path::Path, suggestion};

/// Mistakes found so far.
pub(super) type Findings = Vec<Finding>;

/// An object, or what it is instead.
pub(super) fn object<'v>(
    value: &'v Value,
    path: &Path,
    what: &str,
    findings: &mut Findings,
) -> Option<&'v Map<String, Value>> {
    let object = value.as_object();
    if object.is_none() {
        let message = format!("{what} has to be an object of keys and values");
        findings.push(Finding::value(path.clone(), message));
    }
    object
}

/// Tells each key that is none of these.
pub(super) fn only(
    object: &Map<String, Value>,
    known: &[&str],
    path: &Path,
    findings: &mut Findings,
) {
    for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
        let near = suggestion::nearest(key, known.iter().copied());
        findings.push(
            Finding::key(path.key(key), format!("unknown key `{key}`"))
                .help(near.map(|near| format!("did you mean `{near}`?"))),
        );
    }
}

/// Text as it is written; numbers and booleans stand for theirs.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

/// Names in an object, each with its text.
pub(super) fn plain(value: Option<&Value>) -> Vec<(String, String)> {
    let Some(object) = value.and_then(Value::as_object) else {
        return Vec::new();
    };
    let each = |(name, value): (&String, &Value)| {
        // GitLab's long form has a description beside it.
        let value = value.get("value").unwrap_or(value);
        Some((name.clone(), text(value)?))
    };
    object.iter().filter_map(each).collect()
}

/// One text, or a list of texts.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        other => Some(vec![text(other)?]),
    }
}
