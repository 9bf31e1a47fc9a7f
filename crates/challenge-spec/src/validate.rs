//! What a challenge file of the right shape may still get wrong: names that lead nowhere, templates,
//! matchers, order, files.

use std::{collections::BTreeSet, path::Path as FilePath};

use serde_json::Value;

use crate::{
    expression::is_template,
    finding::Finding,
    model::ChallengeFile,
    path::Path,
    schema::SCHEMA_VERSION,
    shape::Repaired,
    skills::Skills,
    yaml::{Node, Tree},
};

mod against;
mod capacity;
mod checks;
mod circle;
mod differential;
mod environment;
mod fault;
mod files;
mod identity;
mod load;
mod logs;
mod migration;
mod openapi;
mod own_suite;
mod proof;
mod quantities;
mod queries;
mod redis;
mod replica;
mod request;
mod reset;
mod scope;
mod sql;
mod steps;
mod stub;
mod suites;
mod template;
mod tokens;

pub use identity::is_kebab_case;
pub(crate) use steps::for_each_capture;

/// The names that templates anywhere in a value use.
pub(crate) fn names_used_in(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if is_template(text) => {
            let values = tokens::names(text)
                .into_iter()
                .filter(|name| matches!(name.role, tokens::Role::Variable | tokens::Role::Call));
            used.extend(values.map(|name| name.text.to_owned()));
        }
        Value::Array(items) => items.iter().for_each(|item| names_used_in(item, used)),
        Value::Object(fields) => fields.values().for_each(|field| names_used_in(field, used)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What a file is looked at against.
pub(crate) struct Surroundings<'a> {
    /// The challenge's folder.
    pub(crate) dir: &'a FilePath,
    /// The skills that there are.
    pub(crate) skills: &'a Skills,
    /// What in the file is not as the author wrote it.
    pub(crate) repaired: &'a Repaired,
}

/// Every mistake in the file, those in repaired places left out: they have been told already.
pub(crate) fn findings(file: &ChallengeFile, around: &Surroundings<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    identity::look(file, around, &mut findings);
    environment::look(file, &mut findings);
    quantities::look(file, &mut findings);
    checks::look(file, around, &mut findings);
    reset::look(file, around, &mut findings);
    circle::look(file, &mut findings);
    steps::look(file, around, &mut findings);
    stub::beside_references(file, &mut findings);
    suites::look(file, &mut findings);
    own_suite::look(file, &mut findings);
    files::look(file, around.dir, &mut findings);
    proof::look(file, around.dir, &mut findings);
    findings.retain(|finding| !around.repaired.covers(&finding.path));
    findings
}

/// A file of another version is told nothing else: the rest would be noise.
pub(crate) fn unsupported(root: &Node) -> Option<Finding> {
    let Tree::Number(version) = &root.get("schema")?.tree else {
        return None;
    };
    (version.as_u64() != Some(u64::from(SCHEMA_VERSION))).then(|| {
        Finding::value(
            Path::root().key("schema"),
            format!("the schema {version} is not supported"),
        )
        .label(format!("this version reads schema {SCHEMA_VERSION}"))
    })
}
