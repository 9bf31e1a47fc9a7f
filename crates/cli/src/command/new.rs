//! `tryout challenge new`.

use std::{path::Path, process::ExitCode};

use authoring::{Draft, DraftError, Skeleton};
use report::exit;

use crate::{
    args::New,
    failure::Failure,
    output,
    places::{self, unreadable},
};

pub(crate) fn run(args: &New) -> Result<ExitCode, Failure> {
    let skeleton = Skeleton::open(&places::skeleton()?).map_err(|error| Failure::input(&error))?;
    let draft = skeleton
        .draft(&args.target, &args.language)
        .map_err(|error| Failure::input(&error))?;
    kept(draft, &args.target)
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
