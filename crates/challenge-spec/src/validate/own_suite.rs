//! Implementations, and the checks that look at the submission's own tests.

use std::collections::HashMap;

use super::{
    identity::{is_kebab_case, not_kebab_case},
    quantities::no_time,
    suites::beside_starters,
};
use crate::{
    finding::Finding,
    model::{ChallengeFile, Check, OwnSuiteStep, Step},
    path::{Part, Path},
    suggestion,
};

pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let root = Path::root();
    for (name, implementation) in &file.implementations {
        let path = root.key("implementations").key(name);
        if !is_kebab_case(name) {
            findings.push(Finding {
                part: Part::Key,
                ..not_kebab_case(path.clone(), name)
            });
        }
        let from = path.key("from");
        findings.extend(beside_starters(
            file,
            &implementation.from,
            "implementation",
            &from,
        ));
    }
    findings.extend(no_time(
        root.key("own_suite").key("within"),
        file.own_suite.within,
    ));
    for (place, check) in file.checks.iter().enumerate() {
        look_at(file, check, &root.key("checks").index(place), findings);
    }
}

fn look_at(file: &ChallengeFile, check: &Check, path: &Path, findings: &mut Vec<Finding>) {
    let steps = path.key("steps");
    let mut first = None;
    for (place, step) in check.steps.iter().enumerate() {
        let path = steps.index(place);
        nested(step, &path, findings);
        if !step.is_of_tests() {
            continue;
        }
        first.get_or_insert_with(|| path.clone());
        if let Step::OwnSuite(step) = step {
            look_at_step(file, step, &path.key("own_suite"), findings);
        }
    }
    let Some(first) = first else { return };
    if !check.is_of_tests() {
        findings.push(
            Finding::value(
                first,
                "this looks at the submission's tests, and other steps of the check at its app",
            )
            .help("move the other steps into another check, which this may require".to_owned()),
        );
    }
    if check.reset.is_some() {
        findings.push(
            Finding::key(
                path.key("reset"),
                "the submission's tests are run beside fresh services each time",
            )
            .help("leave it out".to_owned()),
        );
    }
}

/// What is run several times over in another step says nothing more.
fn nested(step: &Step, path: &Path, findings: &mut Vec<Finding>) {
    let Some((key, inner)) = step.inner() else {
        return;
    };
    let path = path.key(key).key("steps");
    for (place, step) in inner.iter().enumerate() {
        let path = path.index(place);
        if step.is_of_tests() {
            findings.push(
                Finding::value(
                    path.clone(),
                    "what looks at the submission's tests cannot stand inside another step",
                )
                .help("make it a step of its own; it has `times`".to_owned()),
            );
        }
        nested(step, &path, findings);
    }
}

fn look_at_step(
    file: &ChallengeFile,
    step: &OwnSuiteStep,
    path: &Path,
    findings: &mut Vec<Finding>,
) {
    let mut first: HashMap<&str, Path> = HashMap::new();
    for (key, names, is_patched) in [
        ("accepts", &step.accepts, false),
        ("rejects", &step.rejects, true),
    ] {
        for (place, name) in names.iter().enumerate() {
            let path = path.key(key).index(place);
            findings.extend(named(file, name, is_patched, &path));
            if let Some(earlier) = first.insert(name, path.clone()) {
                findings.push(
                    Finding::value(path, format!("`{name}` stands here twice")).also(
                        earlier,
                        Part::Value,
                        "first here",
                    ),
                );
            }
        }
    }
    if let Some(choose) = step.choose
        && usize::try_from(choose).is_ok_and(|choose| choose > step.rejects.len())
    {
        let there = step.rejects.len();
        findings.push(Finding::value(
            path.key("choose"),
            format!("{choose} cannot be chosen from {there}"),
        ));
    }
    let Some(within) = step.within else { return };
    let path = path.key("within");
    findings.extend(no_time(path.clone(), within));
    if within > file.own_suite.within {
        findings.push(
            Finding::value(
                path,
                format!("nothing runs longer than {}", file.own_suite.within),
            )
            .label("more than `own_suite.within`"),
        );
    }
}

fn named(file: &ChallengeFile, name: &str, is_patched: bool, path: &Path) -> Option<Finding> {
    let such = |patched: bool| {
        let all = file.implementations.iter();
        all.filter(move |(_, one)| one.patch.is_some() == patched)
            .map(|(name, _)| name.as_str())
    };
    let Some(implementation) = file.implementations.get(name) else {
        return Some(
            Finding::value(path.clone(), format!("there is no implementation `{name}`"))
                .label("unknown implementation")
                .help(suggestion::help(name, such(is_patched))),
        );
    };
    match (implementation.patch.is_some(), is_patched) {
        (true, false) => Some(
            Finding::value(
                path.clone(),
                format!("`{name}` has a patch: it is defective"),
            )
            .label("nothing to be accepted")
            .help("name it in `rejects`".to_owned()),
        ),
        (false, true) => Some(
            Finding::value(
                path.clone(),
                format!("`{name}` has no patch: it is correct"),
            )
            .label("nothing to be rejected")
            .help("name it in `accepts`, or give it a `patch`".to_owned()),
        ),
        _ => None,
    }
}
