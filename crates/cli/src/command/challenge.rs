//! `tryout challenge`.

use std::{fmt::Write as _, process::ExitCode};

use challenge_spec::{Challenge, model::Visibility, schema};
use report::exit;

use super::{lint, new, pack, run as checks_run, stability, verify};
use crate::{
    args::{self, Global},
    failure::Failure,
    output,
    places::Places,
};

pub(crate) async fn run(
    global: &Global,
    places: &Places,
    args: &args::Challenge,
) -> Result<ExitCode, Failure> {
    match args {
        args::Challenge::List => list(places),
        args::Challenge::Show { challenge } => show(places, challenge),
        args::Challenge::Lint(args) => lint::run(places, args),
        args::Challenge::New(args) => new::run(global, places, args),
        args::Challenge::Run(args) => Box::pin(checks_run::run(global, places, args)).await,
        args::Challenge::Pack(args) => pack::run(global, places, args),
        args::Challenge::Schema => {
            output::data(&format!("{:#}\n", schema::challenge_schema()));
            Ok(exit::ExitCode::Success.into())
        }
        args::Challenge::Verify(args) => verify::run(global, places, args).await,
        args::Challenge::Stability(args) => stability::run(global, places, args).await,
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
        .map(|(name, service)| {
            let kind = format!("{} {}", service.kind(), service.version());
            format!("{name} ({})", kind.trim_end())
        })
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
