//! `tryout challenge`.

use std::{fmt::Write as _, process::ExitCode};

use challenge_spec::{Challenge, model::Visibility, mutants::Mutants, schema};
use report::{certificate, exit};

use super::verify;
use crate::{
    args::{self, Global},
    failure::Failure,
    output::{self, Look},
    places::{Places, unreadable},
};

pub(crate) async fn run(
    global: &Global,
    places: &Places,
    args: &args::Challenge,
) -> Result<ExitCode, Failure> {
    match args {
        args::Challenge::List => list(places),
        args::Challenge::Show { challenge } => show(places, challenge),
        args::Challenge::Lint { names } => lint(places, names),
        args::Challenge::Schema => {
            output::data(&format!("{:#}\n", schema::challenge_schema()));
            Ok(exit::ExitCode::Success.into())
        }
        args::Challenge::Verify(args) => verify::run(global, places, args).await,
    }
}

fn list(places: &Places) -> Result<ExitCode, Failure> {
    let mut text = String::new();
    for name in places.names_or_all(&[])? {
        let challenge = places.challenge(&name)?.challenge;
        let file = &challenge.file;
        let _ = writeln!(
            text,
            "{:16} {:8} {:>3} checks {:>4} points  {}",
            file.id,
            file.version,
            file.checks.len(),
            points(&challenge),
            file.title
        );
    }
    output::data(&text);
    Ok(exit::ExitCode::Success.into())
}

fn show(places: &Places, name: &str) -> Result<ExitCode, Failure> {
    let challenge = places.challenge(name)?.challenge;
    let file = &challenge.file;
    let services: Vec<String> = file
        .services
        .iter()
        .map(|(name, service)| format!("{name} ({} {})", service.kind(), service.version()))
        .collect();
    let mut text = format!(
        "{} ({} {})\n{}\n\nfolder: {}\nstarters: {}\nsolutions: {}\nservices: {}\n\n{} checks, {} points\n",
        file.title,
        file.id,
        file.version,
        file.summary.trim(),
        challenge.dir.display(),
        names(file.starters.keys()),
        names(file.solutions.keys()),
        names(services.iter()),
        file.checks.len(),
        points(&challenge),
    );
    for check in &file.checks {
        let visibility = match check.visibility {
            Visibility::Public => "public",
            Visibility::Hidden => "hidden",
        };
        let _ = writeln!(
            text,
            "  {:>2}  {visibility}  {:28} {}",
            check.points, check.id, check.title
        );
    }
    output::data(&text);
    Ok(exit::ExitCode::Success.into())
}

/// Every mistake of every challenge, not only of the first.
fn lint(places: &Places, names: &[String]) -> Result<ExitCode, Failure> {
    let mut code = exit::ExitCode::Success;
    for name in places.names_or_all(names)? {
        match places.challenge(&name) {
            Ok(found) => match beside(&found.challenge) {
                Ok(()) => output::data(&format!("{}: no mistakes\n", found.challenge.file.id)),
                Err(failure) => {
                    output::say(&failure.describe(&Look::stderr()));
                    code = exit::ExitCode::InputAtFault;
                }
            },
            Err(failure) => {
                output::say(&failure.describe(&Look::stderr()));
                code = exit::ExitCode::InputAtFault;
            }
        }
    }
    Ok(code.into())
}

/// What lies beside a challenge's file and is not named there.
fn beside(challenge: &Challenge) -> Result<(), Failure> {
    Mutants::load(challenge).map_err(unreadable)?;
    certificate::read(&challenge.dir).map_err(|error| Failure::input(&error))?;
    Ok(())
}

fn points(challenge: &Challenge) -> u32 {
    challenge.file.checks.iter().map(|check| check.points).sum()
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    names.join(", ")
}
