//! How a submission fails to start, told apart.

use std::time::{Duration, Instant};

use crate::stand::{MIB, Stand, ask, probe, until};
use runner::{AppFailure, AppState, SandboxSpec, ServiceState};
use serde_json::json;

/// The waits of these tests end long before.
const LONG: Duration = Duration::from_mins(5);

async fn exit_of(stand: &Stand, dockerfile_lines: &str) -> String {
    let submission = stand.probe_with(dockerfile_lines);
    match stand
        .refusal(&stand.spec_of_mode("serve"), &submission)
        .await
    {
        AppFailure::DiedAtStart { exit, .. } => exit,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn died_at_start_with_its_code_and_last_lines_and_without_waiting() {
    let stand = Stand::new().await;
    let mut spec = stand.spec_of_mode("die");
    spec.app.start_within = LONG;
    let began = Instant::now();
    let failure = stand.refusal(&spec, &probe()).await;
    assert!(began.elapsed() < LONG / 2);
    let AppFailure::DiedAtStart { exit, log } = failure else {
        panic!("{failure:?}");
    };
    assert_eq!(exit, "exit code 3");
    // One is printed, the other complained: the engine does not keep the order of two streams.
    let mut lines = log.lines;
    lines.sort();
    assert_eq!(lines, ["mode die", "no configuration"]);
    assert_eq!(log.omitted, 0);
}

#[tokio::test]
async fn out_of_memory_is_named() {
    let stand = Stand::new().await;
    let mut spec = stand.spec_of_mode("memory");
    spec.app.limits.memory = 64 * MIB;
    spec.app.start_within = LONG;
    let failure = stand.refusal(&spec, &probe()).await;
    let AppFailure::DiedAtStart { exit, .. } = failure else {
        panic!("{failure:?}");
    };
    assert_eq!(exit, "killed by signal 9 (out of memory)");
}

#[tokio::test]
async fn a_service_that_fills_its_disk_is_stopped_and_says_so() {
    let stand = Stand::new().await;
    let mut spec = stand.spec();
    spec.services[0].limits.disk = 96 * MIB;
    let sandbox = stand.open(&spec).await;
    let said = fill(&stand, &spec).await;
    until("the service ends", async || {
        sandbox.service_state("db").await.unwrap() != ServiceState::Running
    })
    .await;
    let ServiceState::Exited { exit } = sandbox.service_state("db").await.unwrap() else {
        panic!("it runs again");
    };
    assert!(
        exit.starts_with("stopped after it had written "),
        "{exit}: {said}"
    );
    assert!(exit.ends_with("more than 100663296"), "{exit}");
}

#[tokio::test]
async fn without_its_limit_a_service_fills_the_disk() {
    let stand = Stand::new().await;
    let mut spec = stand.spec();
    spec.services[0].limits.disk = 4096 * MIB;
    let sandbox = stand.open(&spec).await;
    let said = fill(&stand, &spec).await;
    assert!(said.contains("INSERT 0 400000"), "{said}");
    let state = sandbox.service_state("db").await.unwrap();
    assert_eq!(state, ServiceState::Running);
}

/// Writes several hundred MiB into the database; what its program says.
pub(crate) async fn fill(stand: &Stand, spec: &SandboxSpec) -> String {
    let names = stand.things_of(&spec.run).await;
    let db = names.iter().find(|name| name.ends_with("-db")).unwrap();
    let fill =
        "insert into filled select repeat(md5(n::text), 30) from generate_series(1, 400000) n";
    let url = "postgres://app:app@127.0.0.1/shop";
    let fill = format!("create table filled (t text); {fill}; select pg_sleep(2)");
    stand.run_in(db, &["psql", url, "-c", &fill]).await
}

#[tokio::test]
async fn never_listened() {
    let stand = Stand::new().await;
    let mut spec = stand.spec_of_mode("sleep");
    spec.app.start_within = Duration::from_secs(1);
    let failure = stand.refusal(&spec, &probe()).await;
    let AppFailure::NeverListened { port, within, log } = failure else {
        panic!("{failure:?}");
    };
    assert_eq!((port, within), (8080, spec.app.start_within));
    assert_eq!(log.lines, ["mode sleep"]);
}

#[tokio::test]
async fn never_answered() {
    let stand = Stand::new().await;
    let mut spec = stand.spec_of_mode("silent");
    spec.app.start_within = Duration::from_secs(2);
    let failure = stand.refusal(&spec, &probe()).await;
    let AppFailure::NeverAnswered { path, log, .. } = failure else {
        panic!("{failure:?}");
    };
    assert_eq!(path, "/missing");
    assert_eq!(log.lines, ["mode silent"]);
}

#[tokio::test]
async fn what_the_engine_cannot_start_is_the_submissions_failure() {
    let stand = Stand::new().await;
    let exit = exit_of(&stand, "CMD [\"/nope\"]").await;
    assert!(exit.starts_with("it could not be started"), "{exit}");
    assert!(exit.contains("/nope"), "{exit}");
    let exit = exit_of(&stand, "CMD []").await;
    assert!(exit.contains("No command specified"), "{exit}");
    let exit = exit_of(&stand, "USER nobody-at-all").await;
    assert!(exit.contains("`nobody-at-all` is not in"), "{exit}");
    let exit = exit_of(&stand, "VOLUME /proc").await;
    assert!(exit.starts_with("it could not be started"), "{exit}");
    let exit = exit_of(&stand, "VOLUME /1 /2 /3 /4 /5 /6 /7 /8").await;
    assert!(exit.contains("8 volumes"), "{exit}");
}

#[tokio::test]
async fn a_submission_that_does_not_build_ends_the_services_start() {
    let stand = Stand::new().await;
    let spec = stand.spec();
    let failure = stand.refusal(&spec, &stand.probe_with("RUN exit 4")).await;
    assert!(matches!(failure, AppFailure::DidNotBuild { .. }));
}

#[tokio::test]
async fn the_images_user_is_kept_unless_it_is_root_by_whatever_name() {
    let stand = Stand::new().await;
    let own = "RUN useradd --uid 1234 --create-home shopkeeper\nUSER shopkeeper";
    let backdoor = "RUN echo 'backdoor:x:0:0::/:/bin/sh' >> /etc/passwd\nUSER backdoor";
    for (lines, user) in [(own, 1234), (backdoor, 10_001), ("USER 0:0", 10_001)] {
        let submission = stand.probe_with(lines);
        let sandbox = stand
            .open_with(&stand.spec_of_mode("serve"), &submission)
            .await;
        let found = ask(sandbox.app(), "/look", json!(null)).await;
        assert_eq!(found["user"][0], user, "{lines}");
        assert_ne!(found["user"][1], 0, "{lines}");
        assert_eq!(sandbox.app_state().await.unwrap(), AppState::Running);
    }
}
