use std::collections::BTreeSet;

use serde_json::Value;

use crate::{expression::is_template, model::ChallengeFile, validate::template_names};

/// The names of the challenge's vars that its checks use, and what those use in turn.
pub(super) fn names(file: &ChallengeFile) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    if let Ok(checks) = serde_json::to_value(&file.checks) {
        collect(&checks, &mut used);
    }
    // A var sees those before it only.
    for (name, template) in file.vars.iter().rev() {
        if used.contains(name) {
            collect_in(&template.0, &mut used);
        }
    }
    used
}

fn collect(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => collect_in(text, used),
        Value::Array(items) => items.iter().for_each(|item| collect(item, used)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, used)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn collect_in(text: &str, used: &mut BTreeSet<String>) {
    if is_template(text) {
        used.extend(template_names(text).map(str::to_owned));
    }
}
