//! Ways to hand in, seen from outside. Without an engine: what is read stands in the report all the
//! same.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    served::{self, run},
    support::{report, root, said, tryout},
};

const SOLUTION: &str = "challenges/orders-api/solutions/python";

/// Hands something in where no engine answers; the exit code, what was said, and the report's
/// `submission`.
fn hand_in(submission: &str) -> (i32, String, Value) {
    hand_in_with(submission, &[])
}

/// The same, with more in the environment.
fn hand_in_with(submission: &str, environment: &[(&str, &str)]) -> (i32, String, Value) {
    let out = tempfile::tempdir().unwrap();
    let dir = out.path().join("report");
    let output = tryout(&["grade", submission, "-c", "orders-api", "--out"])
        .arg(&dir)
        .env("DOCKER_HOST", "unix:///nowhere/docker.sock")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        // Nothing leaves the machine, by a proxy either.
        .envs([("no_proxy", "*"), ("NO_PROXY", "*")])
        .envs(environment.iter().copied())
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

/// `orders` in a folder: a repository that holds the solution.
fn repository(folder: &Path) -> PathBuf {
    let copied = folder.join("orders");
    let from = root().join(SOLUTION);
    run(folder, &["cp", "-r", from.to_str().unwrap(), "orders"]);
    run(&copied, &["git", "init", "--quiet"]);
    run(&copied, &["git", "add", "--all"]);
    let who = ["-c", "user.name=J", "-c", "user.email=j@example.com"];
    let mut commit = vec!["git"];
    commit.extend(who);
    commit.extend(["commit", "--quiet", "-m", "x"]);
    run(&copied, &commit);
    copied
}

#[test]
fn an_archive_and_a_repository_are_the_folder_that_they_hold() {
    let (code, text, folder) = hand_in(SOLUTION);
    assert_eq!(code, 3, "{text}");
    assert_eq!(folder["name"], "python");

    let dir = tempfile::tempdir().unwrap();
    let copied = repository(dir.path());
    run(dir.path(), &["tar", "-czf", "jane.tar.gz", "orders"]);

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
fn a_repository_is_fetched_over_https_from_whom_one_trusts() {
    let (_, _, folder) = hand_in(SOLUTION);
    let (served, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    repository(served.path());
    let server = served::https(served.path(), scratch.path());
    let url = format!("https://127.0.0.1:{}/orders/.git#HEAD", server.port);

    let trusted = scratch.path().join("certificate.pem");
    let trust = [("GIT_SSL_CAINFO", trusted.to_str().unwrap())];
    let (code, text, fetched) = hand_in_with(&url, &trust);
    assert_eq!(code, 3, "{text}");
    assert_eq!(fetched["digest"], folder["digest"], "{text}");

    let (code, text, _) = hand_in(&url);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("certificate"), "{text}");

    let elsewhere = format!("https://127.0.0.1:{}/none.git", server.port);
    let (code, text, _) = hand_in_with(&elsewhere, &trust);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("there is no repository"), "{text}");
}

#[test]
fn a_repository_is_fetched_over_ssh_from_whom_one_knows() {
    let (_, _, folder) = hand_in(SOLUTION);
    let (served, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copied = repository(served.path());
    let server = served::ssh(scratch.path());
    let me = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
    let at = format!("ssh://{}@127.0.0.1:{}", me.trim(), server.port);
    let url = format!("{at}{}", copied.display());

    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", scratch.path().join("bin").display());
    let (code, text, fetched) = hand_in_with(&url, &[("PATH", &path)]);
    assert_eq!(code, 3, "{text}");
    assert_eq!(fetched["digest"], folder["digest"], "{text}");

    let elsewhere = format!("{at}/none.git");
    let (code, text, _) = hand_in_with(&elsewhere, &[("PATH", &path)]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("there is no repository"), "{text}");

    fs::write(scratch.path().join("known"), "").unwrap();
    let (code, text, _) = hand_in_with(&url, &[("PATH", &path)]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("Host key verification failed"), "{text}");
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
