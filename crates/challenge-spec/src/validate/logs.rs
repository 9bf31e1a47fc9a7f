use super::{quantities, steps::Walk};
use crate::{finding::Finding, model::Logs, path::Path};

/// Which lines are meant, and what they must be.
pub(super) fn look(walk: &mut Walk<'_>, logs: &Logs, path: &Path) {
    walk.findings
        .extend(quantities::no_time(path.key("within"), logs.within));
    for (key, expected) in [
        ("where", &logs.which),
        ("count", &logs.count),
        ("json", &logs.json),
    ] {
        if let Some(expected) = expected {
            walk.expected(expected, &path.key(key));
        }
    }
    if let Some(count) = logs.count.as_ref().filter(|count| is_no_count(&count.0)) {
        walk.findings.push(
            Finding::value(path.key("count"), format!("`{}` is no count", count.0))
                .label("expected a whole number or a matcher")
                .help("write a number such as 1, or `{ $range: { min: 1 } }`".to_owned()),
        );
    }
}

/// What no number of lines could ever match. A template may give a number.
pub(super) fn is_no_count(count: &serde_json::Value) -> bool {
    match count {
        serde_json::Value::Number(number) => number.as_u64().is_none(),
        serde_json::Value::String(text) => !crate::expression::is_template(text),
        serde_json::Value::Object(fields) => !fields.keys().any(|key| key.starts_with('$')),
        _ => true,
    }
}
