//! `tryout grade`.

use std::{path::Path, process::ExitCode};

use grader::{Selection, SubjectKind};
use report::{
    exit,
    model::Report,
    points, render,
    write::{self, Format},
};
use runner::snapshot::Source;

use super::bench;
use crate::{
    args::{Global, Grade, How},
    build_log::BuildLog,
    failure::{self, Failure},
    output::{self, Look},
    places::Places,
    progress,
};

pub(crate) async fn run(
    global: &Global,
    places: &Places,
    args: &Grade,
) -> Result<ExitCode, Failure> {
    bench::demand_trust(&args.ground)?;
    let challenge = places.challenge(&args.challenge)?;
    let source = Source::parse(&args.submission).map_err(|error| Failure::input(&error))?;
    let seed = args.how.seed.unwrap_or_else(bench::any_seed);
    if matches!(source, Source::Git(_)) && !global.quiet {
        output::say(&format!("fetching {source}\n"));
    }
    let (plan, snapshot_took) = bench::plan(
        challenge,
        SubjectKind::Submission,
        &source,
        seed,
        &selection(&args.how),
    )
    .await?;
    // Some checks alone are asked for by whoever works on them.
    let plan = match selection(&args.how) {
        Selection::All if !args.no_practice => plan.with_practice(),
        _ => plan,
    };
    let log = BuildLog::default();
    let events = log.before(progress::listener(global, Look::stderr()));
    let finish = |report: Report| -> Result<ExitCode, Failure> {
        show(global, &report, args.out.as_deref().map(|dir| (dir, &log)))?;
        Ok(exit_code(&report, args.min_score).into())
    };
    match bench::backend(places, &args.ground).await? {
        Ok(backend) => bench::grade(&plan, &*backend, &events, snapshot_took, finish).await?,
        Err(error) => {
            let report =
                grader::could_not_run(&plan, "docker", &events, &failure::in_one_line(&error));
            show(global, &report, args.out.as_deref().map(|dir| (dir, &log)))?;
            Err(Failure::ours(&error))
        }
    }
}

pub(crate) fn selection(how: &How) -> Selection {
    if how.public_only {
        Selection::Public
    } else if how.only.is_empty() {
        Selection::All
    } else {
        Selection::Only(how.only.clone())
    }
}

/// Writes the files asked for and the summary: to stdout, which events have to themselves.
pub(crate) fn show(
    global: &Global,
    report: &Report,
    out: Option<(&Path, &BuildLog)>,
) -> Result<(), Failure> {
    let written = match out {
        Some((dir, log)) => {
            let written = write::write_all(dir, report, &Format::ALL);
            let written = written.map_err(|error| Failure::ours(&error))?;
            log.write(dir)?;
            written
        }
        None => Vec::new(),
    };
    if global.json_events {
        return Ok(());
    }
    output::data(&render::terminal::render(report, Look::stdout().style()));
    if let Some(page) = written.iter().find(|path| {
        path.extension()
            .is_some_and(|extension| extension == "html")
    }) {
        output::say(&format!("report: {}\n", page.display()));
    }
    Ok(())
}

pub(crate) fn exit_code(report: &Report, min_score: u8) -> exit::ExitCode {
    points::verdict(&report.checks, min_score).into()
}
