//! Runs that are killed or stopped: what they made is removed by `tryout clean`, or by themselves.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use crate::support::{root, said, tryout};

/// A grade under way, as JSON lines.
fn start() -> Child {
    Command::new(env!("CARGO_BIN_EXE_tryout"))
        .current_dir(root())
        .args([
            "grade",
            "challenges/orders-api/solutions/python",
            "-c",
            "orders-api",
        ])
        .arg("--json-events")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until a line has this in it; the run's id.
fn until(child: &mut Child, sign: &str) -> String {
    let mut run = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some((_, rest)) = line.split_once("\"run\":\"") {
            rest.split('"').next().unwrap().clone_into(&mut run);
        }
        if line.contains(sign) {
            return run;
        }
    }
    panic!("the run ended before {sign}");
}

/// Everything on the engine that carries the run's label.
fn left_of(run: &str) -> Vec<String> {
    let mut left = Vec::new();
    for what in ["container", "network"] {
        let mut list = Command::new("docker");
        list.args([what, "ls", "--quiet", "--filter"])
            .arg(format!("label=tryout.run={run}"));
        if what == "container" {
            list.arg("--all");
        }
        let output = list.output().unwrap();
        assert!(output.status.success(), "docker {what} ls failed");
        let text = String::from_utf8(output.stdout).unwrap();
        left.extend(text.lines().map(|id| format!("{what} {id}")));
    }
    left
}

#[test]
fn what_a_killed_run_left_is_cleaned() {
    for sign in ["\"services\"", "\"start\"", "check-started", "check-ended"] {
        let mut child = start();
        let run = until(&mut child, sign);
        child.kill().unwrap();
        child.wait().unwrap();
        let (code, text) = said(&tryout(&["clean"]).output().unwrap());
        assert_eq!(code, 0, "{text}");
        assert_eq!(left_of(&run), [""; 0], "left after {sign}: {text}");
    }
}

#[test]
fn a_stopped_run_removes_what_it_made() {
    let mut child = start();
    let run = until(&mut child, "check-started");
    assert!(!left_of(&run).is_empty(), "nothing was there to be removed");
    let stopped = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(143));
    assert_eq!(left_of(&run), [""; 0]);
}
