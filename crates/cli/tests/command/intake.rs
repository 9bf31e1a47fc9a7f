//! Ways to hand in, seen from outside. Without an engine: what is read stands in the report all the
//! same.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::support::{report, root, said, tryout};

const SOLUTION: &str = "challenges/orders-api/solutions/python";

/// Hands something in where no engine answers; the exit code, what was said, and the report's
/// `submission`.
fn hand_in(submission: &str) -> (i32, String, Value) {
    let out = tempfile::tempdir().unwrap();
    let dir = out.path().join("report");
    let output = tryout(&["grade", submission, "-c", "orders-api", "--out"])
        .arg(&dir)
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        // Nothing leaves the machine, by a proxy either.
        .envs([("no_proxy", "*"), ("NO_PROXY", "*")])
        .output()
        .unwrap();
    let (code, text) = said(&output);
    let submission = if dir.is_dir() {
        report(&dir)["submission"].take()
    } else {
        Value::Null
    };
    (code, text, submission)
}

fn run(folder: &Path, words: &[&str]) {
    let done = Command::new(words[0])
        .args(&words[1..])
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .status()
        .unwrap();
    assert!(done.success(), "{words:?}");
}

#[test]
fn an_archive_and_a_repository_are_the_folder_that_they_hold() {
    let (code, text, folder) = hand_in(SOLUTION);
    assert_eq!(code, 3, "{text}");
    assert_eq!(folder["name"], "python");

    let dir = tempfile::tempdir().unwrap();
    let copied = dir.path().join("orders");
    let from = root().join(SOLUTION);
    run(dir.path(), &["cp", "-r", from.to_str().unwrap(), "orders"]);
    run(dir.path(), &["tar", "-czf", "jane.tar.gz", "orders"]);
    run(&copied, &["git", "init", "--quiet"]);
    run(&copied, &["git", "add", "--all"]);
    let who = ["-c", "user.name=J", "-c", "user.email=j@example.com"];
    let mut commit = vec!["git"];
    commit.extend(who);
    commit.extend(["commit", "--quiet", "-m", "x"]);
    run(&copied, &commit);

    let archive = dir.path().join("jane.tar.gz");
    let (code, text, packed) = hand_in(archive.to_str().unwrap());
    assert_eq!(code, 3, "{text}");
    assert_eq!(packed["name"], "jane");
    assert_eq!(packed["digest"], folder["digest"]);
    assert_eq!(packed["files"], folder["files"]);

    let (code, text, fetched) = hand_in(&format!("git+file://{}#HEAD", copied.display()));
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("fetching file://"), "{text}");
    assert_eq!(fetched["name"], "orders");
    assert_eq!(fetched["digest"], folder["digest"]);
}

#[test]
fn what_cannot_be_taken_is_the_inputs_fault_and_told_in_full() {
    let dir = tempfile::tempdir().unwrap();
    let text_file = dir.path().join("notes.zip");
    fs::write(&text_file, "hello").unwrap();
    let nowhere = format!("git+file://{}/nowhere", dir.path().display());
    for (submission, parts) in [
        (
            text_file.to_str().unwrap(),
            ["notes.zip", "it is no archive"],
        ),
        ("http://host.invalid/r", ["http://", "write https://"]),
        (
            "git@host.invalid:jane/orders.git",
            [
                "there is no folder",
                "ssh://git@host.invalid/jane/orders.git",
            ],
        ),
        (
            "https://host.invalid/r#-x",
            ["\"-x\"", "no name begins with"],
        ),
        (
            &nowhere,
            ["/nowhere", "there is no repository at that address"],
        ),
    ] {
        let (code, text, submission_read) = hand_in(submission);
        assert_eq!(code, 2, "{submission}: {text}");
        assert_eq!(submission_read, Value::Null);
        for part in parts {
            assert!(text.contains(part), "{submission}: {text}");
        }
    }
}

#[test]
fn a_server_that_cannot_be_reached_is_ours() {
    // A port of this machine that nobody listens on any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for scheme in ["https", "ssh"] {
        let url = format!("{scheme}://127.0.0.1:{port}/jane/orders.git");
        let (code, text, _) = hand_in(&url);
        assert_eq!(code, 3, "{text}");
        assert!(text.contains("the server cannot be reached"), "{text}");
    }
}

#[test]
fn without_git_a_repository_is_told_what_is_missing() {
    let nothing = tempfile::tempdir().unwrap();
    let output = tryout(&["grade", "git+file:///r", "-c", "orders-api"])
        .env("PATH", nothing.path())
        .output()
        .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("`git` is not installed"), "{text}");
}
