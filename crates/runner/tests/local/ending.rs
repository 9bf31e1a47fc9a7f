//! Nothing that a submission started outlives its sandbox, however it was started and ended.

use runner::{AppState, Backend as _, Opening, RunnerEvent, setup::Declared};

use crate::stand::{
    Stand, ask, backend, marked, python, runs, server, spec, spec_of, submission, until,
};

/// Starts children in all the ways that leave something behind, and tells their ids.
const BREEDS: &str = r#"
import os, subprocess, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

deaf = "trap '' TERM INT HUP; while :; do sleep 1; done"
ids = [subprocess.Popen(["sh", "-c", deaf]).pid]
# In a session of its own.
ids.append(subprocess.Popen(["sh", "-c", deaf], start_new_session=True).pid)
# Nobody's child: it has left its session, its group and its parent, and closed what it printed to.
ids.append(int(subprocess.check_output(["sh", "-c", f'setsid sh -c "{deaf}" >/dev/null 2>&1 & echo $!'])))
# The same with a child of its own that has cleared its environment.
grand = "setsid env -i /bin/sh -c 'echo $$ > ../tmp/grand; while :; do sleep 1; done'"
ids.append(subprocess.Popen(["sh", "-c", f"{grand} & wait"], start_new_session=True).pid)
while not os.path.exists("../tmp/grand") or not open("../tmp/grand").read().strip():
    time.sleep(0.01)
ids.append(int(open("../tmp/grand").read()))
# Nobody's child without an environment, still in the session.
ids.append(int(subprocess.check_output(["sh", "-c", f'env -i /bin/sh -c "{deaf}" >/dev/null 2>&1 & echo $!'])))

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(" ".join(map(str, [os.getpid(), *ids])).encode())

HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"#;

async fn breeding() -> (Stand, Vec<u32>) {
    let submission = submission(&[("main.py", BREEDS)]);
    let stand = Stand::of(spec(&submission), &submission).await;
    let told = stand.ask("");
    let ids: Vec<u32> = told.split(' ').map(|id| id.parse().unwrap()).collect();
    assert_eq!(ids.len(), 7);
    for id in &ids {
        assert!(runs(*id), "{id} of {told} does not run");
    }
    (stand, ids)
}

fn left(ids: &[u32]) -> Vec<u32> {
    ids.iter().copied().filter(|id| runs(*id)).collect()
}

#[tokio::test]
async fn children_of_all_kinds_are_gone_once_it_is_closed() {
    let (stand, ids) = breeding().await;
    let run = stand.run.clone();
    let Stand {
        backend, sandbox, ..
    } = stand;
    // Closing alone ends them, as long as the sandbox is held.
    backend.close(&run).await.unwrap();
    assert_eq!(left(&ids), [0; 0]);
    assert_eq!(marked(run.as_str()), [0; 0]);
    drop(sandbox);
}

#[tokio::test]
async fn children_of_all_kinds_are_gone_once_it_is_dropped() {
    let (stand, ids) = breeding().await;
    let Stand {
        backend,
        sandbox,
        run,
    } = stand;
    drop(sandbox);
    assert_eq!(left(&ids), [0; 0]);
    assert_eq!(marked(run.as_str()), [0; 0]);
    backend.close(&run).await.unwrap();
}

#[tokio::test]
async fn a_restart_ends_what_the_dead_app_left() {
    let (stand, ids) = breeding().await;
    let app = rustix::process::Pid::from_raw(i32::try_from(ids[0]).unwrap()).unwrap();
    rustix::process::kill_process(app, rustix::process::Signal::KILL).unwrap();
    until("the app is dead", || !runs(ids[0])).await;
    stand.sandbox.restart_app().await.unwrap();
    assert_eq!(left(&ids), [0; 0]);
    stand.close().await;
}

#[tokio::test]
async fn an_opening_that_is_dropped_stops_at_once() {
    let submission = submission(&[("main.py", "")]);
    let declared = Declared {
        build: Some("sleep 600".to_owned()),
        ..python()
    };
    let spec = spec_of(&submission, &declared);
    let backend = backend();
    let sleeps = || marked(&format!("{}:build", spec.run));
    let progress = |_: RunnerEvent| {};
    {
        let opening = backend.open(&spec, &submission, &progress);
        let begun = until("the build runs", || !sleeps().is_empty());
        tokio::select! {
            opened = opening => panic!("{opened:?}"),
            () = begun => {}
        }
    }
    assert_eq!(sleeps(), [0; 0]);
    backend.close(&spec.run).await.unwrap();
}

#[tokio::test]
async fn a_backend_that_is_dropped_leaves_nothing() {
    let submission = server();
    let spec = spec(&submission);
    let backend = backend();
    let opening = backend
        .open(&spec, &submission, &|_: RunnerEvent| {})
        .await
        .unwrap();
    assert!(!marked(spec.run.as_str()).is_empty());
    drop(backend);
    drop(opening);
    assert_eq!(marked(spec.run.as_str()), [0; 0]);
}

/// As a submission and the reference that it is compared with.
#[tokio::test]
async fn two_sandboxes_of_one_run_do_not_end_each_other() {
    let submission = server();
    let spec = spec(&submission);
    let backend = backend();
    let silent = |_: RunnerEvent| {};
    let open = async || match backend.open(&spec, &submission, &silent).await.unwrap() {
        Opening::Ready(sandbox) => sandbox,
        Opening::Refused { failure, .. } => panic!("{failure}"),
    };
    let (one, other) = tokio::join!(open(), open());
    other.close().await.unwrap();
    assert!(ask(other.app(), "1").is_err());
    assert_eq!(ask(one.app(), "1 + 1").unwrap(), "2");
    assert_eq!(one.app_state().await.unwrap(), AppState::Running);
    backend.close(&spec.run).await.unwrap();
    assert!(ask(one.app(), "1").is_err());
}
