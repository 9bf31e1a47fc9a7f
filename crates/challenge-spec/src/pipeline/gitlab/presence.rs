//! Whether a job is in a pipeline, and begins by itself.

use super::{
    expression::holds,
    policy,
    scenario::{Own, Scenario},
};
use crate::{
    pipeline::condition::Truth,
    yaml::{Node, Tree},
};

/// What a pipeline does with a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Presence {
    pub(super) kind: Kind,
    /// Nothing that is not known was needed to tell.
    pub(super) sure: bool,
    /// Its failure does not fail the pipeline.
    pub(super) soft: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It has no such job.
    Absent,
    /// The job waits for a person or a failure.
    Waits,
    Runs,
}

/// Whether there is a pipeline at all.
pub(super) fn of_pipeline(workflow: Option<&Node>, scenario: &Scenario, own: &Own<'_>) -> bool {
    workflow_rules(workflow)
        .is_none_or(|rules| first(rules, scenario, own, "always", false).kind == Kind::Runs)
}

/// The rules of all pipelines, where there are any.
pub(super) fn workflow_rules(workflow: Option<&Node>) -> Option<&Node> {
    workflow?.get("rules").filter(|rules| is_list(rules))
}

/// What becomes of a job.
pub(super) fn of_job(job: &Node, scenario: &Scenario, own: &Own<'_>, by_default: bool) -> Presence {
    let when = match job.get("when").map(|when| &when.tree) {
        Some(Tree::Text(when)) => when.as_str(),
        _ => "on_success",
    };
    let soft = is_soft(job.get("allow_failure")).unwrap_or(false);
    if let Some(rules) = job.get("rules").filter(|rules| is_list(rules)) {
        return first(rules, scenario, own, when, soft);
    }
    let lets = policy::lets(job, scenario, own, by_default);
    Presence {
        kind: if lets.possible() {
            kind(when)
        } else {
            Kind::Absent
        },
        sure: lets != Truth::Perhaps,
        soft,
    }
}

fn is_list(node: &Node) -> bool {
    matches!(&node.tree, Tree::List(items) if !items.is_empty())
}

/// What the first rule that holds says. One that perhaps holds counts where it lets the job run.
fn first(rules: &Node, scenario: &Scenario, own: &Own<'_>, when: &str, soft: bool) -> Presence {
    let mut sure = true;
    let mut flat = Vec::new();
    flatten(rules, &mut flat);
    for rule in flat {
        let truth = truth(rule, scenario, own);
        if truth == Truth::No {
            continue;
        }
        sure &= truth == Truth::Yes;
        let kind = match rule.get("when").map(|when| &when.tree) {
            Some(Tree::Text(when)) => kind(when),
            _ => kind(when),
        };
        if truth == Truth::Yes || kind == Kind::Runs {
            return Presence {
                kind,
                sure,
                soft: is_soft(rule.get("allow_failure")).unwrap_or(soft),
            };
        }
    }
    Presence {
        kind: Kind::Absent,
        sure,
        soft,
    }
}

fn truth(rule: &Node, scenario: &Scenario, own: &Own<'_>) -> Truth {
    let condition = match rule.get("if").map(|node| &node.tree) {
        Some(Tree::Text(condition)) => holds(condition, scenario, own),
        Some(_) => Truth::Perhaps,
        None => Truth::Yes,
    };
    let asks_files = rule.get("changes").is_some() || rule.get("exists").is_some();
    condition.and(if asks_files {
        Truth::Perhaps
    } else {
        Truth::Yes
    })
}

/// Lists inside a list are what references have left.
pub(super) fn flatten<'a>(node: &'a Node, flat: &mut Vec<&'a Node>) {
    match &node.tree {
        Tree::List(items) => items.iter().for_each(|item| flatten(item, flat)),
        _ => flat.push(node),
    }
}

fn kind(when: &str) -> Kind {
    match when {
        "never" => Kind::Absent,
        "manual" | "on_failure" => Kind::Waits,
        _ => Kind::Runs,
    }
}

fn is_soft(node: Option<&Node>) -> Option<bool> {
    match &node?.tree {
        Tree::Bool(value) => Some(*value),
        Tree::Map(entries) => Some(!entries.is_empty()),
        _ => None,
    }
}
