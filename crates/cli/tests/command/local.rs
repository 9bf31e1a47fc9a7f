//! Grading on this machine itself, with its own Python and PostgreSQL; no engine is asked.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::support::{report, root, said, tryout};

const NOWHERE: (&str, &str) = ("DOCKER_HOST", "unix:///nowhere/docker.sock");
const LOCAL: [&str; 3] = ["--backend", "local", "--i-trust-this-code"];

/// Answers every request with 200 and has a child that has left its session.
const SERVER: &str = "\
import os, subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer

subprocess.Popen(['sh', '-c', \"trap '' TERM; while :; do sleep 1; done\"], start_new_session=True)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    do_POST = do_GET


HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
";

/// A submission in Python with nothing to install.
fn submission(main: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tryout.yaml"), "runtime: python-3.13\n").unwrap();
    fs::write(folder.path().join("main.py"), main).unwrap();
    // Another user may be who grades it.
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.path(), mode).unwrap();
    folder
}

#[test]
fn code_is_run_here_only_when_that_is_asked_for_in_so_many_words() {
    let solution = "challenges/orders-api/solutions/python";
    let grade = ["grade", solution, "-c", "orders-api"];
    let verify = ["challenge", "verify", "orders-api"];
    for command in [&grade[..], &verify[..]] {
        for (more, expected) in [
            (
                &["--backend", "local"][..],
                "Add --i-trust-this-code if it is your own",
            ),
            (
                &[
                    "--backend",
                    "local",
                    "--i-trust-this-code",
                    "--isolation",
                    "strict",
                ],
                "isolates nothing",
            ),
            (
                &[
                    "--backend",
                    "local",
                    "--i-trust-this-code",
                    "--runtime",
                    "runsc",
                ],
                "--runtime is for containers",
            ),
        ] {
            let arguments = [command, more].concat();
            let (code, text) = said(&tryout(&arguments).output().unwrap());
            assert_eq!(code, 2, "{arguments:?}: {text}");
            assert!(text.contains(expected), "{arguments:?}: {text}");
        }
    }
}

#[test]
fn the_demo_needs_no_engine_and_says_where_it_ran() {
    let out = tempfile::tempdir().unwrap();
    let output = tryout(&["demo", "--out"])
        .arg(out.path())
        .env(NOWHERE.0, NOWHERE.1)
        .output()
        .unwrap();
    let (code, text) = said(&output);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("no container engine answers"), "{text}");
    assert!(
        text.contains("on this machine itself instead, isolated by nothing"),
        "{text}"
    );
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        printed.contains("150 of 150 points") && printed.contains("Not isolated: "),
        "{printed}"
    );
    let report = report(out.path());
    assert_eq!(report["total"]["earned"], 150);
    assert_eq!(report["run"]["backend"], "local");
    assert_eq!(report["run"]["engine"], serde_json::Value::Null);
    let isolation = report["run"]["isolation"].as_array().unwrap();
    assert_eq!(
        (isolation.len(), &isolation[0]["enforced"]),
        (1, &serde_json::Value::Bool(false))
    );
    let programs = &report["run"]["programs"];
    assert!(
        programs["app"].as_str().unwrap().starts_with("Python 3."),
        "{programs}"
    );
    assert!(
        programs["db"].as_str().unwrap().starts_with("PostgreSQL "),
        "{programs}"
    );
}

/// Grades what prints something and ends, and gives what it printed.
fn last_words(main: &str, mut command: Command) -> String {
    let folder = submission(main);
    let out = tempfile::tempdir().unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs::set_permissions(out.path(), mode).unwrap();
    let output = command
        .arg("grade")
        .arg(folder.path())
        .args(["--challenge", "orders-api", "--out"])
        .arg(out.path())
        .args(LOCAL)
        .env("A_SECRET_OF_MINE", "hush")
        .output()
        .unwrap();
    let (_, text) = said(&output);
    let report = report(out.path());
    let log = &report["submission_failure"]["evidence"][0]["log"]["lines"];
    assert!(log.is_array(), "{text}\n{report:#}");
    log.as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap().to_owned() + "\n")
        .collect()
}

fn here() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tryout"));
    command.current_dir(root());
    command
}

#[test]
fn a_secret_of_the_callers_is_not_handed_on() {
    let words = last_words(
        "import os; print(sorted(os.environ)); print('end', os.environ)",
        here(),
    );
    assert!(
        words.contains("DATABASE_URL") && words.contains("AUTH_SECRET"),
        "{words}"
    );
    assert!(
        !words.contains("hush") && !words.contains("A_SECRET"),
        "{words}"
    );
}

/// `tryout` as somebody who is not root, whom the system does not exempt from limits: with what it
/// needs where that somebody can read it.
fn as_an_ordinary_user(folder: &Path) -> Command {
    let copy = |from: PathBuf, to: &str| {
        let done = Command::new("cp")
            .arg("-rL")
            .arg(from)
            .arg(folder.join(to))
            .status()
            .unwrap();
        assert!(done.success());
    };
    copy(env!("CARGO_BIN_EXE_tryout").into(), "tryout");
    copy(root().join("challenges"), "challenges");
    let made = Command::new("chmod")
        .args(["-R", "a+rX"])
        .arg(folder)
        .status()
        .unwrap();
    assert!(made.success());
    let user = Command::new("id").arg("-u").output().unwrap().stdout;
    let mut command = if user.trim_ascii() == b"0" {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
        command.arg(folder.join("tryout"));
        command
    } else {
        Command::new(folder.join("tryout"))
    };
    command.env("PATH", "/usr/bin:/bin").current_dir(folder);
    command
}

const FORKS: &str = "\
import os, signal, time
ids = []
try:
    while len(ids) < 3000:
        id = os.fork()
        if id == 0:
            time.sleep(600)
        ids.append(id)
    print('never stopped')
except OSError:
    print('stopped')
";

#[test]
fn processes_are_limited_and_postgresql_runs_as_an_ordinary_user() {
    let folder = tempfile::tempdir().unwrap();
    let words = last_words(FORKS, as_an_ordinary_user(folder.path()));
    assert_eq!(words, "stopped\n");
}

/// A grade under way, as JSON lines, with a place of its own for temporary folders: others that start
/// meanwhile would remove what it leaves.
fn start(folder: &Path, tmp: &Path) -> Child {
    here()
        .env("TMPDIR", tmp)
        .arg("grade")
        .arg(folder)
        .args(["-c", "orders-api", "--json-events"])
        .args(LOCAL)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until a line has this in it.
fn until(child: &mut Child, sign: &str) {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let found = lines.map(Result::unwrap).any(|line| line.contains(sign));
    assert!(found, "the run ended before {sign}");
}

/// Processes that carry the mark of a run of this process or name a folder of it, with their marks; and
/// its folders.
fn left_of(id: u32, tmp: &Path) -> (Vec<(u32, String)>, Vec<PathBuf>) {
    let owner = format!(":{id}-");
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(other) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        let marks = environment.split(|&byte| byte == 0);
        let mark = marks
            .filter_map(|variable| {
                std::str::from_utf8(variable)
                    .ok()?
                    .strip_prefix("TRYOUT_SANDBOX=")
            })
            .find(|mark| mark.contains(&owner));
        let named = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let named = String::from_utf8_lossy(&named).contains(&format!("/tryout-{id}-"));
        if mark.is_some() || named {
            processes.push((other, mark.unwrap_or_default().to_owned()));
        }
    }
    let prefix = format!("tryout-{id}-");
    let folders = fs::read_dir(tmp).unwrap().flatten();
    let folders = folders.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix));
    (processes, folders.map(|entry| entry.path()).collect())
}

fn is_nothing_left(id: u32, tmp: &Path) -> bool {
    let (processes, folders) = left_of(id, tmp);
    processes.is_empty() && folders.is_empty()
}

/// Ends a process of the test's own when the test does.
struct Bystander(Child);

impl Bystander {
    fn with_mark(mark: &str) -> Self {
        let mut command = Command::new("sleep");
        command
            .arg("600")
            .env("TRYOUT_SANDBOX", mark)
            .process_group(0);
        Self(command.spawn().unwrap())
    }

    fn is_alive(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// This process as marks name it.
fn this_process() -> String {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let started = rest.split_ascii_whitespace().nth(19).unwrap();
    format!("{}-{started}", std::process::id())
}

/// Starts a run and kills it at a sign; gives its process's id.
fn killed_at(sign: &str, tmp: &Path) -> u32 {
    let folder = submission(SERVER);
    let mut child = start(folder.path(), tmp);
    until(&mut child, sign);
    child.kill().unwrap();
    child.wait().unwrap();
    child.id()
}

#[test]
fn what_a_killed_run_left_is_cleaned_and_nothing_else() {
    for sign in ["\"services\"", "\"start\"", "check-started"] {
        let tmp = tempfile::tempdir().unwrap();
        let id = killed_at(sign, tmp.path());
        let (processes, folders) = left_of(id, tmp.path());
        assert!(!folders.is_empty(), "no folder was there at {sign}");
        let marked = processes.into_iter().find(|(_, mark)| !mark.is_empty());
        let mark = marked.map_or_else(|| format!("none:{id}-1:0:run:app"), |(_, mark)| mark);
        let parts: Vec<_> = mark.split(':').collect();
        // Of a run that lives, of the same run as seen from another host, and no mark at all.
        let alive = mark.replace(parts[1], &this_process());
        let elsewhere = mark.replace(parts[0], "0123456789abcdef");
        let elsewhere = elsewhere.replace(parts[2], "0");
        let mut others = [&*alive, &elsewhere, "x"].map(Bystander::with_mark);
        let mut clean = tryout(&["clean"]);
        let (code, text) = said(
            &clean
                .env(NOWHERE.0, NOWHERE.1)
                .env("TMPDIR", tmp.path())
                .output()
                .unwrap(),
        );
        // There is no engine to be looked at, and that is said.
        assert_eq!(code, 3, "{text}");
        assert!(text.contains("no containers"), "{text}");
        let (processes, folders) = left_of(id, tmp.path());
        let strangers = processes
            .iter()
            .filter(|(_, mark)| *mark == elsewhere)
            .count();
        assert_eq!(
            processes.len(),
            strangers,
            "left after {sign}: {processes:?}\n{text}"
        );
        assert!(folders.is_empty(), "left after {sign}: {folders:?}: {text}");
        for other in &mut others {
            assert!(
                other.is_alive(),
                "somebody else was ended after {sign}: {text}"
            );
        }
    }
}

#[test]
fn the_next_start_removes_what_a_killed_run_left() {
    let tmp = tempfile::tempdir().unwrap();
    let tmp = tmp.path();
    let id = killed_at("check-started", tmp);
    assert!(!is_nothing_left(id, tmp));
    let folder = submission(SERVER);
    let mut next = start(folder.path(), tmp);
    let began = Instant::now();
    while !is_nothing_left(id, tmp) {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "left: {:?}",
            left_of(id, tmp)
        );
        std::thread::yield_now();
    }
    next.kill().unwrap();
    next.wait().unwrap();
    let cleaned = tryout(&["clean"])
        .env(NOWHERE.0, NOWHERE.1)
        .env("TMPDIR", tmp)
        .output()
        .unwrap();
    assert!(is_nothing_left(next.id(), tmp), "{}", said(&cleaned).1);
}

#[test]
fn a_stopped_run_leaves_nothing() {
    for (signal, expected) in [("-INT", 130), ("-TERM", 143)] {
        let tmp = tempfile::tempdir().unwrap();
        let tmp = tmp.path();
        let folder = submission(SERVER);
        let mut child = start(folder.path(), tmp);
        until(&mut child, "check-started");
        let id = child.id();
        let there = left_of(id, tmp).0;
        assert!(there.len() > 2, "only {there:?} were there to be ended");
        let sent = Command::new("kill")
            .args([signal, &id.to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        assert_eq!(child.wait().unwrap().code(), Some(expected));
        assert!(is_nothing_left(id, tmp), "{:?}", left_of(id, tmp));
    }
}

#[test]
fn the_doctor_says_what_can_be_run_without_containers() {
    let output = tryout(&["doctor"])
        .env(NOWHERE.0, NOWHERE.1)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text
        .lines()
        .find(|line| line.contains("without containers"))
        .unwrap();
    assert!(line.contains("isolated by nothing"), "{text}");
    assert!(
        line.contains("Python 3.") && line.contains("PostgreSQL "),
        "{text}"
    );
}
