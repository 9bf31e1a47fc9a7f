//! A challenge file as YAML: what was read, without what would be there anyway.

use serde_json::Value;

use crate::model::{ChallengeFile, Limits, ServiceLimits};

/// Under these keys stand an author's own values, of which nothing may be left out.
const OPAQUE: &[&str] = &[
    "json",
    "form",
    "text",
    "rows",
    "query",
    "headers",
    "paths",
    "args",
    "tally",
    "vars",
    "env",
    "where",
    "starters",
    "solutions",
];
/// Values under which nothing is not the same as leaving the key out.
const VALUES: &[&str] = &["json", "form", "text", "rows", "where"];

pub(super) fn yaml(file: &ChallengeFile) -> String {
    let mut value = serde_json::to_value(file).expect("a challenge file is made of plain data");
    if file.limits == Limits::default() {
        remove(&mut value, "limits");
    }
    if let Some(services) = value.get_mut("services").and_then(Value::as_object_mut) {
        for (service, kind) in file.services.values().zip(services.values_mut()) {
            if *service.limits() == ServiceLimits::default() {
                let inner = kind
                    .as_object_mut()
                    .and_then(|kind| kind.values_mut().next());
                if let Some(inner) = inner {
                    remove(inner, "limits");
                }
            }
        }
    }
    prune(&mut value);
    serde_saphyr::to_string(&value).expect("JSON can be written as YAML")
}

fn remove(value: &mut Value, key: &str) {
    if let Some(fields) = value.as_object_mut() {
        fields.shift_remove(key);
    }
}

/// Takes out keys of ours whose value is nothing.
fn prune(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(prune),
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                if !OPAQUE.contains(&key.as_str()) {
                    prune(field);
                }
            }
            fields.retain(|key, field| VALUES.contains(&key.as_str()) || !is_nothing(field));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
