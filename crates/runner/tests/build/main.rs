//! Building a submission's image. Needs an engine; fails where there is none.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod dockerfiles;
#[path = "../scratch/engine.rs"]
mod scratch;

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::symlink,
    path::Path,
    time::{Duration, Instant},
};

use bollard::query_parameters::ListContainersOptionsBuilder;
use runner::{
    AppFailure, BuildLimits, HostNetwork, LogTail, RunnerEvent, RunnerPhase,
    build::{Build, BuildError, BuiltImage, Unconfined, image_of},
    images::{ImageKind, ImageStore},
    setup::{Declared, Setup},
    snapshot::{Snapshot, SubmissionLimits},
};
use scratch::{Scratch, Told};
use tempfile::TempDir;

const RECIPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runner-images");

const LIMITS: BuildLimits = BuildLimits {
    time: Duration::from_mins(5),
    memory: 512 << 20,
    cpus: 2.0,
    pids: 512,
    disk: 1 << 30,
};

/// Long enough for an engine under load; what is waited for comes in a second or never.
const PATIENCE: Duration = Duration::from_mins(1);

fn store(scratch: &Scratch) -> ImageStore {
    store_with(scratch, HostNetwork::of_environment())
}

fn store_with(scratch: &Scratch, host: HostNetwork) -> ImageStore {
    ImageStore::new(scratch.engine.clone(), Path::new(RECIPES), host).unwrap()
}

fn submission(files: &[(&str, &str)]) -> (TempDir, Snapshot) {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        fs::write(folder.path().join(path), content).unwrap();
    }
    let snapshot = snapshot(&folder);
    (folder, snapshot)
}

fn snapshot(folder: &TempDir) -> Snapshot {
    let limits = SubmissionLimits {
        files: 100,
        bytes: 1 << 20,
    };
    Snapshot::of_folder(folder.path(), limits).unwrap()
}

fn setup(submission: &Snapshot) -> Setup {
    Setup::of(submission, &Declared::default())
        .unwrap()
        .unwrap()
}

async fn build_told(
    scratch: &Scratch,
    submission: &Snapshot,
    limits: BuildLimits,
    told: &Told,
) -> Result<Build, BuildError> {
    let store = store(scratch);
    let setup = setup(submission);
    let build = image_of(&store, submission, &setup, limits, &Unconfined, told).await;
    if let Ok(Build::Image(image)) = &build {
        scratch.remove_later(&image.id);
    }
    build
}

async fn build(scratch: &Scratch, files: &[(&str, &str)]) -> Build {
    let (_folder, submission) = submission(files);
    build_told(scratch, &submission, LIMITS, &Told::default())
        .await
        .unwrap()
}

fn image(build: Build) -> BuiltImage {
    match build {
        Build::Image(image) => image,
        Build::Refused(failure) => panic!("{failure:?}"),
    }
}

fn refusal(build: Build) -> (String, LogTail) {
    match build {
        Build::Refused(AppFailure::DidNotBuild { reason, log }) => (reason, log),
        other => panic!("{other:?}"),
    }
}

async fn reason(scratch: &Scratch, files: &[(&str, &str)]) -> String {
    refusal(build(scratch, files).await).0
}

fn lines(told: &Told) -> Vec<String> {
    let told = told.0.lock().unwrap();
    told.iter()
        .filter_map(|event| match event {
            RunnerEvent::BuildLine(line) => Some(line.clone()),
            _ => None,
        })
        .collect()
}

/// Waits for a line that is printed, not for the step that says so.
async fn heard(told: &Told, line: &str) {
    let end = Instant::now() + PATIENCE;
    while !lines(told).iter().any(|told| told == line) {
        assert!(Instant::now() < end, "{:?}", lines(told));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The containers whose command holds the test's word, running or not.
async fn containers(scratch: &Scratch) -> usize {
    let options = ListContainersOptionsBuilder::new().all(true).build();
    let containers = scratch.docker().list_containers(Some(options)).await;
    let commands = containers.unwrap().into_iter();
    commands
        .filter_map(|container| container.command)
        .filter(|command| command.contains(&scratch.word))
        .count()
}

/// A container is gone only when its processes are.
async fn until_no_container(scratch: &Scratch) {
    let end = Instant::now() + PATIENCE;
    while containers(scratch).await > 0 {
        assert!(Instant::now() < end, "the build's container stays");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A step that ignores requests to end and never ends by itself, which says `READY` once it runs.
fn endless(scratch: &Scratch) -> String {
    format!(
        "FROM tryout/base:trixie\nRUN trap '' TERM INT HUP; echo READY; while :; do sleep 1; done # {}\n",
        scratch.word
    )
}

#[tokio::test]
async fn an_unchanged_submission_is_built_once() {
    let scratch = Scratch::new().await;
    let dockerfile = format!(
        "FROM tryout/base:trixie\nRUN echo {} > /word\n",
        scratch.word
    );
    let (folder, first) = submission(&[("Dockerfile", &dockerfile), ("app", "1")]);
    let told = Told::default();
    let built = image(build_told(&scratch, &first, LIMITS, &told).await.unwrap());
    assert!(!built.cached && built.took > Duration::ZERO);
    assert!(lines(&told).iter().any(|line| line.starts_with("Step 2/")));

    let kept = async || {
        let rows = store(&scratch).list().await.unwrap();
        let row = rows.into_iter().find(|row| row.id == built.id);
        row.unwrap()
    };
    let before = kept().await;
    assert_eq!(before.kind, ImageKind::Submission);

    let told = Told::default();
    let again = build_told(&scratch, &snapshot(&folder), LIMITS, &told).await;
    let expected = BuiltImage {
        cached: true,
        took: Duration::ZERO,
        ..built.clone()
    };
    assert_eq!(image(again.unwrap()), expected);
    assert_eq!(
        *told.0.lock().unwrap(),
        [
            RunnerEvent::Started(RunnerPhase::Build),
            RunnerEvent::Ended {
                phase: RunnerPhase::Build,
                took: Duration::ZERO,
                note: Some("cached".to_owned()),
            },
        ]
    );
    assert!(kept().await.used > before.used, "its use is remembered");

    fs::write(folder.path().join("app"), "2").unwrap();
    let changed = build_told(&scratch, &snapshot(&folder), LIMITS, &Told::default()).await;
    assert!(!image(changed.unwrap()).cached);
}

#[tokio::test]
async fn a_submission_without_instructions_is_refused_in_one_sentence() {
    let scratch = Scratch::new().await;
    for (files, expected) in [
        (
            &[("Dockerfile", "")][..],
            "the Dockerfile has no instructions",
        ),
        (
            &[("Dockerfile", "# FROM x\n\n  # y\n")],
            "the Dockerfile has no instructions",
        ),
        (
            &[("Dockerfile", "FROM tryout/base:trixie\nRUM x\n")],
            "the Dockerfile cannot be used: dockerfile parse error line 2: unknown instruction: RUM",
        ),
    ] {
        assert_eq!(reason(&scratch, files).await, expected);
    }
    let only = reason(&scratch, &[("Dockerfile", "RUN x\n")]).await;
    assert!(
        only.starts_with("the Dockerfile cannot be used: "),
        "{only}"
    );
}

#[tokio::test]
async fn what_is_asked_for_twice_at_one_moment_is_built_once() {
    let scratch = Scratch::new().await;
    let dockerfile = format!(
        "FROM tryout/base:trixie\nRUN sleep 1; echo {}\n",
        scratch.word
    );
    let (_folder, submission) = submission(&[("Dockerfile", &dockerfile)]);
    let (store, setup) = (store(&scratch), setup(&submission));
    let told = Told::default();
    let build = || image_of(&store, &submission, &setup, LIMITS, &Unconfined, &told);
    let (one, other) = tokio::join!(build(), build());
    let (one, other) = (image(one.unwrap()), image(other.unwrap()));
    scratch.remove_later(&one.id);
    assert_eq!(one.id, other.id);
    assert_ne!(one.cached, other.cached);
}

#[tokio::test]
async fn a_dockerfile_may_be_a_link_or_in_small_letters() {
    let scratch = Scratch::new().await;
    let text = format!("FROM tryout/base:trixie\nLABEL word={}\n", scratch.word);
    image(build(&scratch, &[("dockerfile", &text)]).await);

    let (folder, _) = submission(&[("real", &text)]);
    symlink("real", folder.path().join("Dockerfile")).unwrap();
    let linked = build_told(&scratch, &snapshot(&folder), LIMITS, &Told::default()).await;
    image(linked.unwrap());
}

#[tokio::test]
async fn a_failed_step_is_named_with_its_last_lines_and_leaves_no_container() {
    let scratch = Scratch::new().await;
    let step = format!("RUN seq 1000; echo {}; exit 3", scratch.word);
    let dockerfile = format!("FROM tryout/base:trixie\n{step}\nRUN echo never\n");
    let (reason, log) = refusal(build(&scratch, &[("Dockerfile", &dockerfile)]).await);
    assert_eq!(reason, format!("step `{step}` ended with exit code 3"));
    assert_eq!(log.lines.last(), Some(&scratch.word));
    assert!(log.lines.len() <= 60 && log.omitted > 900);
    until_no_container(&scratch).await;
}

#[tokio::test]
async fn what_a_step_says_to_standard_error_is_kept_without_the_engines_colour() {
    let scratch = Scratch::new().await;
    let dockerfile = format!(
        "FROM tryout/base:trixie\nRUN echo {} >&2; exit 1\n",
        scratch.word
    );
    let (_, log) = refusal(build(&scratch, &[("Dockerfile", &dockerfile)]).await);
    assert_eq!(log.lines.last(), Some(&scratch.word));
}

#[tokio::test]
async fn a_copy_of_nothing_is_the_submissions_own_failure() {
    let scratch = Scratch::new().await;
    let dockerfile = "FROM tryout/base:trixie\nCOPY nothing /\n";
    let reason = reason(&scratch, &[("Dockerfile", dockerfile)]).await;
    assert!(
        reason.starts_with("step `COPY nothing /` failed: "),
        "{reason}"
    );
}

#[tokio::test]
async fn a_build_that_takes_too_long_ends_with_its_processes() {
    let scratch = Scratch::new().await;
    let (_folder, submission) = submission(&[("Dockerfile", &endless(&scratch))]);
    let told = Told::default();
    // Long enough for the step to begin.
    let limits = BuildLimits {
        time: Duration::from_secs(5),
        ..LIMITS
    };
    let build = build_told(&scratch, &submission, limits, &told).await;
    let (reason, log) = refusal(build.unwrap());
    assert!(reason.starts_with("step `RUN trap"), "{reason}");
    assert!(
        reason.ends_with("was not done when the 5 s for the whole build were over"),
        "{reason}"
    );
    assert_eq!(log.lines.last().map(String::as_str), Some("READY"));
    until_no_container(&scratch).await;
}

#[tokio::test]
async fn a_build_that_nobody_waits_for_ends_with_its_processes() {
    let scratch = Scratch::new().await;
    let (_folder, submission) = submission(&[("Dockerfile", &endless(&scratch))]);
    let told = Told::default();
    tokio::select! {
        build = build_told(&scratch, &submission, LIMITS, &told) => panic!("{build:?}"),
        () = heard(&told, "READY") => assert_eq!(containers(&scratch).await, 1),
    }
    until_no_container(&scratch).await;
}

#[tokio::test]
async fn steps_have_the_limits_asked_for() {
    let scratch = Scratch::new().await;
    // Both kinds of control groups say it in their own way.
    let dockerfile = format!(
        "FROM tryout/base:trixie\n\
         RUN cd /sys/fs/cgroup; \
         echo memory $(cat memory/memory.limit_in_bytes memory.max 2>/dev/null); \
         echo cpu $(cat cpu/cpu.cfs_quota_us cpu.max 2>/dev/null); \
         echo files $(ulimit -Hn) # {}\n",
        scratch.word
    );
    let (_folder, submission) = submission(&[("Dockerfile", &dockerfile)]);
    let told = Told::default();
    let limits = BuildLimits {
        // More than an i32 holds.
        memory: 3 << 30,
        cpus: 0.5,
        ..LIMITS
    };
    let built = build_told(&scratch, &submission, limits, &told).await;
    image(built.unwrap());
    heard(&told, "memory 3221225472").await;
    heard(&told, "files 4096").await;
    let lines = lines(&told);
    let cpu = lines.iter().find(|line| line.starts_with("cpu ")).unwrap();
    assert!(["cpu 50000", "cpu 50000 100000"].contains(&&**cpu), "{cpu}");
}

#[tokio::test]
async fn a_step_that_takes_more_memory_than_it_may_is_killed() {
    let scratch = Scratch::new().await;
    let dockerfile = format!(
        "FROM tryout/base:trixie\nRUN head -c 400m /dev/zero | tail -c 300m > /dev/null || exit 9 # {}\n",
        scratch.word
    );
    let (_folder, submission) = submission(&[("Dockerfile", &dockerfile)]);
    let build = async |memory| {
        let limits = BuildLimits { memory, ..LIMITS };
        let told = Told::default();
        build_told(&scratch, &submission, limits, &told)
            .await
            .unwrap()
    };
    let (reason, _) = refusal(build(64 << 20).await);
    assert!(reason.ends_with("ended with exit code 9"), "{reason}");
    image(build(1 << 30).await);
}

#[tokio::test]
async fn what_a_build_prints_stays_bounded_and_is_left_as_it_is() {
    let scratch = Scratch::new().await;
    let dockerfile = format!(
        "FROM tryout/base:trixie\n\
         RUN head -c 300000 /dev/zero | tr '\\0' x; echo; printf 'a\\033[31m{}\\n'\n",
        scratch.word
    );
    let (_folder, submission) = submission(&[("Dockerfile", &dockerfile)]);
    let told = Told::default();
    image(
        build_told(&scratch, &submission, LIMITS, &told)
            .await
            .unwrap(),
    );
    let lines = lines(&told);
    assert!(lines.contains(&format!("a\u{1b}[31m{}", scratch.word)));
    assert!(lines.iter().any(|line| line.starts_with("xxx")));
    assert!(lines.iter().all(|line| line.len() < 2100));
}

#[tokio::test]
async fn proxies_of_the_host_reach_the_steps_and_stay_out_of_the_image() {
    let scratch = Scratch::new().await;
    let dockerfile = format!(
        "FROM tryout/base:trixie\nRUN echo {} $https_proxy $HTTPS_PROXY\n",
        scratch.word
    );
    let (_folder, submission) = submission(&[("Dockerfile", &dockerfile)]);
    // Of the environment, so that the images of ours are the same ones.
    store(&scratch)
        .ensure(&["tryout/base:trixie"], &Told::default())
        .await
        .unwrap();
    let proxy = ("https_proxy".to_owned(), "http://proxy:1".to_owned());
    let host = HostNetwork::of_environment().with_proxies([proxy]);
    let store = store_with(&scratch, host);
    let told = Told::default();
    let setup = setup(&submission);
    let built = image_of(&store, &submission, &setup, LIMITS, &Unconfined, &told)
        .await
        .unwrap();
    let built = image(built);
    scratch.remove_later(&built.id);
    heard(
        &told,
        &format!("{} http://proxy:1 http://proxy:1", scratch.word),
    )
    .await;
    let inspected = scratch.docker().inspect_image(&built.id).await.unwrap();
    let env = inspected.config.unwrap().env.unwrap();
    assert!(env.iter().all(|variable| !variable.contains("proxy:1")));
}

#[tokio::test]
async fn an_image_of_ours_that_does_not_exist_is_the_submissions_failure() {
    let scratch = Scratch::new().await;
    let reason = reason(&scratch, &[("Dockerfile", "FROM tryout/python:2.7\n")]).await;
    assert!(
        reason.starts_with("there is no image tryout/python:2.7; there are "),
        "{reason}"
    );
    assert!(reason.contains("tryout/python:3.13"), "{reason}");
}

#[tokio::test]
async fn a_name_that_is_none_is_the_submissions_failure() {
    let scratch = Scratch::new().await;
    let reason = reason(&scratch, &[("Dockerfile", "FROM Not/A/Name\n")]).await;
    assert!(
        reason.starts_with("there is no image Not/A/Name"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_registry_that_cannot_be_reached_is_our_trouble() {
    let scratch = Scratch::new().await;
    // Nothing listens on a port that has just been given back.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let dockerfile = format!("FROM 127.0.0.1:{port}/x:1\n");
    let (_folder, submission) = submission(&[("Dockerfile", &dockerfile)]);
    let build = build_told(&scratch, &submission, LIMITS, &Told::default()).await;
    match build.unwrap_err() {
        BuildError::Pull { image, .. } => assert_eq!(image, format!("127.0.0.1:{port}/x:1")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_engine_is_not_made_to_fetch_from_its_host() {
    let scratch = Scratch::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/secret", listener.local_addr().unwrap());
    for text in [
        format!("FROM tryout/base:trixie\nADD {url} /\n"),
        format!("FROM tryout/base:trixie\nARG U={url}\nADD ${{U}} /\n"),
        format!("FROM tryout/base:trixie AS a\nONBUILD ADD {url} /\nFROM a\n"),
    ] {
        let reason = reason(&scratch, &[("Dockerfile", &text)]).await;
        assert!(reason.contains("which is not allowed"), "{reason}");
        let came = listener.accept().unwrap_err();
        assert_eq!(came.kind(), std::io::ErrorKind::WouldBlock);
    }
}

/// The layers of an image, from its base on.
async fn layers(scratch: &Scratch, image: &str) -> Vec<String> {
    let inspected = scratch.docker().inspect_image(image).await.unwrap();
    inspected.root_fs.unwrap().layers.unwrap()
}

#[tokio::test]
async fn a_changed_source_file_does_not_install_dependencies_again() {
    let scratch = Scratch::new().await;
    let package = format!(
        r#"{{"name": "{}", "version": "1.0.0", "main": "app.js"}}"#,
        scratch.word
    );
    let lock = format!(
        r#"{{"name": "{0}", "version": "1.0.0", "lockfileVersion": 3, "packages": {{"": {{"name": "{0}", "version": "1.0.0"}}}}}}"#,
        scratch.word
    );
    // Nothing is asked of it.
    let index = format!("--index-url https://{}.invalid\n", scratch.word);
    for (base, manifests, source, installed) in [
        (
            "tryout/node:20",
            &[
                ("package.json", package.as_str()),
                ("package-lock.json", &lock),
            ][..],
            "app.js",
            "up to date",
        ),
        (
            "tryout/python:3.13",
            &[("requirements.txt", index.as_str())],
            "app.py",
            "Looking in indexes",
        ),
    ] {
        let (folder, first) = submission(manifests);
        drop(first);
        let build = async |source_text: &str| {
            fs::write(folder.path().join(source), source_text).unwrap();
            let told = Told::default();
            let built = build_told(&scratch, &snapshot(&folder), LIMITS, &told).await;
            let image = image(built.unwrap());
            assert!(!image.cached);
            (lines(&told), layers(&scratch, &image.id).await)
        };
        let installs = |lines: &[String]| lines.iter().any(|line| line.contains(installed));
        let (lines, before) = build("1").await;
        assert!(lines.contains(&format!("FROM {base}")), "{lines:?}");
        assert!(installs(&lines), "{lines:?}");

        let (lines, after) = build("2").await;
        assert!(!installs(&lines), "{lines:?}");
        let shared = before
            .iter()
            .zip(&after)
            .take_while(|(a, b)| a == b)
            .count();
        let base = layers(&scratch, base).await.len();
        // The manifests and the dependencies; then all files.
        assert_eq!(
            (shared, before.len()),
            (base + 2, base + 3),
            "{before:?} {after:?}"
        );

        let (manifest, text) = manifests[0];
        fs::write(folder.path().join(manifest), format!("{text}\n")).unwrap();
        let (lines, _) = build("3").await;
        assert!(installs(&lines), "{lines:?}");
    }
}

#[tokio::test]
async fn a_failed_step_of_a_made_dockerfile_is_named_as_the_submission_says_it() {
    let scratch = Scratch::new().await;
    let (_folder, submission) = submission(&[("app.py", &scratch.word)]);
    let store = store(&scratch);
    let declared = |build: &str| Declared {
        runtime: Some("python-3.13".to_owned()),
        build: Some(build.to_owned()),
        ..Declared::default()
    };
    let reason = async |build: &str| {
        let setup = Setup::of(&submission, &declared(build)).unwrap().unwrap();
        let told = Told::default();
        refusal(
            image_of(&store, &submission, &setup, LIMITS, &Unconfined, &told)
                .await
                .unwrap(),
        )
        .0
    };
    assert_eq!(
        reason("false; echo never").await,
        "step `RUN false; echo never` ended with exit code 1"
    );
    let several = reason("echo a \\\n b\nexit 7\n").await;
    assert!(several.starts_with("step `RUN [\"/bin/sh\""), "{several}");
    assert!(several.ends_with("ended with exit code 7"), "{several}");
}
