//! How a subject is run: what its `tryout.yaml` says, and what is found in its other files.

use challenge_spec::{
    problem::Problems,
    submission::{MANIFEST_FILE, Manifest},
};
use runner::{
    AppFailure, LogTail,
    setup::{Declared, Ground, Setup},
    snapshot::{Snapshot, SnapshotError},
};

use crate::Plan;

/// A name that is easily written instead, and would be overlooked.
const MISNAMED: &str = "tryout.yml";
/// How many lines of mistakes are kept.
const LINES: usize = 200;

/// Finds how a plan's subject is run on this ground, or what its tests are run in where that is all that
/// is asked for.
pub(crate) fn of(plan: &Plan, ground: Ground) -> Result<Result<Setup, AppFailure>, SnapshotError> {
    found(&plan.subject.snapshot, ground, !plan.needs_app())
}

/// Finds how a subject is run on this ground; in the inner error, its own failure to say so.
pub(crate) fn setup(
    submission: &Snapshot,
    ground: Ground,
) -> Result<Result<Setup, AppFailure>, SnapshotError> {
    found(submission, ground, false)
}

/// The same of files that are built for the tests in them alone: there need not be anything to start.
pub(crate) fn unstarted(
    files: &Snapshot,
    ground: Ground,
) -> Result<Result<Setup, AppFailure>, SnapshotError> {
    found(files, ground, true)
}

fn found(
    submission: &Snapshot,
    ground: Ground,
    unstarted: bool,
) -> Result<Result<Setup, AppFailure>, SnapshotError> {
    let declared = match submission.read(MANIFEST_FILE)? {
        Some(bytes) => match Manifest::parse(bytes) {
            Ok(manifest) => declared(manifest),
            Err(problems) => return Ok(Err(mistaken(&problems))),
        },
        None if submission.paths().any(|path| path == MISNAMED) => {
            let reason = format!("{MISNAMED} is not read: name it {MANIFEST_FILE}");
            return Ok(Err(failure(reason, LogTail::default())));
        }
        None => Declared::default(),
    };
    let declared = Declared {
        unstarted,
        ..declared
    };
    let setup = Setup::on(ground, submission, &declared)?;
    Ok(setup.map_err(|mistake| failure(mistake.to_string(), LogTail::default())))
}

fn declared(manifest: Manifest) -> Declared {
    Declared {
        runtime: manifest.runtime.map(|runtime| runtime.name().to_owned()),
        dockerfile: manifest.dockerfile,
        build: manifest.build,
        migrate: manifest.migrate,
        start: manifest.start,
        test: manifest.test,
        unstarted: false,
    }
}

/// The first mistake in a sentence, all of them with their places in the log.
fn mistaken(problems: &Problems) -> AppFailure {
    let list = problems.list().to_string();
    let first = problems.told().first();
    let place = list.lines().next().unwrap_or_default();
    let help = first.and_then(|problem| problem.help.as_ref());
    let help = help.map(|help| format!(" ({help})")).unwrap_or_default();
    let more = match problems.count().saturating_sub(1) {
        0 => String::new(),
        1 => ", and 1 more mistake".to_owned(),
        more => format!(", and {more} more mistakes"),
    };
    let mut lines: Vec<String> = list.lines().map(str::to_owned).collect();
    let omitted = lines.len().saturating_sub(LINES) as u64;
    lines.truncate(LINES);
    failure(format!("{place}{help}{more}"), LogTail { lines, omitted })
}

fn failure(reason: String, log: LogTail) -> AppFailure {
    AppFailure::DidNotBuild { reason, log }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use challenge_spec::submission::Runtime;
    use runner::{setup, snapshot::SubmissionLimits};

    use super::*;

    fn found(files: &[(&str, &str)]) -> Result<Setup, AppFailure> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            fs::write(folder.path().join(path), text).unwrap();
        }
        let limits = SubmissionLimits {
            files: 10,
            bytes: 1 << 20,
        };
        let snapshot = Snapshot::of_folder(folder.path(), limits).unwrap();
        setup(&snapshot, Ground::Image).unwrap()
    }

    #[test]
    fn the_file_and_the_runner_know_the_same_runtimes() {
        let mut file: Vec<_> = Runtime::ALL.iter().map(|runtime| runtime.name()).collect();
        let mut runner: Vec<_> = setup::Runtime::all().map(|runtime| runtime.name).collect();
        file.sort_unstable();
        runner.sort_unstable();
        assert_eq!(file, runner);
    }

    #[test]
    fn what_the_file_says_is_handed_on() {
        let manifest = "runtime: python-3.13\nbuild: make\nmigrate: ./m\nstart: ./s\ntest: ./t\n";
        let setup = found(&[("tryout.yaml", manifest)]).unwrap();
        assert_eq!(setup.runtime(), Some("python-3.13"));
        assert_eq!(setup.migrate(), Some("./m"));
        assert_eq!(setup.start(), Some("./s"));
        assert_eq!(setup.test(), Some("./t"));
        assert!(
            setup.found().contains("built by `make`"),
            "{}",
            setup.found()
        );
    }

    #[test]
    fn a_mistake_in_the_file_is_the_submissions_failure_with_its_place() {
        let manifest = "strat: ./app\nruntime: cobol\n";
        let failure = found(&[("tryout.yaml", manifest)]).unwrap_err();
        let AppFailure::DidNotBuild { reason, log } = &failure else {
            panic!("{failure:?}");
        };
        assert_eq!(
            reason,
            "tryout.yaml:1:1: unknown key `strat` (did you mean `start`?), and 1 more mistake"
        );
        assert!(
            log.lines
                .iter()
                .any(|line| line.trim() == "^^^^^ not a key of this object")
        );
        assert!(
            log.lines
                .iter()
                .any(|line| line.starts_with("tryout.yaml:2:10: "))
        );
    }

    #[test]
    fn what_cannot_be_decided_and_a_misnamed_file_are_the_submissions_failure() {
        for (files, expected) in [
            (
                &[("go.mod", ""), ("package.json", "{}")][..],
                "two languages",
            ),
            (
                &[("tryout.yml", "start: a\n"), ("Dockerfile", "FROM x\n")],
                "name it tryout.yaml",
            ),
            (
                &[],
                "nothing at the top of the submission says how it is run",
            ),
        ] {
            let failure = found(files).unwrap_err().to_string();
            assert!(
                failure.starts_with("the submission did not build: "),
                "{failure}"
            );
            assert!(failure.contains(expected), "{failure}");
        }
    }
}
