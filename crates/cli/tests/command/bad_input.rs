//! What a stranger does wrong gets one clear sentence and the documented exit code. No engine needed.

use std::fs;

use crate::support::{report, said, tryout};

const SOLUTION: &str = "challenges/orders-api/solutions/python";

#[test]
fn no_such_folder_is_the_inputs_fault() {
    let output = tryout(&["grade", "no-such-folder", "--challenge", "orders-api"])
        .output()
        .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("no-such-folder"), "{text}");
}

#[test]
fn a_slip_in_a_challenges_name_is_told_with_a_guess() {
    let output = tryout(&["grade", SOLUTION, "--challenge", "order-api"])
        .output()
        .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("Did you mean `orders-api`?"), "{text}");
}

#[test]
fn a_check_that_is_not_there_is_told_with_those_that_are() {
    let output = tryout(&[
        "grade",
        SOLUTION,
        "-c",
        "orders-api",
        "--only",
        "no-oversell",
    ])
    .output()
    .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("no-oversell") && text.contains("no-overselling"),
        "{text}"
    );
}

#[test]
fn an_unknown_flag_is_the_inputs_fault() {
    let output = tryout(&["grade", SOLUTION, "--chalenge", "orders-api"])
        .output()
        .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("--challenge"), "{text}");
}

#[test]
fn without_an_engine_no_point_is_lost_and_nothing_is_run() {
    let out = tempfile::tempdir().unwrap();
    let dir = out.path().join("report");
    let output = tryout(&["grade", SOLUTION, "-c", "orders-api", "--out"])
        .arg(&dir)
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        .output()
        .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 3, "{text}");
    let progress = String::from_utf8_lossy(&output.stderr);
    let reason = "no container engine answers at unix:///nowhere/docker.sock: ";
    assert_eq!(progress.matches(reason).count(), 1, "{progress}");
    let report = report(&dir);
    assert_eq!(report["total"]["lost"], 0);
    assert_eq!(report["total"]["earned"], 0);
    assert_eq!(report["total"]["undecided"], report["total"]["possible"]);
    assert_eq!(report["run"]["engine"], serde_json::Value::Null);
    assert_eq!(report["run"]["backend"], "docker");
    assert_eq!(report["run"]["programs"], serde_json::json!({}));
}

#[test]
fn a_report_that_is_none_is_told_by_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("report.json");
    fs::write(&file, "{}").unwrap();
    let output = tryout(&["report"]).arg(&file).output().unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("report.json") && text.contains("schema_version"),
        "{text}"
    );
}

#[test]
fn every_mistake_of_a_challenge_is_told_in_one_go() {
    let dir = tempfile::tempdir().unwrap();
    let challenge = dir.path().join("broken");
    fs::create_dir(&challenge).unwrap();
    fs::write(challenge.join("brief.md"), "Do it.\n").unwrap();
    fs::write(
        challenge.join("challenge.yaml"),
        "schema: 1\nid: broken\ntitle: Broken\nversion: 1.0.0\nsummary: x\nchecks:\n  - id: a\n    title: A\n    skill: securty\n    points: 0\n    steps:\n      - requst: { send: GET / }\n",
    )
    .unwrap();
    let output = tryout(&["challenge", "lint"])
        .arg(&challenge)
        .output()
        .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 2, "{text}");
    for hint in ["security", "points", "request"] {
        assert!(text.contains(hint), "lacks {hint}: {text}");
    }
}
