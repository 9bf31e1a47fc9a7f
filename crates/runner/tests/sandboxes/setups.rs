//! The ways in which a submission is built, migrated and started, each on a real engine. The apps use
//! their standard library only.

use std::{fs, time::Duration};

use bollard::query_parameters::KillContainerOptionsBuilder;
use runner::{
    AppFailure, AppState, Backend as _, Opening, Restart, RunId, RunnerEvent, RunnerPhase, Sandbox,
    SandboxSpec,
    setup::{Declared, Setup},
    snapshot::Snapshot,
};
use serde_json::{Value, json};

use crate::stand::{Stand, Told, ask, until};

/// Answers with its process's number, arguments and environment; ends with 42 when it is asked to.
const PYTHON: &str = r#"
import http.server, json, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: os._exit(42))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        # A server that closes with a body unread resets the connection, and its answer may be lost.
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()
        told = {"pid": os.getpid(), "arguments": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}
        self.wfile.write(json.dumps(told).encode())
    do_POST = do_GET
http.server.HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
"#;

const NODE: &str = r#"
process.on("SIGTERM", () => process.exit(42));
require("http").createServer((request, answer) => {
  answer.end(JSON.stringify({ pid: process.pid, arguments: process.argv.slice(2), built: require("fs").existsSync("built") }));
}).listen(process.env.PORT, "0.0.0.0");
"#;

const GO: &str = r#"package main

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	go func() { <-asked; os.Exit(42) }()
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(answer, `{"pid": %d}`, os.Getpid())
	})
	panic(http.ListenAndServe(":"+os.Getenv("PORT"), nil))
}
"#;

/// Paths and their texts.
type Files<'a> = &'a [(&'a str, &'a str)];

/// Its image is removed at the end.
pub(crate) fn submission(stand: &Stand, files: Files<'_>) -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    // Unlike that of any other test.
    fs::write(folder.path().join("word"), RunId::random().as_str()).unwrap();
    stand.own_snapshot(folder.path())
}

/// A sandbox that is run as is found, without services.
pub(crate) fn spec(stand: &Stand, submission: &Snapshot, declared: &Declared) -> SandboxSpec {
    let mut spec = stand.spec();
    spec.services.clear();
    spec.app.setup = Setup::of(submission, declared).unwrap().unwrap();
    spec
}

async fn opened(stand: &Stand, files: Files<'_>, declared: &Declared) -> Box<dyn Sandbox> {
    let submission = submission(stand, files);
    let spec = spec(stand, &submission, declared);
    stand.open_with(&spec, &submission).await
}

pub(crate) async fn told_by(sandbox: &dyn Sandbox) -> Value {
    ask(sandbox.app(), "/", json!(null)).await
}

#[expect(clippy::unnecessary_wraps, reason = "as a declaration holds it")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn python(start: &str) -> Declared {
    Declared {
        runtime: some("python-3.13"),
        start: some(start),
        ..Declared::default()
    }
}

fn migrating(command: &str) -> Declared {
    Declared {
        migrate: some(command),
        ..python("python shop.py")
    }
}

/// Asks the app's first process to end and gives how it did.
pub(crate) async fn ended(stand: &Stand, run: &RunId, sandbox: &dyn Sandbox) -> String {
    let names = stand.things_of(run).await;
    let app = names.iter().find(|name| name.ends_with("-app")).unwrap();
    let options = KillContainerOptionsBuilder::new().signal("SIGTERM").build();
    let docker = stand.engine.docker();
    docker
        .kill_container(app.trim_start_matches('/'), Some(options))
        .await
        .unwrap();
    let mut exit = String::new();
    until("the app has ended", async || {
        match sandbox.app_state().await.unwrap() {
            AppState::Running => false,
            AppState::Exited { exit: how } => {
                exit = how;
                true
            }
        }
    })
    .await;
    exit
}

#[tokio::test]
async fn python_is_started_by_a_command_with_quotes_and_environment() {
    let stand = Stand::new().await;
    let start = "GREETING=\"hi  there\" python shop.py --name 'a b' \"$PORT\" 2>&1";
    let submission = submission(&stand, &[("shop.py", PYTHON)]);
    let spec = spec(&stand, &submission, &python(start));
    let sandbox = stand.open_with(&spec, &submission).await;
    let told = told_by(&*sandbox).await;
    assert_eq!(told["arguments"], json!(["--name", "a b", "8080"]));
    assert_eq!(told["environment"]["GREETING"], "hi  there");
    assert_eq!(told["environment"]["PORT"], "8080");
    assert_eq!(told["folder"], "/app");
    assert_eq!(told["pid"], 1, "the shell has become the app");
    assert_eq!(ended(&stand, &spec.run, &*sandbox).await, "exit code 42");
}

#[tokio::test]
async fn the_last_of_several_commands_takes_the_shells_place_by_exec() {
    let stand = Stand::new().await;
    let start = "cd shop && export GREETING=hi\nexec python shop.py";
    let submission = submission(&stand, &[("shop/shop.py", PYTHON)]);
    let spec = spec(&stand, &submission, &python(start));
    let sandbox = stand.open_with(&spec, &submission).await;
    let told = told_by(&*sandbox).await;
    assert_eq!(told["environment"]["GREETING"], "hi");
    assert_eq!(
        (&told["pid"], &told["folder"]),
        (&json!(1), &json!("/app/shop"))
    );
    assert_eq!(ended(&stand, &spec.run, &*sandbox).await, "exit code 42");
}

#[tokio::test]
async fn of_several_commands_the_first_that_fails_ends_it() {
    let stand = Stand::new().await;
    let submission = submission(&stand, &[("shop.py", PYTHON)]);
    let spec = spec(&stand, &submission, &python("false\nexec python shop.py"));
    let failure = stand.refusal(&spec, &submission).await;
    assert!(
        matches!(&failure, AppFailure::DiedAtStart { exit, .. } if exit == "exit code 1"),
        "{failure:?}"
    );
}

#[tokio::test]
async fn node_is_found_built_and_started_by_its_scripts() {
    let stand = Stand::new().await;
    let package = r#"{"name": "shop", "version": "1.0.0", "scripts": {"build": "touch built", "start": "node server.js --all"}}"#;
    let lock = r#"{"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "shop", "version": "1.0.0"}}}"#;
    let files = &[
        ("package.json", package),
        ("package-lock.json", lock),
        ("server.js", NODE),
    ];
    let sandbox = opened(&stand, files, &Declared::default()).await;
    let told = told_by(&*sandbox).await;
    assert_eq!(
        (&told["arguments"], &told["built"]),
        (&json!(["--all"]), &json!(true))
    );
}

#[tokio::test]
async fn node_is_started_without_npm_where_it_says_so() {
    let stand = Stand::new().await;
    let declared = Declared {
        runtime: some("node-20"),
        start: some("node server.js"),
        ..Declared::default()
    };
    let submission = submission(&stand, &[("server.js", NODE)]);
    let spec = spec(&stand, &submission, &declared);
    let sandbox = stand.open_with(&spec, &submission).await;
    assert_eq!(told_by(&*sandbox).await["pid"], 1);
    assert_eq!(ended(&stand, &spec.run, &*sandbox).await, "exit code 42");
}

#[tokio::test]
async fn go_is_found_and_built() {
    let stand = Stand::new().await;
    let files = &[
        ("go.mod", "module example.org/shop\n\ngo 1.24\n"),
        ("cmd/shop/main.go", GO),
    ];
    let submission = submission(&stand, files);
    let spec = spec(&stand, &submission, &Declared::default());
    let sandbox = stand.open_with(&spec, &submission).await;
    assert_eq!(told_by(&*sandbox).await["pid"], 1);
    assert_eq!(ended(&stand, &spec.run, &*sandbox).await, "exit code 42");
}

#[tokio::test]
async fn a_dockerfile_elsewhere_is_built_and_its_start_replaced() {
    let stand = Stand::new().await;
    let dockerfile = "FROM tryout/python:3.13\nWORKDIR /srv\nCOPY shop.py .\nENTRYPOINT [\"false\"]\nCMD [\"false\"]\n";
    let declared = Declared {
        dockerfile: some("deploy/Dockerfile"),
        start: some("python shop.py"),
        ..Declared::default()
    };
    let files = &[
        ("deploy/Dockerfile", dockerfile),
        ("shop.py", PYTHON),
        ("Dockerfile", "FROM x"),
    ];
    let sandbox = opened(&stand, files, &declared).await;
    assert_eq!(told_by(&*sandbox).await["folder"], "/srv");
}

/// Whether a migration reaches its database, and as whom it runs.
const MIGRATE: &str = r#"
import os, socket, urllib.parse
url = urllib.parse.urlparse(os.environ["DATABASE_URL"])
socket.create_connection((url.hostname, url.port), 5).close()
print("reached", url.hostname, os.environ["TOKEN"])
print("user", os.getuid())
try:
    open("/app/new", "w")
except OSError as error:
    print(error.strerror)
try:
    socket.create_connection((url.hostname, url.port + 1), 2)
except OSError as error:
    print(type(error).__name__)
"#;

#[tokio::test]
async fn a_procfile_migrates_once_before_the_start_as_the_app_would() {
    let stand = Stand::new().await;
    let files = &[
        (
            "Procfile",
            "web: python shop.py\nrelease: python migrate.py up\n",
        ),
        ("requirements.txt", ""),
        ("migrate.py", MIGRATE),
        ("shop.py", PYTHON),
    ];
    let submission = submission(&stand, files);
    let mut spec = stand.spec();
    spec.app.env.insert("TOKEN".to_owned(), "abc".to_owned());
    spec.app.setup = Setup::of(&submission, &Declared::default())
        .unwrap()
        .unwrap();
    let told = Told::default();
    let opening = stand.backend.open(&spec, &submission, &told).await.unwrap();
    let Opening::Ready(sandbox) = opening else {
        panic!("{opening:?}");
    };
    let lines = || -> Vec<String> {
        let told = told.0.lock().unwrap();
        let lines = told.iter().filter_map(|event| match event {
            RunnerEvent::MigrateLine(line) => Some(line.clone()),
            _ => None,
        });
        lines.collect()
    };
    let expected = [
        "reached db abc",
        "user 10001",
        "Read-only file system",
        "TimeoutError",
    ];
    assert_eq!(lines(), expected);
    assert!(sandbox.facts().migrate > Duration::ZERO);
    let places: Vec<_> = [
        RunnerEvent::Started(RunnerPhase::Migrate),
        RunnerEvent::MigrateLine("user 10001".to_owned()),
        RunnerEvent::Started(RunnerPhase::Start),
    ]
    .iter()
    .map(|event| told.0.lock().unwrap().iter().position(|told| told == event))
    .collect();
    assert!(places[0].is_some() && places.is_sorted(), "{places:?}");

    let left = stand.things_of(&spec.run).await;
    assert!(
        left.iter().all(|name| !name.contains("migrate")),
        "{left:?}"
    );
    ended(&stand, &spec.run, &*sandbox).await;
    assert_eq!(sandbox.restart_app().await.unwrap(), Restart::Ready);
    assert_eq!(lines(), expected, "a restart does not migrate");
}

#[tokio::test]
async fn a_failed_migration_is_told_with_its_own_log_and_ends_it_all() {
    let stand = Stand::new().await;
    let submission = submission(&stand, &[("shop.py", PYTHON)]);
    let declared = migrating("echo one; echo two >&2\nexit 3");
    let spec = spec(&stand, &submission, &declared);
    let told = Told::default();
    let opening = stand.backend.open(&spec, &submission, &told).await.unwrap();
    let Opening::Refused { failure, facts } = opening else {
        panic!("{opening:?}");
    };
    assert_eq!(
        failure.to_string(),
        "the submission's migration failed: exit code 3"
    );
    let AppFailure::MigrationFailed { log, .. } = failure else {
        panic!("{failure:?}");
    };
    let mut lines = log.lines;
    lines.sort();
    assert_eq!(lines, ["one", "two"]);
    assert!(facts.migrate > Duration::ZERO && facts.start == Duration::ZERO);
    let told = told.0.lock().unwrap().clone();
    assert!(!told.contains(&RunnerEvent::Started(RunnerPhase::Start)));
    assert!(told.iter().any(|event| matches!(
        event,
        RunnerEvent::Ended { phase: RunnerPhase::Migrate, note: Some(note), .. } if note == "failed"
    )));
}

#[tokio::test]
async fn a_migration_without_end_is_ended_and_leaves_nothing() {
    let stand = Stand::new().await;
    let submission = submission(&stand, &[("shop.py", PYTHON)]);
    let declared = migrating("trap '' TERM INT; echo begun; while :; do sleep 1; done");
    let mut spec = spec(&stand, &submission, &declared);
    // Long enough for its first line.
    spec.app.migrate_within = Duration::from_secs(5);
    let failure = stand.refusal(&spec, &submission).await;
    assert_eq!(
        failure.to_string(),
        "the submission's migration was not done within 5 s"
    );
    assert_eq!(failure.log().lines, ["begun"]);
    let left = stand.things_of(&spec.run).await;
    assert!(
        left.iter().all(|name| !name.contains("migrate")),
        "{left:?}"
    );
    stand.backend.close(&spec.run).await.unwrap();
    assert_eq!(stand.things_of(&spec.run).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_migration_that_cannot_be_started_is_the_submissions_failure() {
    let stand = Stand::new().await;
    let dockerfile = "FROM tryout/python:3.13\nCOPY shop.py .\nRUN [\"rm\", \"/usr/bin/sh\"]\nCMD [\"python\", \"shop.py\"]\n";
    let submission = submission(&stand, &[("Dockerfile", dockerfile), ("shop.py", PYTHON)]);
    let declared = Declared {
        migrate: some("true"),
        ..Declared::default()
    };
    let migrated = spec(&stand, &submission, &declared);
    let failure = stand.refusal(&migrated, &submission).await;
    let AppFailure::MigrationFailed { exit, .. } = &failure else {
        panic!("{failure:?}");
    };
    assert!(
        exit.contains("it could not be started") && exit.contains("/bin/sh"),
        "{exit}"
    );
    // Nor does it need a shell that asks for none.
    let plain = spec(&stand, &submission, &Declared::default());
    stand.open_with(&plain, &submission).await;
}
