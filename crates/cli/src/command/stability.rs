//! `tryout challenge stability`.

mod busy;
mod record;

use std::{num::NonZero, process::ExitCode, thread, time::Instant};

use campaign::{Repeats, Stability, Stray};
use challenge_spec::model::ChallengeFile;
use report::exit;

use self::busy::Busy;
use super::{bench, campaign::Campaign};
use crate::{
    args::{self, Global},
    failure::Failure,
    output,
    places::Places,
};

pub(crate) async fn run(
    global: &Global,
    places: &Places,
    args: &args::Stability,
) -> Result<ExitCode, Failure> {
    let ground = &args.campaign.ground;
    bench::demand_trust(ground)?;
    let found = places.challenge(&args.challenge)?;
    let of = named(&found.challenge.file, &args.of)?;
    if let Some(path) = &args.record {
        // Not after hours of grading.
        record::earlier(path)?;
    }
    let backend = bench::backend(places, ground).await?;
    let backend = backend.map_err(|error| Failure::ours(&error))?;
    let kind = if args.noise { "-noise" } else { "-stability" };
    let campaign = Campaign::new(global, &args.campaign, &found, backend.into(), kind)?;
    let how = Repeats {
        seed: campaign.seed(),
        times: args.repeat,
        seeds: args.seeds,
        of: &of,
        busy: if args.noise { cores() } else { 0 },
    };
    let beside = Busy::start(how.busy)
        .map_err(|error| Failure::Ours(format!("cannot make this machine busy: {error}")))?;
    let began = Instant::now();
    let graded = campaign.run(async |bench| ::campaign::stability(bench, how).await);
    let stability = Box::pin(graded).await;
    drop(beside);
    let took = began.elapsed();
    let stability = stability?;
    if !global.json_events {
        output::data(&stability.render());
    }
    if !stability.holds() {
        campaign.tell_astray();
    }
    if let Some(path) = &args.record {
        let how = record::How {
            at_once: campaign.at_once(),
            afresh: args.campaign.fresh,
            took,
        };
        record::write(path, &found.challenge, &stability, &how)?;
    }
    campaign.over()?;
    Ok(code(&stability).into())
}

fn cores() -> u32 {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    u32::try_from(cores).unwrap_or(u32::MAX)
}

/// The names of subjects, before hours of grading others.
fn named(file: &ChallengeFile, of: &[String]) -> Result<Vec<String>, Failure> {
    let solutions: Vec<String> = file
        .solutions
        .keys()
        .map(|name| format!("solution:{name}"))
        .collect();
    let defects: Vec<String> = file
        .defects
        .iter()
        .map(|defect| format!("defect:{}", defect.id))
        .collect();
    let mut names = Vec::new();
    for asked in of {
        match asked.as_str() {
            "solutions" => names.extend(solutions.iter().cloned()),
            "defects" => names.extend(defects.iter().cloned()),
            one if solutions.iter().chain(&defects).any(|name| name == one) => {
                names.push(one.to_owned());
            }
            unknown => {
                return Err(Failure::Input(format!(
                    "{} has no subject `{unknown}` to be graded again and again; say `solutions`, `defects`, {}, \
                     or `defect:` and a defect's id",
                    file.id,
                    solutions.join(", ")
                )));
            }
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}

fn code(stability: &Stability) -> exit::ExitCode {
    let ours = |stray: &Stray| stray.finding.is_ours();
    match (stability.holds(), stability.changed.iter().any(ours)) {
        (true, _) => exit::ExitCode::Success,
        (false, false) => exit::ExitCode::BelowMinScore,
        (false, true) => exit::ExitCode::OursAtFault,
    }
}
