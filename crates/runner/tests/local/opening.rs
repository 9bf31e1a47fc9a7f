//! A submission is built, migrated, started, watched and started again.

use std::{path::PathBuf, time::Duration};

use runner::{AppFailure, AppState, Restart, RunnerEvent, RunnerPhase, setup::Declared};

use crate::stand::{SERVER, Stand, ask, python, refused, server, spec, spec_of, submission};

#[tokio::test]
async fn it_runs_on_loopback_in_a_session_and_a_folder_of_its_own() {
    let stand = Stand::server().await;
    assert!(stand.sandbox.app().ip().is_loopback());
    assert_eq!(
        stand.ask("os.getsid(0) == os.getpid() == os.getpgid(0)"),
        "True"
    );
    let folder = PathBuf::from(stand.ask("os.getcwd()"));
    assert!(folder.join("main.py").is_file());
    let top = folder.parent().unwrap().to_owned();
    for variable in ["HOME", "TMPDIR"] {
        let place = stand.ask(&format!("os.environ['{variable}']"));
        assert!(
            PathBuf::from(&place).starts_with(&top),
            "{variable} is {place}"
        );
    }
    assert_eq!(stand.ask("os.environ['AUTH_SECRET']"), "s3cret");
    assert!(stand.ask("sys.prefix").ends_with("/venv"));
    let facts = stand.sandbox.facts();
    let [item] = facts.isolation.as_slice() else {
        panic!("{:?}", facts.isolation);
    };
    assert!(
        !item.enforced && item.detail.starts_with("not isolated"),
        "{item:?}"
    );
    assert!(facts.programs["app"].starts_with("Python 3."), "{facts:?}");
    assert!(facts.start > Duration::ZERO && facts.images.is_empty());
    stand.close().await;
    assert!(!top.exists(), "{} is still there", top.display());
}

/// Whatever the caller has in its environment. `PATH` is what programs are found by.
#[tokio::test]
async fn nothing_of_the_callers_environment_is_handed_on() {
    // The test runner has set many for this process, this one always.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let stand = Stand::server().await;
    let told = stand.ask("' '.join(sorted(os.environ))");
    let allowed = [
        "AUTH_SECRET",
        "HOME",
        "LANG",
        "LC_CTYPE",
        "OLDPWD",
        "PATH",
        "PORT",
        "PWD",
        "PYTHONUNBUFFERED",
        "PIP_DISABLE_PIP_VERSION_CHECK",
        "PIP_ROOT_USER_ACTION",
        "SHLVL",
        "TMPDIR",
        "TRYOUT_SANDBOX",
        "_",
    ];
    for name in told.split(' ') {
        assert!(allowed.contains(&name), "{name} in {told}");
    }
    stand.close().await;
}

#[tokio::test]
async fn a_dead_app_is_told_in_the_usual_words_and_starts_again() {
    let stand = Stand::server().await;
    let sandbox = &stand.sandbox;
    assert_eq!(sandbox.app_state().await.unwrap(), AppState::Running);
    for (expression, words) in [
        ("os._exit(7)", "exit code 7"),
        ("os.kill(os.getpid(), 9)", "killed by signal 9 (SIGKILL)"),
    ] {
        let address = sandbox.app();
        let first = stand.ask("os.getpid()");
        ask(address, expression).unwrap_err();
        let dying = async {
            while sandbox.app_state().await.unwrap() == AppState::Running {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), dying)
            .await
            .expect("it dies");
        let exit = words.to_owned();
        assert_eq!(
            sandbox.app_state().await.unwrap(),
            AppState::Exited { exit }
        );
        assert_eq!(sandbox.app_log().await.unwrap().lines[0], "listening");
        assert_eq!(sandbox.restart_app().await.unwrap(), Restart::Ready);
        assert_eq!(sandbox.app(), address);
        assert_ne!(stand.ask("os.getpid()"), first);
    }
    stand.close().await;
}

#[tokio::test]
async fn why_it_does_not_come_to_answer_is_its_own_and_told() {
    for (main, expected) in [
        (
            "print('last words'); raise SystemExit(3)",
            "the submission died at start: exit code 3",
        ),
        (
            "import time; print('last words'); time.sleep(60)",
            "did not listen on port",
        ),
        (
            "import os, socket, time; print('last words')
s = socket.create_server(('127.0.0.1', int(os.environ['PORT']))); time.sleep(60)",
            "gave no HTTP answer to GET /",
        ),
    ] {
        let submission = submission(&[("main.py", main)]);
        let mut spec = spec(&submission);
        spec.app.start_within = Duration::from_secs(2);
        let (failure, facts, _) = refused(spec, &submission).await;
        assert!(failure.to_string().contains(expected), "{failure}");
        assert_eq!(failure.log().lines, ["last words"]);
        assert!(!facts.isolation.is_empty());
    }
}

#[tokio::test]
async fn a_migration_is_a_phase_of_its_own_and_its_failure_is_told() {
    let submission = server();
    let declared = |migrate: &str| Declared {
        migrate: Some(migrate.to_owned()),
        ..python()
    };
    let spec = spec_of(
        &submission,
        &declared("echo words of the migration; exit 3"),
    );
    let (failure, facts, heard) = refused(spec, &submission).await;
    let AppFailure::MigrationFailed { exit, log } = &failure else {
        panic!("{failure:?}");
    };
    assert_eq!(exit, "exit code 3");
    assert_eq!(log.lines, ["words of the migration"]);
    assert!(facts.migrate > Duration::ZERO && facts.start == Duration::ZERO);
    let line = RunnerEvent::MigrateLine("words of the migration".to_owned());
    assert!(heard.contains(&line));
    assert!(!heard.contains(&RunnerEvent::Started(RunnerPhase::Start)));

    let mut spec = spec_of(&submission, &declared("echo begun; sleep 60"));
    spec.app.migrate_within = Duration::from_millis(500);
    let (failure, _, _) = refused(spec, &submission).await;
    assert!(
        matches!(failure, AppFailure::MigrationTooLong { .. }),
        "{failure:?}"
    );

    let spec = spec_of(&submission, &declared("echo done > migrated"));
    let stand = Stand::of(spec, &submission).await;
    assert_eq!(stand.ask("open('migrated').read().strip()"), "done");
    stand.close().await;
}

#[tokio::test]
async fn what_it_prints_without_end_is_kept_in_bounds() {
    let talks = SERVER.replace(
        "print(\"listening\", flush=True)",
        "threading.Thread(target=lambda: [print('x' * 100_000, flush=True) for _ in range(500)], daemon=True).start()",
    );
    let submission = submission(&[("main.py", &talks)]);
    let stand = Stand::of(spec(&submission), &submission).await;
    let waiting = async {
        while stand.sandbox.app_log().await.unwrap().omitted < 400 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("it printed much");
    let log = stand.sandbox.app_log().await.unwrap();
    assert!(log.lines.len() <= 61);
    assert!(log.lines.iter().all(|line| line.len() <= 2000));
    stand.close().await;
}
