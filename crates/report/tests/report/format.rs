//! `report.json`: written, read back, refused.

use report::{
    model::{Report, SCHEMA_VERSION},
    read::ReadError,
};

use crate::examples;

#[test]
fn every_example_comes_back_as_it_was() {
    for (name, report) in examples::all() {
        let read = Report::from_json(&report.to_json()).unwrap();
        assert_eq!(read, report, "{name}");
    }
}

#[test]
fn a_report_from_before_setups_and_migrations_is_read() {
    let mut report = examples::mixed();
    let mut json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    let run = json["run"].as_object_mut().unwrap();
    run.remove("setup").unwrap();
    let phases = run["phases"].as_object_mut().unwrap();
    phases.remove("migrate_ms").unwrap();
    report.run.setup = None;
    report.run.phases.migrate_ms = 0;
    assert_eq!(Report::from_json(&json.to_string()).unwrap(), report);
}

#[test]
fn a_report_from_before_the_languages_tools_were_asked_is_read() {
    let mut report = examples::mixed();
    let mut json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    json.as_object_mut().unwrap().remove("practice").unwrap();
    let phases = json["run"]["phases"].as_object_mut().unwrap();
    phases.remove("practice_ms").unwrap();
    assert!(report.practice.take().is_some());
    assert_eq!(Report::from_json(&json.to_string()).unwrap(), report);
}

#[test]
fn hostile_texts_come_back_as_they_were_and_stand_as_escapes() {
    let mut report = examples::partial();
    let hostile = "a\u{1b}[2J\u{9b}b\u{202e}c\u{feff}\u{e0041}d\u{7f}\n\"\\";
    report.checks[1].reason = Some(hostile.to_owned());
    let json = report.to_json();
    for hidden in [
        '\u{1b}',
        '\u{9b}',
        '\u{202e}',
        '\u{feff}',
        '\u{e0041}',
        '\u{7f}',
    ] {
        assert!(!json.contains(hidden), "{hidden:?} stands in the file");
    }
    assert_eq!(Report::from_json(&json).unwrap(), report);
}

#[test]
fn other_versions_are_named() {
    let json = examples::partial().to_json();
    let with = |version: u32| {
        let from = format!("\"schema_version\": {SCHEMA_VERSION}");
        json.replacen(&from, &format!("\"schema_version\": {version}"), 1)
    };
    let newer = Report::from_json(&with(SCHEMA_VERSION + 1)).unwrap_err();
    assert!(matches!(newer, ReadError::Newer { found, .. } if found == SCHEMA_VERSION + 1));
    assert!(newer.to_string().contains("tryout 0.1.0"), "{newer}");
    assert!(newer.to_string().contains("newer tryout"), "{newer}");
    let older = Report::from_json(&with(0)).unwrap_err();
    assert!(matches!(older, ReadError::Older { found: 0, .. }));
}

#[test]
fn a_newer_version_is_named_whatever_else_it_holds() {
    let newer = r#"{"schema_version": 9, "tool": null, "grades": []}"#;
    let error = Report::from_json(newer).unwrap_err();
    assert!(
        matches!(error, ReadError::Newer { found: 9, .. }),
        "{error}"
    );
}

#[test]
fn a_wrong_field_is_named_by_its_place() {
    let json = examples::partial().to_json();
    let wrong = json.replacen("\"outcome\": \"failed\"", "\"outcome\": \"lucky\"", 1);
    let error = Report::from_json(&wrong).unwrap_err();
    assert!(error.to_string().contains("`checks[1].outcome`"), "{error}");
    assert!(matches!(error, ReadError::Field { .. }));
}

#[test]
fn what_is_no_report_is_called_so() {
    for text in ["", "[]", "{}", "no json", "{\"schema_version\": \"1\"}"] {
        let error = Report::from_json(text).unwrap_err();
        assert!(
            matches!(error, ReadError::NoReport { .. }),
            "{text}: {error}"
        );
    }
}

#[test]
fn an_event_is_one_line() {
    let event = report::event::Event::BuildLine {
        run: "r-1".to_owned(),
        line: "two\nlines \u{1b}[31m\u{85}".to_owned(),
    };
    assert_eq!(
        event.to_json_line(),
        r#"{"build-line":{"run":"r-1","line":"two\nlines \u001b[31m\u0085"}}"#
    );
}
