//! What a run made goes with it, however it ended; what a live one made stays.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    time::Duration,
};

use runner::{AppState, Backend as _, RunId, RunnerEvent, RunnerPhase, SandboxSpec, clean, temp};

use tokio::sync::Notify;

use crate::stand::{Stand, probe, until};

/// Tells the test below, run again as a process of its own, that it is that process.
const CHILD: &str = "TRYOUT_TEST_CHILD";

/// Opens a sandbox and tells on its output how far it is, until it is killed.
#[tokio::test]
#[ignore = "started by the other tests as a process of its own"]
async fn opens_a_sandbox_until_it_is_killed() {
    assert!(std::env::var_os(CHILD).is_some(), "started by hand");
    let stand = Stand::new().await;
    let spec = stand.spec();
    let folder = temp::folder().unwrap();
    say(&format!("run {}", spec.run));
    say(&format!("folder {}", folder.path().display()));
    let progress = |event: RunnerEvent| match event {
        RunnerEvent::Started(phase) => say(&format!("started {phase:?}")),
        RunnerEvent::Ended { phase, .. } => say(&format!("ended {phase:?}")),
        RunnerEvent::BuildLine(_) | RunnerEvent::MigrateLine(_) => {}
    };
    let _sandbox = stand.backend.open(&spec, &probe(), &progress).await;
    say("open");
    std::future::pending::<()>().await;
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "tell: {line}").unwrap();
    out.flush().unwrap();
}

struct Killed {
    run: String,
    folder: String,
}

/// Starts that process and kills it when it says a word.
fn killed_at(moment: &str) -> Killed {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("cleaning::opens_a_sandbox_until_it_is_killed")
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut killed = Killed {
        run: String::new(),
        folder: String::new(),
    };
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines.map(Result::unwrap) {
        // The test harness begins the first line with words of its own.
        let Some((_, told)) = line.split_once("tell: ") else {
            continue;
        };
        match told.split_once(' ') {
            Some(("run", run)) => run.clone_into(&mut killed.run),
            Some(("folder", folder)) => folder.clone_into(&mut killed.folder),
            _ => {}
        }
        if told == moment {
            kill(&mut child);
            return killed;
        }
    }
    kill(&mut child);
    panic!("it never came to `{moment}`");
}

/// By SIGKILL: it has no time to remove anything.
fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

async fn nothing_is_left_after_a_kill_at(moment: &'static str) {
    let stand = Stand::new().await;
    let live_spec = stand.spec();
    let live = stand.open(&live_spec).await;
    let live_folder = temp::folder().unwrap();
    let live_things = stand.things_of(&live_spec.run).await;
    assert_eq!(live_things.len(), 5, "{live_things:?}");

    let killed = tokio::task::spawn_blocking(move || killed_at(moment))
        .await
        .unwrap();

    // The engine finishes what it was asked for by the dead: it may appear after a first look.
    let mut quiet = 0;
    until("everything of the dead is gone", async || {
        clean(&stand.engine).await.unwrap();
        let gone = stand.things_of(&killed.run).await.is_empty();
        quiet = if gone { quiet + 1 } else { 0 };
        quiet > 10
    })
    .await;
    assert!(!std::path::Path::new(&killed.folder).exists());

    assert_eq!(stand.things_of(&live_spec.run).await, live_things);
    assert_eq!(live.app_state().await.unwrap(), AppState::Running);
    assert!(live_folder.path().exists());
}

#[tokio::test]
async fn nothing_is_left_after_a_kill_while_services_start() {
    nothing_is_left_after_a_kill_at("started Services").await;
}

#[tokio::test]
async fn nothing_is_left_after_a_kill_when_services_stand() {
    nothing_is_left_after_a_kill_at("ended Services").await;
}

#[tokio::test]
async fn nothing_is_left_after_a_kill_while_the_app_starts() {
    nothing_is_left_after_a_kill_at("started Start").await;
}

#[tokio::test]
async fn nothing_is_left_after_a_kill_of_a_run_in_full() {
    nothing_is_left_after_a_kill_at("open").await;
}

/// Begins to open a run and drops that a while after the first request was made; whether it was in the
/// middle.
async fn dropped_after(stand: &Stand, spec: &SandboxSpec, time: Duration) -> bool {
    let submission = probe();
    let began = Notify::new();
    let progress = |event: RunnerEvent| {
        if event == RunnerEvent::Started(RunnerPhase::Services) {
            began.notify_one();
        }
    };
    tokio::select! {
        _ = stand.backend.open(spec, &submission, &progress) => false,
        () = async {
            began.notified().await;
            tokio::time::sleep(time).await;
        } => true,
    }
}

#[tokio::test]
async fn an_opening_dropped_in_the_middle_leaves_nothing_once_closed() {
    let stand = Stand::new().await;
    // The images are made and kept by now, so that the moments are those of a warm start.
    stand.open(&stand.spec()).await;
    let moments = [0, 2, 5, 10, 20, 30, 50, 60, 70, 80, 100, 200, 300, 400, 600];
    let mut dropped = 0;
    let mut runs = Vec::new();
    for moment in moments {
        let spec = stand.spec();
        let time = Duration::from_millis(moment);
        dropped += u32::from(dropped_after(&stand, &spec, time).await);
        stand.backend.close(&spec.run).await.unwrap();
        runs.push((moment, spec.run));
    }
    assert!(dropped >= 8, "{dropped} were in the middle");
    // Only now, so that whatever the engine was still busy with has appeared.
    for (moment, run) in runs {
        let left = stand.things_of(&run).await;
        assert_eq!(left, Vec::<String>::new(), "dropped after {moment} ms");
    }
}

#[tokio::test]
async fn closing_one_run_leaves_another() {
    let stand = Stand::new().await;
    let (one, other) = (stand.spec_of_mode("serve"), stand.spec_of_mode("serve"));
    let (_gone, stays) = tokio::join!(stand.open(&one), stand.open(&other));
    let mut before = stand.things_of(&other.run).await;
    assert!(before.len() >= 3, "{before:?}");
    stand.backend.close(&one.run).await.unwrap();
    assert!(stand.things_of(&one.run).await.is_empty());
    let mut after = stand.things_of(&other.run).await;
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(after, before);
    assert_eq!(stays.app_state().await.unwrap(), AppState::Running);
    stand.backend.close(&RunId::random()).await.unwrap();
    assert_eq!(stays.app_state().await.unwrap(), AppState::Running);
}

/// As one implementation of many, or a reference.
#[tokio::test]
async fn one_sandbox_of_a_run_is_closed_and_the_other_stays() {
    let stand = Stand::new().await;
    let spec = SandboxSpec {
        services: Vec::new(),
        ..stand.spec()
    };
    let one = stand.open(&spec).await;
    let before = stand.things_of(&spec.run).await;
    let other = stand.open(&spec).await;
    assert!(stand.things_of(&spec.run).await.len() > before.len());
    other.close().await.unwrap();
    assert_eq!(stand.things_of(&spec.run).await, before);
    assert_eq!(one.app_state().await.unwrap(), AppState::Running);
    stand.backend.close(&spec.run).await.unwrap();
    assert!(stand.things_of(&spec.run).await.is_empty());
}
