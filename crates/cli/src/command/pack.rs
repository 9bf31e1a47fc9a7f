//! `tryout challenge pack`.

use std::{path::PathBuf, process::ExitCode};

use authoring::bundle;
use challenge_spec::public::LeftOut;
use report::exit;

use crate::{
    args::{Global, Pack},
    failure::Failure,
    output,
    places::Places,
};

pub(crate) fn run(global: &Global, places: &Places, args: &Pack) -> Result<ExitCode, Failure> {
    let challenge = places.challenge(&args.challenge)?.challenge;
    let kind = if args.full { "full" } else { "public" };
    let out = match &args.out {
        Some(out) => out.clone(),
        None => PathBuf::from(format!("{}-{kind}.tar.gz", challenge.id())),
    };
    if !out.to_string_lossy().ends_with(".tar.gz") {
        return Err(Failure::Input(format!(
            "a bundle is a .tar.gz: name it {}.tar.gz",
            out.display()
        )));
    }
    let packed = if args.full {
        bundle::whole(&challenge, &out)
    } else {
        bundle::candidate(&challenge, &out)
    };
    let packed = packed.map_err(|error| Failure::input(&error))?;
    for path in &packed.paths {
        output::data(&format!("{path}\n"));
    }
    if !global.quiet {
        for left_out in &packed.left_out {
            output::say(&format!("left out: {}\n", why(left_out)));
        }
        let who = if args.full {
            "everything, hidden checks and solutions too: keep it to yourselves"
        } else {
            "for candidates"
        };
        output::say(&format!(
            "{}: {} files, {who}\n",
            out.display(),
            packed.paths.len()
        ));
    }
    Ok(exit::ExitCode::Success.into())
}

fn why(left_out: &LeftOut) -> String {
    match left_out {
        LeftOut::ComparesWithSolution { check } => {
            format!("the public check `{check}`, which needs a solution to compare with")
        }
        LeftOut::NeedsImplementations { check } => {
            format!("the public check `{check}`, which needs implementations to run tests against")
        }
        LeftOut::UnnamedSeed { path } => {
            format!("the seed {}, which the brief does not name", path.display())
        }
        LeftOut::Requirement { check, required } => {
            format!("that `{check}` requires `{required}`, which is not in the bundle")
        }
    }
}
