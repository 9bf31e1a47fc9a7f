//! `only` and `except`, which `rules` have taken the place of.

use super::{
    expression::holds,
    scenario::{Own, Scenario, Source},
};
use crate::{
    pipeline::condition::Truth,
    yaml::{Node, Tree},
};

/// Words that stand for kinds of pipelines and not for names of branches.
const KINDS: [&str; 13] = [
    "api",
    "branches",
    "chat",
    "external",
    "external_pull_requests",
    "merge_requests",
    "parent_pipelines",
    "pipelines",
    "pushes",
    "schedules",
    "tags",
    "triggers",
    "web",
];

/// Whether `only` and `except` let a job run; without them it does for branches and tags.
pub(super) fn lets(job: &Node, scenario: &Scenario, own: &Own<'_>, by_default: bool) -> Truth {
    let only = match job.get("only").filter(|node| node.tree != Tree::Null) {
        None if by_default => default_refs(scenario, own),
        None => Truth::Yes,
        Some(only) => match &only.tree {
            Tree::Map(_) => {
                let refs = only.get("refs").map_or_else(
                    || default_refs(scenario, own),
                    |refs| any_ref(refs, scenario, own),
                );
                let variables = only
                    .get("variables")
                    .map_or(Truth::Yes, |node| any_condition(node, scenario, own));
                let more = only.get("changes").is_some() || only.get("kubernetes").is_some();
                let more = if more { Truth::Perhaps } else { Truth::Yes };
                refs.and(variables).and(more)
            }
            _ => any_ref(only, scenario, own),
        },
    };
    let except = match job.get("except") {
        None => Truth::No,
        Some(except) => match &except.tree {
            Tree::Map(_) => {
                let refs = except
                    .get("refs")
                    .map_or(Truth::No, |refs| any_ref(refs, scenario, own));
                let variables = except
                    .get("variables")
                    .map_or(Truth::No, |node| any_condition(node, scenario, own));
                let more = except.get("changes").is_some() || except.get("kubernetes").is_some();
                let more = if more { Truth::Perhaps } else { Truth::No };
                refs.or(variables).or(more)
            }
            _ => any_ref(except, scenario, own),
        },
    };
    only.and(!except)
}

fn default_refs(scenario: &Scenario, own: &Own<'_>) -> Truth {
    is_ref("branches", scenario, own).or(is_ref("tags", scenario, own))
}

fn any_ref(node: &Node, scenario: &Scenario, own: &Own<'_>) -> Truth {
    any(node, &|text| is_ref(text, scenario, own))
}

fn any_condition(node: &Node, scenario: &Scenario, own: &Own<'_>) -> Truth {
    any(node, &|text| holds(text, scenario, own))
}

fn any(node: &Node, holds: &dyn Fn(&str) -> Truth) -> Truth {
    match &node.tree {
        Tree::List(items) => items
            .iter()
            .map(|item| any(item, holds))
            .fold(Truth::No, Truth::or),
        Tree::Text(text) => holds(text),
        _ => Truth::No,
    }
}

fn is_ref(pattern: &str, scenario: &Scenario, own: &Own<'_>) -> Truth {
    let is_of_project = pattern.contains('@') && !pattern.starts_with('/');
    match scenario.source {
        Source::Other => Truth::Perhaps,
        Source::Push | Source::Review if is_of_project || pattern.starts_with('$') => {
            Truth::Perhaps
        }
        Source::Review => matches!(pattern, "merge_requests" | "merge_request").into(),
        Source::Push if matches!(pattern, "branches" | "pushes" | "push") => Truth::Yes,
        Source::Push if KINDS.contains(&pattern) => Truth::No,
        Source::Push if pattern.starts_with('/') => own
            .patterns
            .finds(pattern, scenario.branch)
            .map_or(Truth::Perhaps, Truth::from),
        Source::Push => (pattern == scenario.branch).into(),
    }
}
