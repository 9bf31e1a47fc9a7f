//! What a challenge says of changes that nobody chose: its `mutants.yaml`.
//!
//! An equivalent is matched by its file and by what stands there, so that one whose file has changed since
//! is a mistake and not a licence.

use std::{fs, path::Path as FilePath};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Challenge, LoadError,
    finding::Finding,
    path::Path,
    problem::{Problem, Problems},
    schema,
    shape::{self, Shaped},
    skills::disagreement,
    source::{self, Unread},
    suggestion, yaml,
};

/// The name of the file, in the challenge's folder. The challenge's digest leaves it out.
pub const MUTANTS_FILE: &str = "mutants.yaml";

/// Which files of a solution are changed, and which changes no check need notice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mutants {
    /// The files and folders of a solution that are changed, by language; its sources unless given.
    pub files: IndexMap<String, Vec<String>>,
    /// Changes that no check need notice.
    pub equivalent: Vec<Equivalent>,
}

/// A change that no check need notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Equivalent {
    /// The name of the solution.
    pub of: String,
    /// The file, relative to the solution's folder.
    pub file: String,
    /// The whole lines that are changed, as they stand there.
    pub was: String,
    /// The lines in their place; none of them where left empty.
    pub becomes: String,
    /// Which of several equal places, from 1; all of them unless given.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub occurrence: Option<usize>,
    /// Why that is no worse: what a reviewer would accept.
    pub reason: String,
}

impl Mutants {
    /// Reads the file beside a challenge's; what it would be when empty where there is none.
    ///
    /// # Errors
    /// All mistakes at once, each with its place: also what is named and no longer there.
    pub fn load(challenge: &Challenge) -> Result<Self, LoadError> {
        let path = challenge.dir.join(MUTANTS_FILE);
        let name = path.display().to_string();
        let text = match source::read(&path, &name, source::MOST_BYTES) {
            Ok(text) => text,
            Err(Unread::Missing) => return Ok(Self::default()),
            Err(unread) => return Err(LoadError::unread(path, unread)),
        };
        read(&text, challenge)
            .map_err(|problems| Box::new(Problems::new(&name, &text, problems)).into())
    }
}

fn read(text: &str, challenge: &Challenge) -> Result<Mutants, Vec<Problem>> {
    let root = yaml::parse(text).map_err(|problem| vec![*problem])?;
    let Shaped {
        value,
        mut findings,
        repaired,
    } = shape::check(&schema::mutants_schema(), text, &root);
    let mut problems = yaml::duplicates(&root);
    let mutants: Option<Mutants> = match serde_json::from_value(value) {
        Ok(mutants) => Some(mutants),
        Err(error) => {
            if findings.is_empty() {
                problems.push(disagreement(&error));
            }
            None
        }
    };
    if let Some(mutants) = &mutants {
        let mut more = stale(mutants, challenge);
        more.retain(|finding| !repaired.covers(&finding.path));
        findings.extend(more);
    }
    let findings = findings.into_iter();
    problems.extend(findings.map(|finding| finding.into_problem(text, &root)));
    match mutants {
        Some(mutants) if problems.is_empty() => Ok(mutants),
        _ => Err(problems),
    }
}

/// What is named and not there.
fn stale(mutants: &Mutants, challenge: &Challenge) -> Vec<Finding> {
    let mut findings = Vec::new();
    let known = || challenge.file.solutions.keys().map(String::as_str);
    let unknown = |language: &str| format!("there is no solution `{language}`");
    let instead = |finding: Finding, language: &str| {
        let help = suggestion::help(language, known());
        finding.label("unknown solution").help(help)
    };
    for (language, files) in &mutants.files {
        let path = Path::root().key("files").key(language);
        let Some(solution) = challenge.solution(language) else {
            findings.push(instead(Finding::key(path, unknown(language)), language));
            continue;
        };
        let named = files.iter().enumerate();
        findings.extend(named.filter_map(|(place, file)| {
            absent(&solution, file).map(|message| Finding::value(path.index(place), message))
        }));
    }
    for (place, equivalent) in mutants.equivalent.iter().enumerate() {
        let path = Path::root().key("equivalent").index(place);
        let Some(solution) = challenge.solution(&equivalent.of) else {
            let of = &equivalent.of;
            findings.push(instead(Finding::value(path.key("of"), unknown(of)), of));
            continue;
        };
        if let Some(message) = absent(&solution, &equivalent.file) {
            findings.push(Finding::value(path.key("file"), message));
            continue;
        }
        findings.extend(not_there(equivalent, &solution, &path));
        if equivalent.reason.trim().is_empty() {
            findings.push(Finding::value(path.key("reason"), "the reason is empty"));
        }
    }
    findings
}

fn absent(solution: &FilePath, file: &str) -> Option<String> {
    let leaves = file.starts_with('/') || file.split('/').any(|part| part == "..");
    if leaves {
        return Some(format!("`{file}` leaves the solution's folder"));
    }
    (!solution.join(file).exists()).then(|| format!("the solution has no `{file}`"))
}

fn not_there(equivalent: &Equivalent, solution: &FilePath, path: &Path) -> Option<Finding> {
    let text = fs::read_to_string(solution.join(&equivalent.file)).unwrap_or_default();
    let count = places(&text, &equivalent.was).len();
    if count == 0 {
        let message = format!("`{}` has no such lines", equivalent.file);
        let finding = Finding::value(path.key("was"), message)
            .label("not there, or no longer")
            .help("take the entry out, or write the whole lines as they stand there".to_owned());
        return Some(finding);
    }
    let occurrence = equivalent.occurrence.filter(|wanted| *wanted > count)?;
    let message = format!("there is no place {occurrence}: the lines stand there {count} times");
    Some(Finding::value(path.key("occurrence"), message))
}

/// The lines, from 0, where some whole lines begin in a text. Spaces at their ends do not count.
pub fn places(text: &str, lines: &str) -> Vec<usize> {
    let wanted: Vec<&str> = lines.trim_end().lines().map(str::trim_end).collect();
    let all: Vec<&str> = text.lines().map(str::trim_end).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let starts = all.windows(wanted.len()).enumerate();
    starts
        .filter(|(_, window)| **window == *wanted)
        .map(|(start, _)| start)
        .collect()
}
