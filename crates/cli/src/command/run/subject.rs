use std::path::Path;

use challenge_spec::Challenge;
use grader::{Subject, SubjectKind};

use crate::failure::Failure;

/// What is meant by `--subject`.
pub(super) fn kind(challenge: &Challenge, named: Option<&str>) -> Result<SubjectKind, Failure> {
    let file = &challenge.file;
    let Some(named) = named else {
        let first = file.solutions.keys().next();
        return first.cloned().map(SubjectKind::Solution).ok_or_else(|| {
            Failure::Input(format!(
                "the challenge `{}` has no solution: name a folder with --subject",
                file.id
            ))
        });
    };
    let kind = match named.split_once(':') {
        Some(("solution", language)) => SubjectKind::Solution(language.to_owned()),
        Some(("starter", language)) => SubjectKind::Starter(language.to_owned()),
        Some(("defect", id)) => SubjectKind::Defect(id.to_owned()),
        None if named == "nothing" => SubjectKind::Nothing,
        _ if Path::new(named).is_dir() => return Ok(SubjectKind::Submission),
        _ => return Err(unknown(challenge, named)),
    };
    let there = match &kind {
        SubjectKind::Solution(language) => file.solutions.contains_key(language),
        SubjectKind::Starter(language) => file.starters.contains_key(language),
        SubjectKind::Defect(id) => challenge.defect(id).is_some(),
        SubjectKind::Nothing | SubjectKind::Submission => true,
        SubjectKind::Mutant(_) | SubjectKind::Implementation(_) => false,
    };
    if there {
        Ok(kind)
    } else {
        Err(unknown(challenge, named))
    }
}

/// The subject of a kind that [`kind`] has found.
pub(super) fn of(challenge: &Challenge, kind: &SubjectKind) -> Result<Subject, Failure> {
    campaign::subject(challenge, kind)
        .map_err(|error| Failure::input(&error))?
        .ok_or_else(|| unknown(challenge, &kind.to_string()))
}

fn unknown(challenge: &Challenge, named: &str) -> Failure {
    let file = &challenge.file;
    let solutions = file.solutions.keys().map(|name| format!("solution:{name}"));
    let starters = file.starters.keys().map(|name| format!("starter:{name}"));
    let defects = file
        .defects
        .iter()
        .map(|defect| format!("defect:{}", defect.id));
    let known: Vec<String> = solutions.chain(starters).chain(defects).collect();
    let near = challenge_spec::suggestion::nearest(named, known.iter().map(String::as_str));
    let help = match near {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there is {}, nothing, or a folder", known.join(", ")),
    };
    Failure::Input(format!(
        "the challenge `{}` has no subject `{named}`: {help}",
        file.id
    ))
}
