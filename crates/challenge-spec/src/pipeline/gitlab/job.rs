//! What a job runs, with what it takes over from the file.

use super::{File, text};
use crate::{
    pipeline::{
        Job, Script, Shell,
        growth::{Growth, size},
        literals, over,
    },
    yaml::{Entry, Node, Tree},
};

impl File<'_> {
    pub(super) fn env(&self, job: &Node) -> Vec<(String, String)> {
        let variables = |node: &Node| variables_of(self.source, node);
        let global = self
            .globals
            .get("variables")
            .filter(|_| inherits(job, "variables", None))
            .map(variables);
        over(
            global.unwrap_or_default(),
            job.get("variables").map(variables).unwrap_or_default(),
        )
    }

    /// The value of a key: the job's own, else that of `default`, else that at the top.
    pub(super) fn inherited<'a>(&'a self, job: &'a Node, key: &str) -> Option<&'a Node> {
        let own = job.get(key);
        let default = || {
            let default = self.globals.get("default");
            default
                .and_then(|default| default.get(key))
                .or_else(|| self.globals.get(key))
        };
        own.or_else(|| default().filter(|_| inherits(job, "default", Some(key))))
    }

    /// Puts the lines that a job runs into it, if there is still room for them.
    pub(super) fn script(&self, entry: &Entry, job: &mut Job, growth: &mut Growth) -> bool {
        let mut lines = Vec::new();
        if let Some(before) = self.inherited(&entry.value, "before_script") {
            if !growth.take(size(before)) {
                return false;
            }
            collect(before, &mut lines);
        }
        let before = lines.len();
        if let Some(script) = entry.value.get("script") {
            collect(script, &mut lines);
        }
        if let Some(Tree::List(steps)) = entry.value.get("run").map(|node| &node.tree) {
            for script in steps.iter().filter_map(|step| step.get("script")) {
                collect(script, &mut lines);
            }
        }
        if lines.len() > before {
            job.scripts.push(Script {
                shell: Shell::BashPipefail,
                text: plain(&lines.join("\n")),
                on_push: job.on_push,
                on_review: job.on_review,
                soft: false,
                folder: None,
                env: Vec::new(),
            });
        }
        true
    }
}

/// Whether a job takes over what it does not say itself.
fn inherits(job: &Node, kind: &str, key: Option<&str>) -> bool {
    match job
        .get("inherit")
        .and_then(|node| node.get(kind))
        .map(|node| &node.tree)
    {
        Some(Tree::Bool(value)) => *value,
        Some(Tree::List(items)) => {
            key.is_none_or(|key| items.iter().filter_map(text).any(|item| item == key))
        }
        _ => true,
    }
}

fn collect<'a>(node: &'a Node, lines: &mut Vec<&'a str>) {
    match &node.tree {
        Tree::List(items) => items.iter().for_each(|item| collect(item, lines)),
        Tree::Text(text) => lines.push(text.trim_end_matches('\n')),
        _ => {}
    }
}

/// Whether something is kept from one run to the next.
pub(super) fn keeps(cache: &Node) -> bool {
    match &cache.tree {
        Tree::List(items) => items.iter().any(keeps),
        Tree::Map(_) => {
            let has_paths = matches!(
                cache.get("paths").map(|paths| &paths.tree),
                Some(Tree::List(items)) if !items.is_empty()
            );
            has_paths
                || cache
                    .get("untracked")
                    .is_some_and(|node| node.tree == Tree::Bool(true))
        }
        _ => false,
    }
}

/// The variables that are written out, also those with a description.
pub(super) fn variables_of(source: &str, node: &Node) -> Vec<(String, String)> {
    let Tree::Map(entries) = &node.tree else {
        return Vec::new();
    };
    let flat = entries.iter().filter_map(|entry| {
        let value = match &entry.value.tree {
            Tree::Map(_) => entry.value.get("value")?,
            _ => &entry.value,
        };
        Some((entry.key.text.as_str(), value))
    });
    literals(source, flat, |value| value.contains('$'))
}

/// The text as a shell may read it: with a plain word in place of each input.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once("$[[") {
        let Some((_, after)) = inner.split_once("]]") else {
            break;
        };
        plain.push_str(before);
        plain.push_str("expression");
        rest = after;
    }
    plain + rest
}
