use std::collections::HashMap;

use super::pattern::Patterns;

/// An event that is imagined, and the branch that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scenario {
    pub(super) source: Source,
    pub(super) branch: &'static str,
    /// The default branch, which reviews are for.
    pub(super) default: &'static str,
}

/// What begins a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Push,
    Review,
    /// A tag, a schedule or the like: which one is not known.
    Other,
}

pub(super) const SCENARIOS: [Scenario; 6] = [
    scenario(Source::Push, "main", "main"),
    scenario(Source::Push, "work", "main"),
    scenario(Source::Push, "master", "master"),
    scenario(Source::Review, "work", "main"),
    scenario(Source::Review, "work", "master"),
    scenario(Source::Other, "main", "main"),
];

const fn scenario(source: Source, branch: &'static str, default: &'static str) -> Scenario {
    Scenario {
        source,
        branch,
        default,
    }
}

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Variable {
    Unset,
    Text(String),
    /// Something that is not empty.
    Some,
    Unknown,
}

/// Variables by name: nothing where the value is not written out.
pub(super) type Layer = HashMap<String, Option<String>>;

/// What a file itself says to its conditions.
#[derive(Debug)]
pub(super) struct Own<'a> {
    /// Its variables; later ones win.
    pub(super) layers: Vec<&'a Layer>,
    /// Its patterns.
    pub(super) patterns: &'a Patterns,
}

impl Own<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let mut layers = self.layers.iter().rev();
        layers.find_map(|layer| layer.get(name))?.as_deref()
    }
}

/// Beginnings of predefined variables that are set in every pipeline.
const ALWAYS: [&str; 6] = [
    "CI_COMMIT_SHA",
    "CI_COMMIT_SHORT_SHA",
    "CI_COMMIT_TITLE",
    "CI_JOB_",
    "CI_PROJECT_",
    "CI_SERVER",
];
const OF_REVIEWS: [&str; 5] = [
    "CI_MERGE_REQUEST_ID",
    "CI_MERGE_REQUEST_IID",
    "CI_MERGE_REQUEST_PROJECT_",
    "CI_MERGE_REQUEST_TITLE",
    "CI_OPEN_MERGE_REQUESTS",
];

impl Scenario {
    /// What a variable holds when this happens.
    pub(super) fn variable(&self, name: &str, own: &Own<'_>) -> Variable {
        let text = |text: &str| Variable::Text(text.to_owned());
        let is_review = self.source == Source::Review;
        if matches!(name, "CI" | "GITLAB_CI") {
            return text("true");
        }
        if name.starts_with("CI_") && self.source == Source::Other {
            return Variable::Unknown;
        }
        match name {
            "CI_PIPELINE_SOURCE" if is_review => text("merge_request_event"),
            "CI_PIPELINE_SOURCE" => text("push"),
            "CI_COMMIT_BRANCH" if is_review => Variable::Unset,
            "CI_COMMIT_BRANCH" | "CI_COMMIT_REF_NAME" | "CI_COMMIT_REF_SLUG" => text(self.branch),
            "CI_DEFAULT_BRANCH" => text(self.default),
            "CI_COMMIT_TAG" => Variable::Unset,
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME" if is_review => text(self.default),
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME" if is_review => text(self.branch),
            name if is_review && OF_REVIEWS.contains(&name) => Variable::Some,
            name if is_review && name.starts_with("CI_MERGE_REQUEST_") => Variable::Unknown,
            name if name.starts_with("CI_MERGE_REQUEST_")
                || name.starts_with("CI_EXTERNAL_PULL_REQUEST_")
                || name == "CI_OPEN_MERGE_REQUESTS" =>
            {
                Variable::Unset
            }
            name if ALWAYS.iter().any(|start| name.starts_with(start)) => Variable::Some,
            name => match own.get(name) {
                Some(value) => Variable::Text(value.to_owned()),
                None => Variable::Unknown,
            },
        }
    }
}
