//! `tryout demo`: the main job on bundled submissions.

use std::process::ExitCode;

use grader::{Selection, SubjectKind};
use runner::{Backend, RunnerError, snapshot::Source};

use super::{bench, grade};
use crate::{
    args::{Demo, Global},
    build_log::BuildLog,
    failure::{self, Failure},
    output::{self, Look},
    places::Places,
    progress,
};

const CHALLENGE: &str = "orders-api";
const LANGUAGE: &str = "python";

pub(crate) async fn run(
    global: &Global,
    places: &Places,
    args: &Demo,
) -> Result<ExitCode, Failure> {
    let challenge = places.challenge(CHALLENGE)?;
    let folder = challenge.challenge.solution(LANGUAGE).ok_or_else(|| {
        Failure::Input(format!(
            "the challenge `{CHALLENGE}` has no {LANGUAGE} solution"
        ))
    })?;
    let backend = backend(places).await?;
    let log = BuildLog::default();
    let events = log.before(progress::listener(global, Look::stderr()));
    let kind = SubjectKind::Solution(LANGUAGE.to_owned());
    let source = Source::from(folder.as_path());
    let seed = bench::any_seed();
    let (plan, snapshot_took) =
        bench::plan(challenge, kind, &source, seed, &Selection::All).await?;
    let code = bench::grade(&plan, &*backend, &events, snapshot_took, |report| {
        grade::show(global, &report, Some((&args.out, &log)))?;
        Ok::<_, Failure>(grade::exit_code(&report, 100))
    })
    .await??;
    if !global.json_events {
        output::say(&format!(
            "\nNow grade a folder of your own:\n  tryout grade FOLDER --challenge {CHALLENGE} --out {}\n",
            args.out.display()
        ));
    }
    Ok(code.into())
}

/// The engine, else this machine itself: what is graded is ours.
async fn backend(places: &Places) -> Result<Box<dyn Backend>, Failure> {
    match bench::docker(places, None).await? {
        Ok(backend) => Ok(Box::new(backend)),
        Err(error @ RunnerError::NoEngine { .. }) => {
            output::say(&format!(
                "{}\nThe bundled solution is run on this machine itself instead, isolated by nothing.\n",
                failure::in_one_line(&error)
            ));
            Ok(Box::new(bench::local()))
        }
        Err(error) => Err(Failure::ours(&error)),
    }
}
