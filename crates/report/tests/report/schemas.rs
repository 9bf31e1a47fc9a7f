//! The committed schemas: as the types are, and as real reports are.

use std::path::PathBuf;

use report::{event::Event, schema};
use serde_json::Value;

use crate::examples;

fn committed(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("../../docs/schema").join(name)
}

fn check_drift(name: &str, schema: &schemars::Schema) {
    let path = committed(name);
    let mut current = serde_json::to_string_pretty(schema).expect("a schema is JSON");
    current.push('\n');
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &current).expect("the schema can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == current,
        "docs/schema/{name} is not what the types say: run the tests with UPDATE_SCHEMAS=1"
    );
}

fn validator(schema: &schemars::Schema) -> jsonschema::Validator {
    let schema = serde_json::to_value(schema).expect("a schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a schema")
}

#[test]
fn the_reports_schema_is_committed() {
    check_drift("report.schema.json", &schema::report());
}

#[test]
fn the_certificates_schema_is_committed() {
    check_drift("certificate.schema.json", &schema::certificate());
}

#[test]
fn the_events_schema_is_committed() {
    check_drift("event.schema.json", &schema::event());
}

#[test]
fn real_reports_are_valid() {
    let validator = validator(&schema::report());
    for (name, report) in examples::all() {
        let value: Value = serde_json::from_str(&report.to_json()).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{name}: {}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn a_report_with_a_wrong_field_is_not_valid() {
    let validator = validator(&schema::report());
    let mut value: Value = serde_json::from_str(&examples::mixed().to_json()).unwrap();
    value["checks"][0]["outcome"] = "lucky".into();
    assert!(!validator.is_valid(&value));
}

#[test]
fn real_events_are_valid() {
    let validator = validator(&schema::event());
    let report = examples::mixed();
    let events = report.checks.iter().map(|check| Event::CheckEnded {
        run: report.run.id.clone(),
        check: check.id.clone(),
        title: check.title.clone(),
        outcome: check.outcome,
        points: check.points,
        reason: check.reason.clone(),
        duration_ms: check.duration_ms,
    });
    for event in events {
        let value: Value = serde_json::from_str(&event.to_json_line()).unwrap();
        assert!(validator.is_valid(&value), "{value}");
    }
}
