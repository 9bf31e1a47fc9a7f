//! Proofs of a small challenge, with a real engine: the certificate, an interruption, what is no proof.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{
    fixture::{APP, items, put},
    support::{report, said, tryout},
};

/// Exit code, what was asked for, what was said to people.
fn verify(dir: &Path, more: &[&str]) -> (i32, String, String) {
    let journal = dir.with_extension("jsonl");
    let mut command = tryout(&["challenge", "verify", "--jobs", "2"]);
    if !more.contains(&"--seeds") {
        command.args(["--seeds", "1"]);
    }
    let output = command
        .arg(dir)
        .arg("--journal")
        .arg(&journal)
        .args(more)
        .output()
        .unwrap();
    let (code, said) = said(&output);
    let data = String::from_utf8_lossy(&output.stdout).into_owned();
    (code, data, said)
}

fn lint(dir: &Path) -> (i32, String) {
    said(&tryout(&["challenge", "lint"]).arg(dir).output().unwrap())
}

fn certification(dir: &Path) -> Value {
    let out = tempfile::tempdir().unwrap();
    let solution = dir.join("solutions/python");
    let output = tryout(&["grade", "--quiet", "--only", "misses"])
        .arg(&solution)
        .arg("--challenge")
        .arg(dir)
        .arg("--out")
        .arg(out.path())
        .output()
        .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 0, "{text}");
    report(out.path())["certification"].clone()
}

#[test]
fn a_certificate_is_written_when_asked_for_and_believed_until_something_changes() {
    let root = tempfile::tempdir().unwrap();
    let dir = items(root.path());
    let (code, data, text) = verify(&dir, &["--seeds", "2"]);
    assert_eq!(code, 0, "{data}\n{text}");
    assert!(text.contains("--write puts a certificate"), "{text}");
    assert!(!dir.join("certificate.json").exists());
    assert!(
        !dir.with_extension("jsonl").exists(),
        "nothing is left to go on with"
    );
    let why = &certification(&dir)["not-certified"]["why"];
    assert_eq!(why, "there is no certificate");

    let (code, data, text) = verify(&dir, &["--write"]);
    assert_eq!(code, 0, "{data}\n{text}");
    let drawn = fs::read_to_string(dir.join("certificate.md")).unwrap();
    assert!(
        drawn.contains("| `defect:says-ok` | ✗ | · | 1/3 |"),
        "{drawn}"
    );
    let version = &certification(&dir)["certified"]["version"];
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    assert_eq!(lint(&dir).0, 0);

    put(&dir, "certificate.md", &drawn.replace('✗', "·"));
    let why = &certification(&dir)["not-certified"]["why"];
    assert_eq!(why, "the certificate was edited by hand");
    for (code, text) in [lint(&dir), {
        let (code, _, text) = verify(&dir, &[]);
        (code, text)
    }] {
        assert_eq!(code, 2, "{text}");
        assert!(text.contains("certificate.md was edited by hand"), "{text}");
    }

    put(&dir, "certificate.md", &drawn);
    put(&dir, "mutants.yaml", "{}\n");
    assert_eq!(
        certification(&dir)["certified"]["version"],
        env!("CARGO_PKG_VERSION")
    );
    put(&dir, "brief.md", "Keep all items.\n");
    let why = &certification(&dir)["not-certified"]["why"];
    assert_eq!(why, "the challenge changed since");
}

#[test]
fn repeated_grades_are_recorded_by_how_busy_the_machine_was() {
    let root = tempfile::tempdir().unwrap();
    let dir = items(root.path());
    let record = root.path().join("stability.json");
    let again = |more: &[&str]| {
        let mut command = tryout(&["challenge", "stability", "--repeat", "2", "--jobs", "2"]);
        let journal = dir.with_extension("jsonl");
        command.arg(&dir).arg("--journal").arg(&journal);
        command.arg("--record").arg(&record).args(more);
        let output = command.output().unwrap();
        let (code, said) = said(&output);
        (
            code,
            String::from_utf8_lossy(&output.stdout).into_owned(),
            said,
        )
    };
    let runs = || {
        let record: Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
        let runs = record["runs"].as_array().unwrap().clone();
        let told = |run: &Value| (run["busy"].as_u64() > Some(0), run["grades"].as_u64());
        runs.iter().map(told).collect::<Vec<_>>()
    };
    let (code, data, text) = again(&["--noise"]);
    assert_eq!(code, 0, "{data}\n{text}");
    let subjects = 1 + fs::read_dir(dir.join("defects")).unwrap().count();
    let grades = 2 * u64::try_from(subjects).unwrap();
    assert!(
        data.contains(&format!(
            "every verdict was as it must be in {grades} grades"
        )),
        "{data}"
    );
    let (code, data, text) = again(&["--of", "solutions,defect:says-ok"]);
    assert_eq!(code, 0, "{data}\n{text}");
    assert_eq!(runs(), [(false, Some(4)), (true, Some(grades))]);
    // Runs of another solution are not kept.
    put(&dir, "solutions/python/unused.py", "");
    assert_eq!(again(&["--of", "solution:python"]).0, 0);
    assert_eq!(runs(), [(false, Some(2))]);

    let (code, _, text) = again(&["--of", "cobol"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("has no subject `cobol`"), "{text}");
    assert!(
        text.contains("say `solutions`, `defects`, solution:python"),
        "{text}"
    );

    fs::write(&record, "[]").unwrap();
    let (code, _, text) = again(&[]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("is no record of repeated grades"), "{text}");
}

#[test]
fn a_proof_that_was_killed_loses_no_finished_variant() {
    let root = tempfile::tempdir().unwrap();
    let dir = items(root.path());
    let journal = dir.with_extension("jsonl");
    let mut killed = start(&dir, &journal);
    wait_for_variants(3, &mut killed);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let text = fs::read_to_string(&journal).unwrap();
    let whole = text.matches('\n').count() - 1;
    assert!(whole >= 3, "{text}");
    let seed: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();

    let (code, data, said) = verify(&dir, &[]);
    assert_eq!(code, 0, "{data}\n{said}");
    assert!(
        said.contains(&format!("{whole} of them known already")),
        "{said}"
    );
    assert!(data.contains(&format!("(seed {})", seed["seed"])), "{data}");
}

fn start(dir: &Path, journal: &Path) -> Child {
    let program = assert_cmd::cargo::cargo_bin("tryout");
    Command::new(program)
        .args([
            "challenge",
            "verify",
            "--seeds",
            "1",
            "--jobs",
            "1",
            "--journal",
        ])
        .arg(journal)
        .arg(dir)
        .current_dir(crate::support::root())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Until it has said so often that a variant is done.
fn wait_for_variants(count: usize, running: &mut Child) {
    let said = BufReader::new(running.stderr.take().unwrap()).lines();
    let done = said
        .map_while(Result::ok)
        .filter(|line| line.starts_with('['));
    assert_eq!(done.take(count).count(), count, "it ended first");
}

#[test]
fn a_solution_that_does_not_build_is_told_with_the_builds_last_lines() {
    let root = tempfile::tempdir().unwrap();
    let dir = items(root.path());
    let dockerfile =
        "FROM tryout/python:3.13\nCOPY app.py /app.py\nRUN echo compiling the parts && exit 3\n";
    put(&dir, "solutions/python/Dockerfile", dockerfile);
    let (code, _, text) = verify(&dir, &[]);
    assert_eq!(code, 2, "{text}");
    for part in [
        "solution:python must earn every point, but the submission did not build",
        "compiling the parts",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_seed_that_fails_is_told_with_its_file_and_the_databases_words() {
    let root = tempfile::tempdir().unwrap();
    let dir = items(root.path());
    put(
        &dir,
        "seed/tables.sql",
        "create table a (n int);\ncreate tabel b (n int);\n",
    );
    let file = fs::read_to_string(dir.join("challenge.yaml")).unwrap();
    let services = "services:\n  db: { postgres: { version: \"17\", database: items, seed: [seed/tables.sql] } }\nstarters:";
    put(&dir, "challenge.yaml", &file.replace("starters:", services));
    let (code, _, text) = verify(&dir, &[]);
    assert_eq!(code, 2, "{text}");
    for part in [
        "seed/tables.sql",
        ":2:",
        "syntax error at or near \"tabel\"",
    ] {
        assert!(text.contains(part), "no {part}: {text}");
    }
}

#[test]
fn a_patch_that_no_longer_applies_is_told_with_defect_file_and_hunk() {
    let root = tempfile::tempdir().unwrap();
    let dir = items(root.path());
    put(
        &dir,
        "solutions/python/app.py",
        &APP.replace("(201,", "(202,"),
    );
    let (code, _, text) = verify(&dir, &[]);
    assert_eq!(code, 2, "{text}");
    for part in [
        "defect:says-ok",
        "says-ok.patch:3: hunk 1 no longer applies to app.py",
    ] {
        assert!(text.contains(part), "no {part}: {text}");
    }
}

#[test]
fn changes_that_nobody_notices_are_told_until_they_are_listed_with_a_reason() {
    let root = tempfile::tempdir().unwrap();
    let dir = items(root.path());
    let mutate = ["--mutate", "8", "--seed", "3"];
    let (code, data, text) = verify(&dir, &mutate);
    assert_eq!(code, 1, "{data}\n{text}");
    let survivor = "no check notices that app.py:";
    assert!(data.contains(survivor), "{data}");
    assert!(data.contains("8 of "), "{data}");

    // What it found out is known; what is left is listed.
    let journal = fs::read_to_string(dir.with_extension("jsonl")).unwrap();
    assert!(journal.contains("mutant:python/8"), "{journal}");
    let listed = listed(&data);
    put(&dir, "mutants.yaml", &listed);
    let more: Vec<&str> = mutate.into_iter().chain(["--write"]).collect();
    let (code, data, text) = verify(&dir, &more);
    assert_eq!(code, 0, "{data}\n{text}");
    let certificate = fs::read_to_string(dir.join("certificate.json")).unwrap();
    let certificate: Value = serde_json::from_str(&certificate).unwrap();
    let mutation = &certificate["mutation"];
    assert_eq!(mutation["tried"], 8);
    let equivalent = mutation["equivalent"].as_array().unwrap();
    assert_eq!(equivalent[0]["reason"], "for this test");

    // The lines are no longer there.
    let stale = listed.replace("was: \"", "was: \"no longer ");
    put(&dir, "mutants.yaml", &stale);
    let (code, text) = lint(&dir);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("mutants.yaml:"), "{text}");
    assert!(text.contains("`app.py` has no such lines"), "{text}");
}

/// An entry for each survivor of the output.
fn listed(data: &str) -> String {
    let mut text = "equivalent:\n".to_owned();
    for line in data
        .lines()
        .filter(|line| line.contains("no check notices"))
    {
        let number = line.split("app.py:").nth(1).unwrap();
        let number: usize = number.split(' ').next().unwrap().parse().unwrap();
        let was = APP.lines().nth(number - 1).unwrap();
        let becomes = line.split("says `").nth(1).unwrap();
        let becomes = becomes.split("` instead of").next().unwrap();
        let margin = &was[..was.len() - was.trim_start().len()];
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        let _ = write!(
            text,
            "  - of: python\n    file: app.py\n    was: {}\n    becomes: {}\n    reason: for this test\n",
            quoted(was),
            quoted(&format!("{margin}{becomes}")),
        );
    }
    text
}
