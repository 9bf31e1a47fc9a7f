//! What is wrong with a job beside the forms of its values.

use std::collections::BTreeMap;

use super::{
    presence::flatten,
    vocabulary::{JOB, RULE, WORKFLOW_RULE},
};
use crate::{
    pipeline::{
        Host, Mistakes,
        form::{self, Form},
    },
    suggestion,
    yaml::{Entry, Node, Tree},
};

/// How many lists may stand inside each other in a script.
const MOST_NESTED: usize = 10;

/// Keys of which a job has one.
const KINDS: [&str; 3] = ["script", "run", "trigger"];

/// What jobs may name.
pub(super) struct Names<'a> {
    /// Jobs, with their places.
    pub(super) jobs: BTreeMap<&'a str, usize>,
    /// Stages in their order.
    pub(super) stages: Vec<&'a str>,
    /// There may be more that other files bring.
    pub(super) open: bool,
}

/// A job that another one waits for.
pub(super) struct Need {
    pub(super) job: usize,
    /// It may be missing from a pipeline.
    pub(super) optional: bool,
}

/// Checks a job and gives those that it needs.
pub(super) fn job(
    entry: &Entry,
    written: &Node,
    names: &Names<'_>,
    all: &[Entry],
    mistakes: &mut Mistakes,
) -> Vec<Need> {
    let node = &entry.value;
    if !matches!(node.tree, Tree::Map(_)) {
        let found = crate::shape::found(node);
        mistakes.value(node, format!("expected an object, found {found}"));
        return Vec::new();
    }
    form::check(Host::GitLab, node, &JOB, mistakes);
    let kinds: Vec<&str> = KINDS
        .into_iter()
        .filter(|kind| node.get(kind).is_some())
        .collect();
    match kinds.as_slice() {
        [_] => {}
        [] if names.open && written.get("extends").is_some() => {}
        [] => {
            let problem = mistakes.key(&entry.key, format!("`{}` runs nothing", entry.key.text));
            problem.help = Some("give it `script`".to_owned());
        }
        [one, other, ..] => exclusive(entry, one, other, mistakes),
    }
    for key in ["script", "before_script", "after_script"] {
        if let Some(node) = node.get(key) {
            script(node, key == "script", mistakes);
        }
    }
    for key in ["only", "except"] {
        if node.get("rules").is_some() && node.get(key).is_some() {
            exclusive(entry, key, "rules", mistakes);
        }
    }
    if let Some(node) = node.get("rules") {
        rules(node, &RULE, mistakes);
    }
    if let Some(coverage) = node.get("coverage")
        && let Tree::Text(text) = &coverage.tree
        && (text.len() < 2 || !text.starts_with('/') || !text.ends_with('/'))
    {
        mistakes.value(coverage, "`coverage` is a pattern between two `/`");
    }
    if matches!(node.get("when").map(|when| &when.tree), Some(Tree::Text(when)) if when == "delayed")
        && node.get("start_in").is_none()
    {
        mistakes.key(&entry.key, "a delayed job needs `start_in`");
    }
    let stage = stage(node, names, mistakes);
    needs(node, stage, names, all, mistakes)
}

fn exclusive(entry: &Entry, one: &str, other: &str, mistakes: &mut Mistakes) {
    let keys = match &entry.value.tree {
        Tree::Map(entries) => entries.as_slice(),
        _ => &[],
    };
    let key = keys.iter().find(|entry| entry.key.text == one);
    let message = format!("`{one}` and `{other}` exclude each other");
    mistakes.key(key.map_or(&entry.key, |entry| &entry.key), message);
}

/// Checks rules, of a job or of all pipelines.
pub(super) fn rules(node: &Node, form: &'static Form, mistakes: &mut Mistakes) {
    if !matches!(node.tree, Tree::List(_)) {
        // The form of what is around has told it.
        return;
    }
    let mut flat = Vec::new();
    flatten(node, &mut flat);
    for rule in flat {
        form::check(Host::GitLab, rule, form, mistakes);
    }
}

/// Checks the rules of all pipelines.
pub(super) fn workflow(node: &Node, mistakes: &mut Mistakes) {
    if let Some(node) = node.get("rules") {
        rules(node, &WORKFLOW_RULE, mistakes);
    }
}

/// Checks lines of a script.
pub(super) fn script(node: &Node, must_run: bool, mistakes: &mut Mistakes) {
    let is_empty = match &node.tree {
        Tree::List(items) => items.is_empty(),
        Tree::Text(text) => text.is_empty(),
        Tree::Null => true,
        _ => false,
    };
    if is_empty {
        if must_run {
            mistakes.value(node, "`script` is empty");
        }
        return;
    }
    lines(node, 0, mistakes);
}

fn lines(node: &Node, level: usize, mistakes: &mut Mistakes) {
    match &node.tree {
        Tree::Text(_) => {}
        Tree::List(_) if level > MOST_NESTED => {
            let message = format!("more than {MOST_NESTED} lists stand inside each other");
            mistakes.value(node, message);
        }
        Tree::List(items) => {
            for item in items {
                lines(item, level + 1, mistakes);
            }
        }
        _ => {
            let found = crate::shape::found(node);
            let message = format!("expected a string or a list of strings, found {found}");
            let problem = mistakes.value(node, message);
            "a line of a script".clone_into(&mut problem.label);
            if matches!(node.tree, Tree::Map(_)) {
                problem.help = Some("put a line that has a colon in it in quotes".to_owned());
            }
        }
    }
}

/// The place of a job's stage among all.
fn stage(node: &Node, names: &Names<'_>, mistakes: &mut Mistakes) -> Option<usize> {
    let place = |name: &str| names.stages.iter().position(|stage| *stage == name);
    let Some(stage) = node.get("stage") else {
        return place("test");
    };
    let Tree::Text(name) = &stage.tree else {
        return None;
    };
    let found = place(name);
    if found.is_none() && !names.open && !name.contains("$[[") {
        let problem = mistakes.value(stage, format!("there is no stage `{name}`"));
        problem.help = suggestion::help(name, names.stages.iter().copied());
    }
    found
}

fn needs(
    node: &Node,
    stage: Option<usize>,
    names: &Names<'_>,
    all: &[Entry],
    mistakes: &mut Mistakes,
) -> Vec<Need> {
    let mut found: Vec<Need> = Vec::new();
    let later = |job: usize| {
        let other = match all[job].value.get("stage").map(|stage| &stage.tree) {
            Some(Tree::Text(name)) => name.as_str(),
            _ => "test",
        };
        let other = names.stages.iter().position(|stage| *stage == other);
        matches!((other, stage), (Some(other), Some(own)) if other > own)
    };
    for key in ["needs", "dependencies"] {
        let mut flat = Vec::new();
        if let Some(node) = node.get(key) {
            flatten(node, &mut flat);
        }
        for need in flat {
            let elsewhere = ["pipeline", "project"];
            let (place, name) = match &need.tree {
                Tree::Text(name) => (need, name),
                Tree::Map(_) if elsewhere.iter().any(|key| need.get(key).is_some()) => continue,
                Tree::Map(_) => {
                    let job = need.get("job");
                    let Some((job, Tree::Text(name))) = job.map(|job| (job, &job.tree)) else {
                        mistakes.value(need, "the key `job` is missing");
                        continue;
                    };
                    (job, name)
                }
                _ => continue,
            };
            let optional = need
                .get("optional")
                .is_some_and(|node| node.tree == Tree::Bool(true));
            match names.jobs.get(name.as_str()) {
                Some(job) if later(*job) => {
                    let message = format!("`{name}` is in a later stage");
                    mistakes.value(place, message);
                }
                Some(job) if key == "needs" => {
                    if found.iter().all(|need| need.job != *job) {
                        found.push(Need {
                            job: *job,
                            optional,
                        });
                    }
                }
                Some(_) => {}
                None if names.open || optional || name.contains("$[[") => {}
                None => {
                    let problem = mistakes.value(place, format!("there is no job `{name}`"));
                    problem.help = suggestion::help(name, names.jobs.keys().copied());
                }
            }
        }
    }
    found
}
