//! The main job, with a real engine: it fails where there is none.

use std::{fs, path::Path};

use crate::support::{report, root, said, tryout};

fn jsonschema_of(name: &str) -> jsonschema::Validator {
    let text = fs::read_to_string(root().join("docs/schema").join(name)).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn grade(folder: &Path, out: &Path, more: &[&str]) -> (i32, String) {
    let output = tryout(&["grade", "--challenge", "orders-api", "--seed", "5"])
        .args(more)
        .arg("--out")
        .arg(out)
        .arg(folder)
        .output()
        .unwrap();
    said(&output)
}

#[test]
fn the_solution_earns_every_point() {
    let out = tempfile::tempdir().unwrap();
    let solution = root().join("challenges/orders-api/solutions/python");
    let (code, text) = grade(&solution, out.path(), &[]);
    assert_eq!(code, 0, "{text}");
    let report = report(out.path());
    assert_eq!(
        report["total"]["earned"], report["total"]["possible"],
        "{report:#}"
    );
    assert_eq!(report["total"]["possible"], 150);
    assert!(jsonschema_of("report.schema.json").is_valid(&report));
    let practice = &report["practice"];
    assert_eq!(practice["not_run"], serde_json::Value::Null, "{practice:#}");
    assert_eq!(practice["starter"]["subject"], "starter:python");
    let tool = &practice["tools"][0];
    assert_eq!(tool["name"], "ruff");
    assert!(tool["findings"].is_u64() && tool["starter_findings"].is_u64());
    assert!(report["run"]["isolation"].as_array().unwrap().len() > 5);
    let page = fs::read_to_string(out.path().join("report.html")).unwrap();
    assert!(page.contains("150"), "no points on the page");
    let summary = fs::read_to_string(out.path().join("report.md")).unwrap();
    assert!(
        summary.contains("Language practice (advice, costs no points): ruff "),
        "{summary}"
    );
    assert!(out.path().join("junit.xml").is_file(), "no junit.xml");
}

#[test]
fn an_empty_dockerfile_is_graded_with_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Dockerfile"), "").unwrap();
    let out = tempfile::tempdir().unwrap();
    let (code, text) = grade(folder.path(), out.path(), &["--no-practice"]);
    assert_eq!(code, 1, "{text}");
    let report = report(out.path());
    assert_eq!(report["practice"], serde_json::Value::Null);
    assert_eq!(report["submission_failure"]["kind"], "did-not-build");
    let reason = report["submission_failure"]["reason"].as_str().unwrap();
    assert!(
        reason.contains("the Dockerfile has no instructions"),
        "{reason}"
    );
    assert_eq!(report["total"]["lost"], report["total"]["possible"]);
    assert_eq!(report["total"]["undecided"], 0);
}

#[test]
fn a_partial_run_has_no_total() {
    let out = tempfile::tempdir().unwrap();
    let solution = root().join("challenges/orders-api/solutions/python");
    let (code, text) = grade(
        &solution,
        out.path(),
        &["--only", "bearer-token", "--quiet"],
    );
    assert_eq!(code, 0, "{text}");
    let report = report(out.path());
    assert_eq!(report["total"], serde_json::Value::Null);
    assert_eq!(report["practice"], serde_json::Value::Null);
    let ids: Vec<_> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| &check["id"])
        .collect();
    assert_eq!(ids, ["bearer-token"]);
}

#[test]
fn an_app_that_dies_under_a_request_loses_with_its_last_words() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("Dockerfile"),
        "FROM tryout/python:3.13\nCOPY app.py /app.py\nCMD [\"python\", \"/app.py\"]\n",
    )
    .unwrap();
    fs::write(folder.path().join("app.py"), DIES_ON_POST).unwrap();
    let out = tempfile::tempdir().unwrap();
    let (code, text) = grade(folder.path(), out.path(), &[]);
    assert_eq!(code, 1, "{text}");
    let report = report(out.path());
    assert_eq!(report["submission_failure"], serde_json::Value::Null);
    assert_eq!(report["total"]["undecided"], 0, "{report:#}");
    let died = report["checks"].as_array().unwrap().iter().filter(|check| {
        let reason = check["reason"].as_str().unwrap_or_default();
        reason.contains("died during POST") && reason.contains("exit code 7")
    });
    // It is started again for each check, so that each that posts sees it die.
    assert!(died.count() >= 2, "{report:#}");
    assert!(report.to_string().contains("last words of the app"));
}

/// A submission whose migration fails, as a folder.
fn cannot_migrate() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "\
runtime: python-3.13
migrate: |
  echo the words of the migration
  exit 3
start: python -m http.server $PORT
";
    fs::write(folder.path().join("tryout.yaml"), manifest).unwrap();
    folder
}

const FOUND: &str = "tryout.yaml: runtime python-3.13, migrated by `echo the words of the migration exit 3`, started by `python -m http.server $PORT`";

#[test]
fn a_failed_migration_is_told_first_last_and_in_the_report() {
    let folder = cannot_migrate();
    let out = tempfile::tempdir().unwrap();
    let (code, text) = grade(folder.path(), out.path(), &[]);
    assert_eq!(code, 1, "{text}");
    let second = text.lines().nth(1).unwrap();
    assert_eq!(second.trim(), FOUND, "{text}");
    assert!(
        text.contains("migrating: ") && text.contains("(failed)"),
        "{text}"
    );
    assert!(!text.contains("starting the app"), "{text}");
    let report = report(out.path());
    let failure = &report["submission_failure"];
    assert_eq!(failure["kind"], "migration-failed");
    assert_eq!(
        failure["reason"],
        "the submission's migration failed: exit code 3"
    );
    assert!(
        failure["evidence"]
            .to_string()
            .contains("the words of the migration")
    );
    assert_eq!(report["run"]["setup"]["found"], FOUND);
    assert_ne!(report["run"]["phases"]["migrate_ms"], 0);
    assert!(jsonschema_of("report.schema.json").is_valid(&report));
    assert_eq!(report["total"]["lost"], report["total"]["possible"]);
    let page = fs::read_to_string(out.path().join("report.html")).unwrap();
    assert!(
        page.contains("the words of the migration"),
        "no log on the page"
    );
}

#[test]
fn programs_are_told_how_it_is_run_and_what_the_migration_said() {
    let folder = cannot_migrate();
    let out = tempfile::tempdir().unwrap();
    let output = tryout(&[
        "grade",
        "--challenge",
        "orders-api",
        "--json-events",
        "--out",
    ])
    .arg(out.path())
    .arg(folder.path())
    .output()
    .unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let validator = jsonschema_of("event.schema.json");
    let events: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for event in &events {
        assert!(validator.is_valid(event), "{event}");
    }
    assert_eq!(events[1]["setup-found"]["found"], FOUND);
    let said =
        |line: &&serde_json::Value| line["migrate-line"]["line"] == "the words of the migration";
    assert_eq!(events.iter().filter(said).count(), 1, "{lines}");
    let phases: Vec<_> = events
        .iter()
        .filter_map(|event| event["phase-started"]["phase"].as_str())
        .collect();
    let last = phases.len().saturating_sub(2);
    assert_eq!(phases[last..], ["migrate", "practice"], "{phases:?}");
}

const DIES_ON_POST: &str = "\
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def do_POST(self):
        print('last words of the app', flush=True)
        os._exit(7)


HTTPServer(('', int(os.environ['PORT'])), Handler).serve_forever()
";
