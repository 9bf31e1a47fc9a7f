//! `tryout challenge new`.

use std::{path::Path, process::ExitCode};

use authoring::{Change, Copy, CopyError, Draft, DraftError, Skeleton};
use report::exit;

use super::bench;
use crate::{
    args::{Global, New},
    failure::Failure,
    output,
    places::{self, Places, unreadable},
};

pub(crate) fn run(global: &Global, places: &Places, args: &New) -> Result<ExitCode, Failure> {
    let draft = match &args.from {
        Some(from) => copy(global, places, from, args)?,
        None => Skeleton::open(&places::skeleton()?)
            .and_then(|skeleton| skeleton.draft(&args.target, &args.language))
            .map_err(|error| Failure::input(&error))?,
    };
    kept(draft, &args.target)
}

fn copy(global: &Global, places: &Places, from: &str, args: &New) -> Result<Draft, Failure> {
    let original = places.challenge(from)?.challenge;
    let seed = args.seed.unwrap_or_else(bench::any_seed);
    let copied = authoring::private_copy(&original, &args.target, seed);
    let Copy { draft, changes } = copied.map_err(|error| match error {
        CopyError::Declaration(mistakes) => unreadable(mistakes),
        other => Failure::input(&other),
    })?;
    if !global.quiet {
        output::say(&format!("a copy of {from} (--seed {seed})\n"));
        for Change {
            was,
            is,
            places,
            files,
        } in &changes
        {
            output::say(&format!(
                "  {was} -> {is} ({places} places in {files} files)\n"
            ));
        }
    }
    Ok(draft)
}

/// Looks at what was made before anybody sees it: whether it is valid, and each patch applies.
fn kept(draft: Draft, target: &Path) -> Result<ExitCode, Failure> {
    let skills = places::skills_beside(target)?;
    let challenge = draft.challenge(&skills).map_err(|error| match error {
        DraftError::Invalid(mistakes) => unreadable(mistakes),
        other => Failure::input(&other),
    })?;
    let subjects = campaign::subjects(&challenge).map_err(|error| Failure::input(&error))?;
    let folder = draft.keep().map_err(|error| Failure::input(&error))?;
    let folder = folder.display();
    output::data(&format!("{folder}\n"));
    output::say(&format!(
        "{}: {} checks, {} subjects to prove them with. Next:\n  tryout challenge verify {folder}\n",
        challenge.file.title,
        challenge.file.checks.len(),
        subjects.len()
    ));
    Ok(exit::ExitCode::Success.into())
}
