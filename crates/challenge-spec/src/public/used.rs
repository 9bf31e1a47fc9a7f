use std::collections::BTreeSet;

use serde_json::Value;

use crate::{model::ChallengeFile, validate::names_used_in};

/// The names of the challenge's vars that its checks use, and what those use in turn.
pub(super) fn names(file: &ChallengeFile) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    if let Ok(checks) = serde_json::to_value(&file.checks) {
        names_used_in(&checks, &mut used);
    }
    // A var sees those before it only.
    for (name, template) in file.vars.iter().rev() {
        if used.contains(name) {
            names_used_in(&Value::String(template.0.clone()), &mut used);
        }
    }
    used
}
