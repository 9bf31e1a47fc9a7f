//! Names that are made and not used; implementations that nothing is run against.

use std::collections::BTreeSet;

use crate::{
    finding::Finding,
    model::{ChallengeFile, Check, OwnSuiteStep},
    path::Path,
    validate::{for_each_capture, names_used_in},
};

pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let checks = Path::root().key("checks");
    let mut by_all = BTreeSet::new();
    if let Ok(vars) = serde_json::to_value(&file.vars) {
        names_used_in(&vars, &mut by_all);
    }
    for (place, check) in file.checks.iter().enumerate() {
        let path = checks.index(place);
        let mut used = BTreeSet::new();
        if let Ok(value) = serde_json::to_value(check) {
            names_used_in(&value, &mut used);
        }
        for name in check.vars.keys() {
            if !used.contains(name) {
                findings.push(unused(path.key("vars").key(name), name));
            }
        }
        for_each_capture(&check.steps, &path.key("steps"), &mut |name, path| {
            if !used.contains(name) {
                findings.push(unused(path, name));
            }
        });
        by_all.extend(used);
    }
    let asked: BTreeSet<&str> = file
        .checks
        .iter()
        .flat_map(Check::own_suite)
        .flat_map(OwnSuiteStep::named)
        .collect();
    for name in file.implementations.keys() {
        if !asked.contains(name.as_str()) {
            findings.push(unused(Path::root().key("implementations").key(name), name));
        }
    }
    for name in file.vars.keys() {
        if !by_all.contains(name) {
            findings.push(unused(Path::root().key("vars").key(name), name));
        }
    }
}

fn unused(path: Path, name: &str) -> Finding {
    Finding::key(path, format!("nothing uses `{name}`")).help("leave it out".to_owned())
}
