//! When a job of GitLab runs: `workflow`, `rules`, and what there was before them.

use serde_json::{Map, Value};

use super::super::{
    condition::{Occasion, Variables, holds},
    value::{plain, text, texts},
};

/// That a job runs by itself, and whether its rule lets it fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) soft: Option<bool>,
}

/// Whether a job runs on an occasion: on a push to the default branch or to another.
pub(super) fn runs(
    job: &Map<String, Value>,
    top: &Map<String, Value>,
    occasion: Occasion,
) -> Option<Run> {
    let branches: &[&str] = match occasion {
        Occasion::Push => &["main", "work"],
        Occasion::Review => &["work"],
    };
    branches.iter().find_map(|branch| {
        let mut variables = variables(occasion, branch);
        variables.extend(plain(top.get("variables")));
        variables.extend(plain(job.get("variables")));
        // The pipeline's own come first, whatever a file calls its variables.
        variables.extend(self::variables(occasion, branch));
        let workflow = top.get("workflow").and_then(|all| all.get("rules"));
        if let Some(rules) = workflow {
            first(rules, &variables, None)?;
        }
        let when = job.get("when").and_then(text);
        if let Some(rules) = job.get("rules") {
            return first(rules, &variables, when.as_deref());
        }
        let by_itself = !matches!(when.as_deref(), Some("never" | "manual"));
        (by_itself && is_taken(job, workflow.is_some(), occasion, branch))
            .then_some(Run { soft: None })
    })
}

fn variables(occasion: Occasion, branch: &str) -> Variables {
    let mut all = vec![
        ("CI", "true"),
        ("CI_COMMIT_REF_NAME", branch),
        ("CI_DEFAULT_BRANCH", "main"),
    ];
    match occasion {
        Occasion::Push => {
            all.extend([("CI_PIPELINE_SOURCE", "push"), ("CI_COMMIT_BRANCH", branch)]);
        }
        Occasion::Review => all.extend([
            ("CI_PIPELINE_SOURCE", "merge_request_event"),
            ("CI_MERGE_REQUEST_ID", "1"),
            ("CI_MERGE_REQUEST_IID", "1"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", branch),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ]),
    }
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    all.into_iter().map(own).collect()
}

/// What the first rule that matches says; nothing where none does, or it says that there is no run.
fn first(rules: &Value, variables: &Variables, otherwise: Option<&str>) -> Option<Run> {
    let rules = rules.as_array()?;
    let matches = |rule: &&Value| match rule.get("if").and_then(text) {
        // What is not understood counts for the submission.
        Some(when) => holds(&when, variables).unwrap_or(true),
        None => true,
    };
    let rule = rules.iter().find(matches)?;
    let when = rule.get("when").and_then(text);
    let when = when.as_deref().or(otherwise);
    let soft = rule.get("allow_failure").and_then(Value::as_bool);
    (!matches!(when, Some("never" | "manual"))).then_some(Run { soft })
}

/// By `only` and `except`.
fn is_taken(
    job: &Map<String, Value>,
    has_workflow: bool,
    occasion: Occasion,
    branch: &str,
) -> bool {
    let refs = |key: &str| {
        let value = job.get(key)?;
        texts(value.get("refs").unwrap_or(value))
    };
    let names = |name: &String| {
        let name = name.as_str();
        match occasion {
            Occasion::Push => {
                ["branches", "pushes", branch].contains(&name)
                    || (name.starts_with('/') && is_like(name, branch))
            }
            Occasion::Review => name == "merge_requests",
        }
    };
    let taken = match refs("only") {
        Some(only) => only.iter().any(names),
        // What is there by default makes way for rules of the whole pipeline.
        None => occasion == Occasion::Push || has_workflow,
    };
    taken && !refs("except").is_some_and(|except| except.iter().any(names))
}

/// Whether a branch matches `/pattern/`; doubt counts for the submission.
fn is_like(pattern: &str, branch: &str) -> bool {
    let inner = pattern.trim_start_matches('/');
    let inner = inner.rsplit_once('/').map_or(inner, |(inner, _)| inner);
    regex::Regex::new(inner).map_or(true, |pattern| pattern.is_match(branch))
}
