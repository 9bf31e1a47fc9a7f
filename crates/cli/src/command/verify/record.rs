//! Where it is written down how often solutions were graded without losing a point.

use std::{fs, io::ErrorKind, path::Path, time::Duration};

use campaign::{Finding, Grounds, Proof, Repeated, Steadiness};
use challenge_spec::Challenge;
use chrono::{SubsecRound as _, Utc};

use super::told_failure;
use crate::{args::Verify, failure::Failure, output};

/// Puts a run into the file, in place of one of the same solutions that was as busy; runs of other checks,
/// and of solutions that have changed, go.
pub(super) fn write(
    path: &Path,
    args: &Verify,
    challenge: &Challenge,
    proof: &Proof,
    at_once: usize,
    took: Duration,
) -> Result<(), Failure> {
    let of = Grounds::of(challenge).map_err(|error| told_failure(&error))?;
    let busy = u32::from(args.busy);
    let runs = earlier(path)?.map(|record| record.runs);
    let mut record = Steadiness {
        challenge: challenge.file.id.clone(),
        at: Utc::now().trunc_subsecs(0),
        runs: runs.unwrap_or_default(),
    };
    record.keep(&of);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    record.add(Repeated {
        of: of.only(&args.of),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        busy,
        at_once: number(at_once),
        times: args.seeds * args.repeat,
        seeds: args.seeds,
        grades: number(proof.variants),
        lost: proof.findings.iter().map(Finding::sentence).collect(),
        seconds: took.as_secs(),
    });
    fs::write(path, record.to_json())
        .map_err(|error| Failure::Ours(format!("cannot write {}: {error}", path.display())))?;
    output::say(&format!("{}\n", path.display()));
    Ok(())
}

/// What the file holds; none where it is not there.
pub(super) fn earlier(path: &Path) -> Result<Option<Steadiness>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let path = path.display();
            return Err(Failure::Input(format!("cannot read {path}: {error}")));
        }
    };
    Steadiness::of_json(&text).map(Some).map_err(|error| {
        Failure::Input(format!(
            "{} is no record of repeated grades ({error}): name another file, or remove it",
            path.display()
        ))
    })
}
