//! The one taxonomy of skills that checks are counted under.

use std::path::Path;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    finding::Finding,
    load::LoadError,
    path::Path as Place,
    problem::{Problem, Problems},
    shape, source, yaml,
};

/// The taxonomy that comes with the program.
const EMBEDDED: &str = include_str!("../../../challenges/skills.yaml");

/// The taxonomy of skills: roots, each with branches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skills {
    roots: IndexMap<String, Root>,
}

/// A skill at the top of the taxonomy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// What people call it.
    pub title: String,
    /// What it is about, in one sentence.
    pub about: String,
    /// Its parts: id (without the root's) to title.
    #[serde(default)]
    pub branches: IndexMap<String, String>,
}

/// The whole of a `skills.yaml`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SkillsFile {
    /// The roots by id.
    skills: IndexMap<String, Root>,
}

impl Skills {
    /// The taxonomy that comes with the program.
    pub fn embedded() -> Self {
        Self::parse("skills.yaml", EMBEDDED).expect("the tests read the embedded file")
    }

    /// The taxonomy of a file.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let name = path.display().to_string();
        let text = source::read(path, &name, source::MOST_BYTES)
            .map_err(|unread| LoadError::unread(path.to_owned(), unread))?;
        Self::parse(&name, &text)
    }

    fn parse(name: &str, text: &str) -> Result<Self, LoadError> {
        let fail = |problems: Vec<Problem>| -> LoadError {
            Box::new(Problems::new(name, text, problems)).into()
        };
        let root = yaml::parse(text).map_err(|problem| fail(vec![*problem]))?;
        let schema = schemars::schema_for!(SkillsFile).to_value();
        let shaped = shape::check(&schema, text, &root);
        let mut findings = shaped.findings;
        if shaped.repaired.is_empty() {
            findings.extend(unusable_ids(&shaped.value));
        }
        let mut problems = yaml::duplicates(&root);
        problems.extend(
            findings
                .into_iter()
                .map(|finding| finding.into_problem(text, &root)),
        );
        if !problems.is_empty() {
            return Err(fail(problems));
        }
        let file: SkillsFile = serde_json::from_value(shaped.value)
            .map_err(|error| fail(vec![disagreement(&error)]))?;
        Ok(Self { roots: file.skills })
    }

    /// The roots by id, in the order of the file.
    pub fn roots(&self) -> impl Iterator<Item = (&str, &Root)> {
        self.roots.iter().map(|(id, root)| (id.as_str(), root))
    }

    /// Whether there is a root `security` or a branch `security/authorization` of this id.
    pub fn contains(&self, id: &str) -> bool {
        self.title(id).is_some()
    }

    /// What people call the root or branch of this id.
    pub fn title(&self, id: &str) -> Option<&str> {
        match id.split_once('/') {
            None => Some(&self.roots.get(id)?.title),
            Some((root, branch)) => self
                .roots
                .get(root)?
                .branches
                .get(branch)
                .map(String::as_str),
        }
    }

    /// The root that a root's or branch's id belongs to, with its id.
    pub fn root_of(&self, id: &str) -> Option<(&str, &Root)> {
        let root = id.split('/').next().unwrap_or(id);
        let (id, root) = self.roots.get_key_value(root)?;
        Some((id, root))
    }

    /// Every id, each root before its branches.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        self.roots.iter().flat_map(|(id, root)| {
            let branches = root
                .branches
                .keys()
                .map(move |branch| format!("{id}/{branch}"));
            std::iter::once(id.clone()).chain(branches)
        })
    }
}

/// The derived types and their own schema read the same text differently: a mistake of this crate,
/// told as a problem of the file rather than by a panic.
pub(crate) fn disagreement(error: &serde_json::Error) -> Problem {
    Problem {
        message: format!("this file has the right shape and still could not be read: {error}"),
        label: String::new(),
        span: 0..0,
        help: Some("this is a mistake in tryout; please report it".to_owned()),
        also: None,
    }
}

fn unusable_ids(file: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut look = |path: Place, id: &str| {
        if !crate::validate::is_kebab_case(id) {
            findings.push(
                Finding::key(path, format!("`{id}` is no id of a skill"))
                    .help("write lower-case words joined by hyphens".to_owned()),
            );
        }
    };
    let skills = file["skills"].as_object().into_iter().flatten();
    for (id, root) in skills {
        let path = Place::root().key("skills").key(id);
        look(path.clone(), id);
        for (branch, _) in root["branches"].as_object().into_iter().flatten() {
            look(path.key("branches").key(branch), branch);
        }
    }
    findings
}
