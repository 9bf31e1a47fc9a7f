//! Engines that are not at the usual socket, found as Docker's own program finds them.

use std::{ffi::OsString, fs, path::Path};

use assert_cmd::Command;
use serde_json::json;

use crate::{
    served,
    support::{report, said, tryout},
};

/// `docker context create` and `docker context use`.
fn context(config: &Path, host: &str) {
    let write = |path: &str, text: String| {
        let path = config.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "config.json",
        json!({ "currentContext": "test" }).to_string(),
    );
    // SHA-256 of its name.
    let id = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let meta = json!({ "Name": "test", "Endpoints": { "docker": { "Host": host } } });
    write(&format!("contexts/meta/{id}/meta.json"), meta.to_string());
}

/// One check of the solution, graded with an engine that the environment names.
fn graded(out: &Path, with: impl FnOnce(&mut Command)) {
    let solution = "challenges/orders-api/solutions/python";
    let mut command = tryout(&["grade", solution, "-c", "orders-api", "--min-score", "0"]);
    command.args(["--only", "health-and-ready", "--out"]);
    command.arg(out).env_remove("DOCKER_HOST");
    with(&mut command);
    let output = command.output().unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 0, "{text}");
    assert_eq!(report(out)["checks"][0]["outcome"], "passed", "{text}");
}

#[test]
fn an_engine_is_used_over_ssh() {
    let scratch = tempfile::tempdir().unwrap();
    let server = served::ssh(scratch.path());
    let mut path = OsString::from(scratch.path().join("bin"));
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let host = format!("ssh://127.0.0.1:{}", server.port);
    graded(&scratch.path().join("report"), |command| {
        command.env("DOCKER_HOST", &host).env("PATH", &path);
    });

    // Another socket, where nobody listens; and a server that does not know the key.
    let doctor = |host: &str| {
        let mut command = tryout(&["doctor"]);
        let output = command.env("DOCKER_HOST", host).env("PATH", &path);
        String::from_utf8(output.output().unwrap().stdout).unwrap()
    };
    let text = doctor(&format!("{host}/nowhere/docker.sock"));
    let no_engine = format!("no container engine answers at {host}/nowhere/docker.sock\n");
    assert!(text.contains(&no_engine), "{text}");
    fs::write(scratch.path().join("client.pub"), "").unwrap();
    let text = doctor(&host);
    assert!(text.contains("Permission denied"), "{text}");
}

#[test]
fn an_engine_is_used_over_tls_by_whoever_has_its_certificates() {
    let scratch = tempfile::tempdir().unwrap();
    let server = served::engine(scratch.path());
    let host = format!("tcp://127.0.0.1:{}", server.port);
    graded(&scratch.path().join("report"), |command| {
        command
            .env("DOCKER_HOST", &host)
            .env("DOCKER_TLS_VERIFY", "1")
            .env("DOCKER_CERT_PATH", scratch.path());
    });
    // Another's certificate, which the server does not know.
    let other = tempfile::tempdir().unwrap();
    let _other = served::engine(other.path());
    fs::copy(scratch.path().join("ca.pem"), other.path().join("ca.pem")).unwrap();
    let output = tryout(&["doctor"])
        .env("DOCKER_HOST", &host)
        .env("DOCKER_TLS_VERIFY", "1")
        .env("DOCKER_CERT_PATH", other.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let no_engine = format!("no container engine answers at {host}");
    assert!(text.contains(&no_engine), "{text}");
}

#[test]
fn the_engine_of_the_context_in_use_is_taken() {
    let config = tempfile::tempdir().unwrap();
    context(config.path(), "unix:///var/run/docker.sock");
    graded(&config.path().join("report"), |command| {
        command.env("DOCKER_CONFIG", config.path());
    });
    context(config.path(), "unix:///nowhere/docker.sock");
    for (name, expected) in [
        ("test", "answers at unix:///nowhere/docker.sock"),
        (
            "tset",
            "answers at the Docker context \"tset\"\n  because: there is no such context",
        ),
    ] {
        let output = tryout(&["doctor"])
            .env_remove("DOCKER_HOST")
            .env("DOCKER_CONFIG", config.path())
            .env("DOCKER_CONTEXT", name)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(expected), "{text}");
    }
}
