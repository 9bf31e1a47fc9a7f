//! Suites of tests that a team brings: run beside the submission, proven like any check.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    fixture::{APP, items, put},
    support::{proven, report, said, tryout},
};

const SUITES: &str = r#"suites:
  contract:
    from: suites/contract
    run: pytest -q --junitxml="$RESULTS/results.xml" -p no:cacheprovider
  smoke:
    from: suites/smoke
    run: node --test --test-reporter=tap > "$RESULTS/results.tap"
checks:
  - id: contract/creates
    title: A new item has an id
    skill: api-design
    points: 2
    steps: [{ suite: { of: contract, test: "test_items::test_creates" } }]
  - id: contract/misses
    title: An item that is not there is missed
    skill: api-design
    points: 1
    steps: [{ suite: { of: contract, test: "test_items::test_misses" } }]
  - id: smoke/names-it
    title: A new item has a name
    skill: api-design
    points: 1
    visibility: public
    steps: [{ suite: { of: smoke, test: "items > are created" } }]
"#;

const PYTEST: &str = r#"import json
import os
import urllib.error
import urllib.request

URL = os.environ["BASE_URL"]


def test_creates():
    request = urllib.request.Request(URL + "/items", json.dumps({"name": "cup"}).encode())
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201


def test_misses():
    try:
        urllib.request.urlopen(URL + "/items/none")
        raise AssertionError("a secret word: found")
    except urllib.error.HTTPError as error:
        assert error.code == 404
"#;

const NODE: &str = r"import assert from 'node:assert';
import { describe, it } from 'node:test';

describe('items', () => {
  it('are created', async () => {
    const body = JSON.stringify({ name: 'cup' });
    const answer = await fetch(process.env.BASE_URL + '/items', { method: 'POST', body });
    assert.equal(answer.status, 201);
  });
});
";

/// The usual small challenge, with these suites in the place of its checks.
fn challenge(root: &Path) -> std::path::PathBuf {
    let dir = items(root);
    let file = fs::read_to_string(dir.join("challenge.yaml")).unwrap();
    let (before, _) = file.split_once("checks:\n").unwrap();
    let file = before
        .replace(
            "loses: [creates]",
            "loses: [contract/creates, smoke/names-it]",
        )
        .replace("loses: [misses]", "loses: [contract/misses]");
    put(&dir, "challenge.yaml", &(file + SUITES));
    let contract = "FROM tryout/python:3.13\nRUN pip install pytest==9.0.2\nWORKDIR /suite\nCOPY test_items.py .\n";
    put(&dir, "suites/contract/Dockerfile", contract);
    put(&dir, "suites/contract/test_items.py", PYTEST);
    let smoke = "FROM tryout/node:20\nWORKDIR /suite\nCOPY smoke.test.mjs .\n";
    put(&dir, "suites/smoke/Dockerfile", smoke);
    put(&dir, "suites/smoke/smoke.test.mjs", NODE);
    dir
}

/// Grades a folder: exit code, and each check with its outcome and reason.
fn graded(dir: &Path, submission: &Path, more: &[&str]) -> (i32, Vec<(String, String, String)>) {
    let out = tempfile::tempdir().unwrap();
    let mut command = tryout(&["grade", "--quiet"]);
    command.arg(submission).arg("--challenge").arg(dir);
    let output = command.args(more).arg("--out").arg(out.path()).output();
    let (code, _) = said(&output.unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let report = report(out.path());
    let checks = report["checks"].as_array().unwrap().iter();
    let checks = checks.map(|check| {
        (
            text(&check["id"]),
            text(&check["outcome"]),
            text(&check["reason"]),
        )
    });
    (code, checks.collect())
}

fn outcomes(checks: &[(String, String, String)]) -> Vec<&str> {
    checks
        .iter()
        .map(|(_, outcome, _)| outcome.as_str())
        .collect()
}

#[test]
fn tests_of_suites_are_proven_like_any_check() {
    let root = tempfile::tempdir().unwrap();
    let dir = challenge(root.path());
    let data = proven(&dir);
    assert!(data.contains("proven: each of 3 checks passes"), "{data}");
}

#[test]
fn the_shipped_suites_of_six_tools_pass_what_is_right_and_notice_each_defect() {
    let dir = "examples/bring-your-tests";
    // All there are, once. That each test holds alone is shown of smaller suites, above.
    let command = ["challenge", "verify", dir, "--sample", "4", "--fresh"];
    let output = tryout(&command).output().unwrap();
    let (code, text) = said(&output);
    let matrix = String::from_utf8_lossy(&output.stdout);
    assert_eq!(code, 0, "{matrix}\n{text}");
    assert!(
        matrix.contains("holds for a sample of 4 defects"),
        "{matrix}"
    );
    assert_eq!(matrix.matches("  defect:").count(), 4, "{matrix}");

    let (code, text) = said(
        &tryout(&["challenge", "lint", dir, "--strict"])
            .output()
            .unwrap(),
    );
    assert_eq!(code, 0, "{text}");
}

#[test]
fn a_suite_that_breaks_down_passes_nobody_and_what_lacks_costs_nothing() {
    let root = tempfile::tempdir().unwrap();
    let dir = challenge(root.path());
    let solution = dir.join("solutions/python");

    // Where there are no containers nothing is decided.
    let here = ["--backend", "local", "--i-trust-this-code"];
    let bare = root.path().join("bare");
    put(&bare, "app.py", APP);
    put(&bare, "tryout.yaml", "runtime: python-3.13\n");
    let (code, checks) = graded(&dir, &bare, &here);
    assert_eq!(
        (code, outcomes(&checks)),
        (4, vec!["skipped"; 3]),
        "{checks:#?}"
    );
    assert!(checks[0].2.contains("needs containers"), "{checks:#?}");

    // One test is gone from the file, one fails, and the other suite does not build.
    let test = PYTEST
        .replace("test_creates", "test_makes")
        .replace("== 404", "== 410");
    put(&dir, "suites/contract/test_items.py", &test);
    put(
        &dir,
        "suites/smoke/Dockerfile",
        "FROM tryout/node:20\nRUN exit 7\n",
    );
    let (code, checks) = graded(&dir, &solution, &[]);
    assert_eq!(code, 1, "{checks:#?}");
    assert_eq!(
        outcomes(&checks),
        ["failed", "failed", "errored"],
        "{checks:#?}"
    );
    assert_eq!(
        checks[0].2,
        "the suite ended with exit code 1 and says nothing of the test `test_items::test_creates`"
    );
    assert!(
        checks[1]
            .2
            .starts_with("the test `test_items::test_misses` failed: "),
        "{checks:#?}"
    );
    assert!(
        checks[2].2.contains("the suite `smoke` cannot be run: "),
        "{checks:#?}"
    );

    // All of it goes down.
    let crash = format!("import os\n{PYTEST}\nos._exit(0)\n");
    put(&dir, "suites/contract/test_items.py", &crash);
    let (_, checks) = graded(&dir, &solution, &["--only", "contract/creates"]);
    assert_eq!(
        checks[0].2,
        "the suite ended with exit code 0 and left no result of any test"
    );
}

#[test]
fn a_hidden_suite_is_not_handed_out_and_a_public_one_is() {
    let root = tempfile::tempdir().unwrap();
    let dir = challenge(root.path());
    let bundle = root.path().join("items.tar.gz");
    let output = tryout(&["challenge", "pack"])
        .arg(&dir)
        .arg("-o")
        .arg(&bundle)
        .output();
    let (code, text) = said(&output.unwrap());
    assert_eq!(code, 0, "{text}");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(
        fs::File::open(&bundle).unwrap(),
    ));
    let mut all = String::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        all.push_str(&entry.path().unwrap().to_string_lossy());
        std::io::Read::read_to_string(&mut entry, &mut all).unwrap();
    }
    for hidden in ["contract", "test_creates", "a secret word", "pytest"] {
        assert!(!all.contains(hidden), "{hidden}");
    }
    for public in [
        "suites/smoke/smoke.test.mjs",
        "are created",
        "smoke/names-it",
    ] {
        assert!(all.contains(public), "{public}");
    }
}
