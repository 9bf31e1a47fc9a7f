//! Runs that are killed or stopped: what they made is removed by `tryout clean`, or by themselves.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::support::{root, said, tryout};

const SOLUTION: &str = "challenges/orders-api/solutions/python";

/// A grade under way, as JSON lines.
fn start() -> Child {
    start_with(SOLUTION)
}

fn start_with(submission: &str) -> Child {
    let mut grade = grade(submission);
    grade.stdout(Stdio::piped()).spawn().unwrap()
}

/// A grade under way that nobody listens to.
fn start_quietly() -> Child {
    grade(SOLUTION).stdout(Stdio::null()).spawn().unwrap()
}

fn grade(submission: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tryout"));
    command
        .current_dir(root())
        .args(["grade", submission, "-c", "orders-api", "--json-events"])
        .stderr(Stdio::null());
    command
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
        assert_eq!(left_after_cleaning(&run), [""; 0], "killed at {sign}");
    }
}

/// The engine's builder makes containers that carry no label of ours; it ends them when nobody listens.
#[test]
fn a_run_killed_in_a_build_leaves_no_step() {
    let folder = tempfile::tempdir().unwrap();
    let once = format!("a step of {}", std::process::id());
    let dockerfile = format!("FROM tryout/base:trixie\nRUN echo begun; sleep 300 # {once}\n");
    std::fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    let mut child = start_with(folder.path().to_str().unwrap());
    let run = until(&mut child, "\"line\":\"begun\"");
    assert_eq!(steps_of(&once).len(), 1, "its step is not seen");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(left_after_cleaning(&run), [""; 0]);
    let mut steps = Vec::new();
    for _ in 0..500 {
        steps = steps_of(&once);
        if steps.is_empty() {
            break;
        }
    }
    assert_eq!(steps, [""; 0]);
}

/// The containers whose command has this in it.
fn steps_of(sign: &str) -> Vec<String> {
    let mut list = Command::new("docker");
    list.args(["ps", "--all", "--no-trunc", "--format", "{{.Command}}"]);
    let output = list.output().unwrap();
    assert!(output.status.success(), "docker ps failed");
    let text = String::from_utf8(output.stdout).unwrap();
    let commands = text.lines().filter(|command| command.contains(sign));
    commands.map(str::to_owned).collect()
}

/// What there still is of a run. The engine may still be about what the dead process asked of it, so
/// that a later start is the one that finds it.
fn left_after_cleaning(run: &str) -> Vec<String> {
    let mut left = Vec::new();
    for _ in 0..100 {
        let (code, text) = said(&tryout(&["clean"]).output().unwrap());
        assert_eq!(code, 0, "{text}");
        left = left_of(run);
        if left.is_empty() {
            break;
        }
    }
    left
}

/// So often, or as often as `TRYOUT_KILLS` says, while another run goes on beside it.
const KILLS: u32 = 8;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "nothing is waited for: the moment is to be random"
)]
fn runs_killed_at_random_moments_leave_nothing_and_touch_no_other() {
    let kills = std::env::var("TRYOUT_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let mut moment = kills.wrapping_mul(0x9e37_79b9) ^ std::process::id();
    let mut other: Option<Child> = None;
    let mut others = 0;
    for kill in 0..kills {
        let beside = other.get_or_insert_with(start_quietly);
        let mut child = start();
        // Anywhere in a run of a few seconds.
        moment = moment.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let moment = Duration::from_millis(u64::from(moment >> 16) % 6_000);
        std::thread::sleep(moment);
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let events = String::from_utf8(output.stdout).unwrap();
        let run = events.split_once("\"run\":\"").map(|(_, rest)| rest);
        let run = run.and_then(|rest| rest.split('"').next());
        let left = run.map(left_after_cleaning).unwrap_or_default();
        assert_eq!(left, [""; 0], "kill {kill} after {moment:?}");
        if let Some(status) = beside.try_wait().unwrap() {
            assert_eq!(status.code(), Some(0), "the run beside it");
            others += 1;
            other = None;
        }
    }
    if let Some(mut beside) = other {
        assert_eq!(beside.wait().unwrap().code(), Some(0), "the run beside it");
        others += 1;
    }
    assert!(others > 0);
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
