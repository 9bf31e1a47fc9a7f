//! Where it is written down how often subjects were graded and what changed.

use std::{fs, io::ErrorKind, path::Path, time::Duration};

use campaign::{Grounds, Repeated, Stability, StabilityRecord, Stray};
use challenge_spec::Challenge;
use chrono::{SubsecRound as _, Utc};

use crate::{command::campaign::told_failure, failure::Failure, output};

/// How grades were repeated, beside what was found out.
pub(super) struct How {
    pub(super) at_once: usize,
    /// Whether what was found out earlier does not count any more.
    pub(super) afresh: bool,
    pub(super) took: Duration,
}

/// Puts a run into the file, in place of one of the same subjects and seed that was as busy; runs of other checks,
/// and of subjects that have changed, go.
pub(super) fn write(
    path: &Path,
    challenge: &Challenge,
    found: &Stability,
    how: &How,
) -> Result<(), Failure> {
    let of = Grounds::of(challenge).map_err(|error| told_failure(&error))?;
    let runs = earlier(path)?.map(|record| record.runs);
    let mut record = StabilityRecord {
        challenge: challenge.file.id.clone(),
        at: Utc::now().trunc_subsecs(0),
        runs: runs.unwrap_or_default(),
    };
    record.keep(&of);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let sentences = |strays: &[Stray]| strays.iter().map(Stray::sentence).collect();
    let run = Repeated {
        of: of.only(&found.subjects),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        busy: found.busy,
        at_once: number(how.at_once),
        times: found.times,
        seed: found.seeds.first().copied(),
        seeds: number(found.seeds.len()),
        grades: number(found.grades),
        changed: sentences(&found.changed),
        undecided: sentences(&found.undecided),
        seconds: how.took.as_secs(),
    };
    record.add(run, how.afresh);
    fs::write(path, record.to_json())
        .map_err(|error| Failure::Ours(format!("cannot write {}: {error}", path.display())))?;
    output::say(&format!("{}\n", path.display()));
    Ok(())
}

/// What the file holds; none where it is not there.
pub(super) fn earlier(path: &Path) -> Result<Option<StabilityRecord>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let path = path.display();
            return Err(Failure::Input(format!("cannot read {path}: {error}")));
        }
    };
    StabilityRecord::of_json(&text).map(Some).map_err(|error| {
        Failure::Input(format!(
            "{} is no record of repeated grades ({error}): name another file, or remove it",
            path.display()
        ))
    })
}
