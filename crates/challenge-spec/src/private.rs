//! What a private copy of a challenge changes: its `private.yaml`.
//!
//! A bundled challenge is public, its solutions too. For hiring, a team makes a copy in which the
//! words and numbers named here are others, everywhere the same ones: in the brief, the OpenAPI
//! document, seeds, checks, starters, solutions and patches.

use std::path::Path as FilePath;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    finding::Finding,
    load::LoadError,
    path::Path,
    problem::{Problem, Problems},
    schema,
    shape::{self, Shaped},
    skills::disagreement,
    source, yaml,
};

mod form;
mod look;

pub use form::{Form, Piece};

/// The name of the file, in the challenge's folder.
pub const PRIVATE_FILE: &str = "private.yaml";

/// What a private copy of a challenge changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Private {
    /// Words that become others, wherever they stand: alone, in `snake_case`, `camelCase`, paths and
    /// names of files.
    pub words: Vec<Word>,
    /// Numbers that become others where they stand as written here.
    pub numbers: Vec<Number>,
    /// Phrases in which words stay as they are, such as `order by`.
    pub keep: Vec<String>,
    /// Files that are copied as they are, relative to the challenge's folder.
    pub leave: Vec<String>,
}

/// A word in its forms, and what it may become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// Its forms in lower-case letters: `[product, products]`.
    #[schemars(length(min = 1))]
    pub was: Vec<String>,
    /// What it may become, each with as many forms: `[[article, articles], [ware, wares]]`. One
    /// that stands in the challenge already is not taken.
    #[schemars(length(min = 1))]
    pub becomes: Vec<Vec<String>>,
}

/// A number, where it stands, and what it may become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// What it is, for people.
    pub what: String,
    /// The number in this challenge.
    pub was: u32,
    /// What it may become.
    #[schemars(length(min = 1))]
    pub becomes: Vec<u32>,
    /// How it is written: texts on one line with `{}` in its place, `{+1}` and `{-1}` for the next
    /// and the last number: `"integer, 1 to {}"`. Each must stand somewhere in the challenge.
    #[schemars(length(min = 1))]
    pub written: Vec<String>,
}

impl Private {
    /// Reads `dir/private.yaml`.
    ///
    /// # Errors
    /// When it is not there; all its mistakes at once, each with its place.
    pub fn load(dir: &FilePath) -> Result<Self, LoadError> {
        let path = dir.join(PRIVATE_FILE);
        let name = path.display().to_string();
        let text = source::read(&path, &name, source::MOST_BYTES)
            .map_err(|unread| LoadError::unread(path, unread))?;
        read(&text).map_err(|problems| Box::new(Problems::new(&name, &text, problems)).into())
    }

    /// A mistake that shows only beside the challenge's other files, at its place in the file.
    pub fn mistake(dir: &FilePath, place: &Path, message: &str, help: &str) -> LoadError {
        let path = dir.join(PRIVATE_FILE);
        let name = path.display().to_string();
        let text = source::read(&path, &name, source::MOST_BYTES).unwrap_or_default();
        let finding = Finding::value(place.clone(), message).help(help.to_owned());
        let problems = match yaml::parse(&text) {
            Ok(root) => vec![finding.into_problem(&text, &root)],
            Err(problem) => vec![*problem],
        };
        Box::new(Problems::new(&name, &text, problems)).into()
    }
}

fn read(text: &str) -> Result<Private, Vec<Problem>> {
    let root = yaml::parse(text).map_err(|problem| vec![*problem])?;
    let Shaped {
        value,
        mut findings,
        repaired,
    } = shape::check(&schema::private_schema(), text, &root);
    let mut problems = yaml::duplicates(&root);
    let private: Option<Private> = match serde_json::from_value(value) {
        Ok(private) => Some(private),
        Err(error) => {
            if findings.is_empty() {
                problems.push(disagreement(&error));
            }
            None
        }
    };
    if let Some(private) = &private {
        let mut more = look::findings(private);
        more.retain(|finding| !repaired.covers(&finding.path));
        findings.extend(more);
    }
    let placed = findings.into_iter();
    problems.extend(placed.map(|finding| finding.into_problem(text, &root)));
    match private {
        Some(private) if problems.is_empty() => Ok(private),
        _ => Err(problems),
    }
}
