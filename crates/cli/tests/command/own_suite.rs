//! The submission's own tests: judged by which hidden implementations they accept and reject.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    fixture::{items, put},
    support::{proven, report, said, tryout},
};

/// The usual small service is what is tested here; suites are handed in.
const CHECKS: &str = r"solutions: { python: suites/good }
starters: { python: suites/starter }
implementations:
  usual: { from: solutions/python }
  says-ok: { from: solutions/python, patch: defects/says-ok.patch }
  found-anyway: { from: solutions/python, patch: defects/found-anyway.patch }
own_suite: { within: 8s }
defects:
  - { id: creates-only, title: What is not there is left out, of: python, patch: lazy/creates-only.patch, loses: [misses] }
  - { id: always-passes, title: Failures are swallowed, of: python, patch: lazy/always-passes.patch, loses: [creates, misses, steady] }
checks:
  - id: steady
    title: Says the same each time
    skill: testing
    points: 1
    steps: [{ own_suite: { accepts: [usual], rejects: [says-ok], choose: 1, times: 2 } }]
  - id: creates
    title: Notices a wrong status
    skill: testing
    points: 2
    steps: [{ own_suite: { accepts: [usual], rejects: [says-ok], within: 6s } }]
  - id: misses
    title: Notices what is found although it is not there
    skill: testing
    points: 2
    steps: [{ own_suite: { accepts: [usual], rejects: [found-anyway] } }]
";

const SUITE: &str = r#"import json
import os
import sys
import urllib.error
import urllib.request

URL = os.environ["BASE_URL"]


def creates():
    request = urllib.request.Request(URL + "/items", json.dumps({"name": "cup"}).encode())
    with urllib.request.urlopen(request) as answer:
        return answer.status == 201


def misses():
    try:
        urllib.request.urlopen(URL + "/items/none")
    except urllib.error.HTTPError as error:
        return error.code == 404
    return False


tests = [creates, misses]
failed = [test.__name__ for test in tests if not test()]
print("failed:", failed)
sys.exit(1 if failed else 0)
"#;

const MANIFEST: &str = "runtime: python-3.13\ntest: python suite.py\n";

fn challenge(root: &Path) -> std::path::PathBuf {
    let dir = items(root);
    let file = fs::read_to_string(dir.join("challenge.yaml")).unwrap();
    let (before, _) = file.split_once("starters:").unwrap();
    put(&dir, "challenge.yaml", &(before.to_owned() + CHECKS));
    put(&dir, "suites/good/suite.py", SUITE);
    put(&dir, "suites/good/tryout.yaml", MANIFEST);
    put(
        &dir,
        "suites/starter/suite.py",
        "import sys\n\nsys.exit(0)\n",
    );
    put(&dir, "suites/starter/tryout.yaml", MANIFEST);
    for (name, from, to) in [
        (
            "creates-only",
            "tests = [creates, misses]",
            "tests = [creates]",
        ),
        (
            "always-passes",
            "sys.exit(1 if failed else 0)",
            "sys.exit(0)",
        ),
    ] {
        let line = SUITE.lines().position(|line| line == from).unwrap() + 1;
        let patch =
            format!("--- a/suite.py\n+++ b/suite.py\n@@ -{line} +{line} @@\n-{from}\n+{to}\n");
        put(&dir, &format!("lazy/{name}.patch"), &patch);
    }
    dir
}

/// Grades a suite: exit code, outcomes of the checks, and reason and last lines of the first.
fn graded(dir: &Path, suite: &str, more: &[&str]) -> (i32, Vec<String>, String) {
    let out = tempfile::tempdir().unwrap();
    let submission = out.path().join("submission");
    put(&submission, "suite.py", suite);
    put(&submission, "tryout.yaml", MANIFEST);
    graded_folder(dir, &submission, more)
}

fn graded_folder(dir: &Path, submission: &Path, more: &[&str]) -> (i32, Vec<String>, String) {
    let out = tempfile::tempdir().unwrap();
    let mut command = tryout(&["grade", "--quiet", "--seed", "5"]);
    command.arg(submission).arg("--challenge").arg(dir);
    let output = command.args(more).arg("--out").arg(out.path()).output();
    let (code, text) = said(&output.unwrap());
    let report = report(out.path());
    let checks = report["checks"]
        .as_array()
        .unwrap_or_else(|| panic!("{text}"));
    let outcomes = checks
        .iter()
        .map(|check| check["outcome"].as_str().unwrap().to_owned());
    let first = &checks[0];
    let lines = &first["evidence"][0]["log"]["lines"];
    let lines: Vec<&str> = lines
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let reason = first["reason"].as_str().unwrap_or_default();
    (
        code,
        outcomes.collect(),
        format!("{reason} | {}", lines.join(" / ")),
    )
}

#[test]
fn suites_are_proven_like_any_submission() {
    let root = tempfile::tempdir().unwrap();
    let dir = challenge(root.path());
    let data = proven(&dir);
    assert!(data.contains("proven: each of 3 checks passes"), "{data}");
}

#[test]
fn saying_always_the_same_earns_nothing_nor_does_saying_nothing() {
    let root = tempfile::tempdir().unwrap();
    let dir = challenge(root.path());
    let failed = vec!["failed".to_owned(); 3];
    let (code, outcomes, first) = graded(&dir, "print('all good')\n", &[]);
    assert_eq!((code, outcomes), (1, failed.clone()));
    assert!(first.starts_with("the tests accept `"), "{first}");
    assert!(first.contains("which is defective | all good"), "{first}");

    let (code, outcomes, first) = graded(&dir, "raise SystemExit('never')\n", &[]);
    assert_eq!((code, outcomes), (1, failed.clone()));
    assert_eq!(
        first,
        "the tests reject `usual`, which is correct: they end with exit code 1 | never"
    );

    // Forks that stay behind hold nothing up; what does not end itself says nothing.
    let endless = "import os, time\nif os.fork():\n    os._exit(0)\ntime.sleep(100)\n";
    let (_, outcomes, first) = graded(&dir, endless, &["--only", "creates"]);
    assert_eq!(outcomes, ["failed"]);
    assert!(first.starts_with("the tests accept `says-ok`"), "{first}");
    let (_, outcomes, first) = graded(&dir, "while True: pass\n", &["--only", "creates"]);
    assert_eq!(outcomes, ["failed"]);
    assert_eq!(
        first,
        "the tests say nothing of `usual`: not done within 8 s | "
    );
}

#[test]
fn what_cannot_be_run_is_told() {
    let root = tempfile::tempdir().unwrap();
    let dir = challenge(root.path());
    let bare = root.path().join("bare");
    put(&bare, "tryout.yaml", "runtime: python-3.13\n");
    let (code, outcomes, first) = graded_folder(&dir, &bare, &[]);
    assert_eq!((code, outcomes), (1, vec!["failed".to_owned(); 3]));
    assert_eq!(
        first,
        "the submission says no command that runs its tests: write it as `test` in tryout.yaml | "
    );
    put(
        &bare,
        "tryout.yaml",
        "runtime: python-3.13\nbuild: 'false'\ntest: 'true'\n",
    );
    let (code, outcomes, first) = graded_folder(&dir, &bare, &[]);
    assert_eq!((code, outcomes), (1, vec!["skipped".to_owned(); 3]));
    assert!(
        first.starts_with("the submission did not build: "),
        "{first}"
    );

    // An image in which nothing lives is its maker's.
    let dockerfile = "FROM tryout/python:3.13\nRUN printf '#!/bin/sh\\n' > /usr/bin/sleep\n";
    put(&bare, "Dockerfile", dockerfile);
    put(&bare, "tryout.yaml", "test: 'true'\n");
    let (code, outcomes, first) = graded_folder(&dir, &bare, &[]);
    assert_eq!((code, outcomes), (1, vec!["failed".to_owned(); 3]));
    assert!(
        first.starts_with("the tests say nothing of `usual`: their container did not last"),
        "{first}"
    );

    // Without containers nothing is decided.
    let here = ["--backend", "local", "--i-trust-this-code"];
    let (code, outcomes, first) = graded(&dir, SUITE, &here);
    assert_eq!((code, outcomes), (4, vec!["skipped".to_owned(); 3]));
    assert!(first.contains("need containers to be run in"), "{first}");

    // A broken implementation is the challenge's.
    put(
        &dir,
        "defects/found-anyway.patch",
        "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-none\n+nothing\n",
    );
    let (code, outcomes, _) = graded(&dir, SUITE, &[]);
    assert_eq!(code, 3);
    assert_eq!(outcomes[1..], ["passed".to_owned(), "errored".to_owned()]);
}

/// Checks of a pipeline alone: nothing is started for them.
const PIPELINE_CHECKS: &str = r"solutions: { python: suites/good }
checks:
  - { id: valid, title: It is valid, skill: delivery, points: 1, steps: [{ pipeline: valid }] }
  - { id: runs, title: It runs the tests, skill: delivery, points: 1, steps: [{ pipeline: runs-tests }] }
  - { id: pushes, title: On pushes, skill: delivery, points: 1, steps: [{ pipeline: on-push }] }
  - { id: reviews, title: On reviews, skill: delivery, points: 1, steps: [{ pipeline: on-review }] }
  - { id: fails, title: It fails with them, skill: delivery, points: 1, steps: [{ pipeline: fails-with-tests }] }
  - { id: caches, title: It caches, skill: delivery, points: 1, steps: [{ pipeline: caches }] }
";

#[test]
fn a_pipeline_is_read_as_its_host_reads_it_and_rehearsed() {
    let root = tempfile::tempdir().unwrap();
    let dir = challenge(root.path());
    let file = fs::read_to_string(dir.join("challenge.yaml")).unwrap();
    let (before, _) = file.split_once("solutions:").unwrap();
    put(
        &dir,
        "challenge.yaml",
        &(before.to_owned() + PIPELINE_CHECKS),
    );
    let submission = root.path().join("submission");
    put(&submission, "tryout.yaml", MANIFEST);
    let lost = |first: &str| {
        let (code, outcomes, reason) = graded_folder(&dir, &submission, &[]);
        let names = ["valid", "runs", "pushes", "reviews", "fails", "caches"];
        let lost = names.iter().zip(&outcomes);
        let lost = lost.filter(|(_, outcome)| *outcome != "passed");
        let lost: Vec<&str> = lost.map(|(name, _)| *name).collect();
        assert!(reason.contains(first), "{reason}");
        assert_eq!(code == 0, lost.is_empty());
        lost.join(" ")
    };
    assert_eq!(
        lost("there is no pipeline"),
        "valid runs pushes reviews fails caches"
    );

    let workflow = "on: [push, pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n      - { uses: actions/setup-python@v6, with: { cache: pip } }\n      - run: python suite.py\n";
    let github = ".github/workflows/ci.yml";
    put(&submission, github, workflow);
    assert_eq!(lost(""), "");
    let swallowing = workflow
        .replace("suite.py", "suite.py | tee log")
        .replace("[push, pull_request]", "push");
    put(&submission, github, &swallowing);
    assert_eq!(lost(""), "reviews fails");
    put(
        &submission,
        github,
        &workflow.replace("run: python", "run: python3"),
    );
    assert_eq!(lost(""), "runs pushes reviews fails caches");
    put(&submission, github, &workflow.replace("steps:", "stepz:"));
    assert_eq!(
        lost("ci.yml:3:3: the key `steps` is missing"),
        "valid runs pushes reviews fails caches"
    );

    fs::remove_file(submission.join(github)).unwrap();
    // It asks what a stand-in does not say: its lines are read.
    let gitlab = "test:\n  rules: [{ when: on_success }]\n  script:\n    - test \"$(curl -s $BASE_URL)\" = up\n    - python suite.py\n";
    put(&submission, ".gitlab-ci.yml", gitlab);
    assert_eq!(lost(""), "caches");
}
