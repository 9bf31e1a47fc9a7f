//! A submission is built with this host's own tools.

use std::time::Duration;

use runner::{AppFailure, RunnerEvent, setup::Declared};

use crate::stand::{SERVER, Stand, refused, spec_of, submission};

fn built_by(build: &str) -> Declared {
    Declared {
        runtime: Some("python-3.13".to_owned()),
        build: Some(build.to_owned()),
        ..Declared::default()
    }
}

#[tokio::test]
async fn dependencies_are_installed_into_an_environment_of_its_own() {
    let own = "from setuptools import setup\nsetup(name='own-words', version='1', py_modules=['own_words'])\n";
    let submission = submission(&[
        ("requirements.txt", "./lib\n"),
        ("lib/setup.py", own),
        ("lib/own_words.py", "WORDS = 'from a package'\n"),
        ("main.py", SERVER),
    ]);
    let stand = Stand::of(spec_of(&submission, &Declared::default()), &submission).await;
    let told = stand.ask("(__import__('own_words').WORDS, __import__('own_words').__file__)");
    assert!(
        told.contains("from a package") && told.contains("/venv/lib/"),
        "{told}"
    );
    stand.close().await;
}

#[tokio::test]
async fn a_build_that_fails_is_the_submissions_with_its_last_lines() {
    let submission = submission(&[("main.py", SERVER)]);
    let spec = spec_of(&submission, &built_by("echo words of the build; exit 4"));
    let (failure, facts, heard) = refused(spec, &submission).await;
    let AppFailure::DidNotBuild { reason, log } = &failure else {
        panic!("{failure:?}");
    };
    assert_eq!(
        reason,
        "step `echo words of the build; exit 4` ended with exit code 4"
    );
    assert_eq!(log.lines, ["words of the build"]);
    assert!(heard.contains(&RunnerEvent::BuildLine("words of the build".to_owned())));
    assert!(facts.build > Duration::ZERO);
}

#[tokio::test]
async fn a_build_without_end_is_ended() {
    let submission = submission(&[("main.py", SERVER)]);
    let mut spec = spec_of(&submission, &built_by("echo begun; sleep 600"));
    spec.app.build_limits.time = Duration::from_secs(45);
    let run = spec.run.clone();
    let (failure, _, _) = refused(spec, &submission).await;
    let told = failure.to_string();
    assert!(
        told.contains("was not done when the 45 s for the whole build were over"),
        "{told}"
    );
    assert_eq!(crate::stand::marked(run.as_str()), [0; 0]);
}
