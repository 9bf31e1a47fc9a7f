//! What is not installed here is nobody's fault, and told with how it is had.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use runner::{AppFailure, Lack, LocalBackend, Opening, RedisProgram, RunnerError, RunnerEvent};
use runner::{Backend as _, local::LocalError, setup::Declared};

use crate::stand::{
    ask, backend, broken, postgres, redis, refused, server, spec, spec_of, submission,
};

/// A path with these programs of this host and no others.
fn path_of(folder: &Path, programs: &[&str]) -> LocalBackend {
    for program in programs {
        let found = match *program {
            "python3" => true_python(),
            _ => on_path(program),
        };
        symlink(found, folder.join(program)).unwrap();
    }
    backend().with_path(folder.as_os_str())
}

fn on_path(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let mut places = std::env::split_paths(&path).map(|dir| dir.join(program));
    places.find(|place| place.is_file()).unwrap()
}

/// What is on the path may be a script of a manager of versions.
fn true_python() -> PathBuf {
    let mut asked = Command::new("python3");
    asked.args(["-c", "import sys; print(sys.executable)"]);
    let told = asked.output().unwrap().stdout;
    String::from_utf8(told).unwrap().trim().into()
}

const BASE: [&str; 4] = ["setsid", "prlimit", "setpriv", "python3"];

#[tokio::test]
async fn with_nothing_on_the_path_nothing_is_blamed_on_the_submission() {
    let submission = server();
    let error = broken(&backend().with_path(""), spec(&submission), &submission).await;
    assert!(
        error.to_string().contains("`setsid` is not installed here")
            && error.to_string().contains("util-linux"),
        "{error}"
    );
    let folder = tempfile::tempdir().unwrap();
    let bare = path_of(folder.path(), &BASE[..3]);
    let error = broken(&bare, spec(&submission), &submission).await;
    assert!(
        matches!(&error, RunnerError::Local(LocalError::NotInstalled { what, .. }) if what.contains("python3")),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("apt-get install python3 python3-venv"),
        "{error}"
    );
}

#[tokio::test]
async fn services_that_are_not_installed_leave_the_submission_running_without_them() {
    let submission = server();
    let mut spec = spec(&submission);
    spec.services = vec![postgres(&[]), redis(RedisProgram::Redis)];
    let folder = tempfile::tempdir().unwrap();
    let backend = path_of(folder.path(), &BASE);
    let opening = backend
        .open(&spec, &submission, &|_: RunnerEvent| {})
        .await
        .unwrap();
    let Opening::Ready(sandbox) = opening else {
        panic!("{opening:?}");
    };
    let lacks = &sandbox.facts().lacks;
    let told: Vec<_> = lacks.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "for want of the service `db` (PostgreSQL is not installed here; as root on Debian: apt-get install postgresql)",
            "for want of the service `cache` (Redis is not installed here; as root on Debian: apt-get install redis-server)",
        ]
    );
    assert_eq!(sandbox.service("db"), None);
    // It is told where they would be.
    let url = ask(sandbox.app(), "os.environ['DATABASE_URL']").unwrap();
    assert!(url.starts_with("postgres://app:app@127.0.0.1:"), "{url}");
    drop(sandbox);
    backend.close(&spec.run).await.unwrap();
}

#[tokio::test]
async fn a_failed_start_says_what_was_lacking() {
    let submission = submission(&[
        ("requirements.txt", ""),
        ("main.py", "raise SystemExit('no database')"),
        (
            "Dockerfile",
            "FROM python:3.13\nCMD [\"python\", \"main.py\"]\n",
        ),
    ]);
    let (failure, facts, _) =
        refused(spec_of(&submission, &Declared::default()), &submission).await;
    assert!(
        matches!(failure, AppFailure::DiedAtStart { .. }),
        "{failure:?}"
    );
    let image = Lack::Image {
        path: "Dockerfile".to_owned(),
    };
    assert!(facts.lacks.contains(&image), "{facts:?}");
}

#[tokio::test]
async fn a_dockerfile_alone_takes_an_engine() {
    let submission = submission(&[("Dockerfile", "FROM scratch\nCMD [\"/app\"]\n")]);
    let error = broken(
        &backend(),
        spec_of(&submission, &Declared::default()),
        &submission,
    )
    .await
    .to_string();
    assert!(
        error.starts_with("only Dockerfile says how the submission is run"),
        "{error}"
    );
}
