//! Suites, and the checks that stand for their tests.

use std::{collections::HashMap, path::Path as FilePath};

use super::{
    identity::{is_kebab_case, not_kebab_case},
    quantities::no_time,
};
use crate::{
    finding::Finding,
    model::{ChallengeFile, Check, Step, SuiteTest, Visibility},
    path::{Part, Path},
    public::plain,
    suggestion,
};

pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let root = Path::root();
    for (name, suite) in &file.suites {
        let path = root.key("suites").key(name);
        if !is_kebab_case(name) {
            findings.push(Finding {
                part: Part::Key,
                ..not_kebab_case(path.clone(), name)
            });
        }
        if suite.run.trim().is_empty() {
            findings.push(Finding::value(path.key("run"), "the command is empty"));
        }
        findings.extend(no_time(path.key("within"), suite.within));
        findings.extend(beside_starters(
            file,
            &suite.from,
            "suite",
            &path.key("from"),
        ));
    }
    let mut tests: HashMap<&SuiteTest, Path> = HashMap::new();
    let mut seen: HashMap<&str, (Visibility, Path)> = HashMap::new();
    for (place, check) in file.checks.iter().enumerate() {
        let path = root.key("checks").index(place);
        nested(&check.steps, &path.key("steps"), findings);
        let Some((number, test)) = of(check) else {
            findings.extend(named_without_test(check, &path));
            continue;
        };
        let step = path.key("steps").index(number).key("suite");
        findings.extend(look_at(file, check, test, &path, &step));
        if let Some(first) = tests.insert(test, step.key("test")) {
            findings.push(
                Finding::value(
                    step.key("test"),
                    "another check stands for this test already",
                )
                .also(first, Part::Value, "the other one"),
            );
        }
        let known = seen.entry(&test.of);
        let (visibility, first) = known.or_insert((check.visibility, path.key("id")));
        if *visibility != check.visibility {
            findings.push(
                Finding::value(
                    path.key("id"),
                    format!("the checks of the suite `{}` are public and hidden", test.of),
                )
                .help("the suite's files are handed out or they are not: make them all one or the other".to_owned())
                .also(first.clone(), Part::Value, "the other one"),
            );
        }
    }
}

/// What lies in a starter's folder is handed out with it.
pub(super) fn beside_starters(
    file: &ChallengeFile,
    from: &FilePath,
    noun: &str,
    path: &Path,
) -> Option<Finding> {
    let from = plain(from);
    let mut starters = file.starters.iter();
    let (language, _) = starters.find(|(_, starter)| {
        let starter = plain(starter);
        from.starts_with(&starter) || starter.starts_with(&from)
    })?;
    Some(
        Finding::value(
            path.clone(),
            format!("the {noun} shares its folder with a starter"),
        )
        .help("give it one of its own: a starter is handed out".to_owned())
        .also(
            Path::root().key("starters").key(language),
            Part::Value,
            "this one",
        ),
    )
}

/// The first step of a check that is a test of a suite.
fn of(check: &Check) -> Option<(usize, &SuiteTest)> {
    let mut steps = check.steps.iter().enumerate();
    steps.find_map(|(number, step)| match step {
        Step::Suite(test) => Some((number, test)),
        _ => None,
    })
}

fn look_at(
    file: &ChallengeFile,
    check: &Check,
    test: &SuiteTest,
    path: &Path,
    step: &Path,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = &test.of;
    if !file.suites.contains_key(name) {
        let known = file.suites.keys().map(String::as_str);
        findings.push(
            Finding::value(step.key("of"), format!("there is no suite `{name}`"))
                .label("unknown suite")
                .help(suggestion::help(name, known)),
        );
    }
    if test.test.trim().is_empty() {
        findings.push(Finding::value(step.key("test"), "the test has no name"));
    }
    if check.steps.len() > 1 {
        findings.push(
            Finding::value(path.key("id"), "a test of a suite is a check of its own").help(
                "move the other steps into another check, which may require this one".to_owned(),
            ),
        );
    }
    let begins = format!("{name}/");
    if !check.id.starts_with(&begins) {
        let words = check.id.rsplit('/').next().unwrap_or_default();
        findings.push(
            Finding::value(path.key("id"), "a test of a suite is named after it")
                .help(format!("write `id: {begins}{words}`")),
        );
    }
    findings
}

/// Inside another step it could be asked for again and again, and is run once.
fn nested(steps: &[Step], path: &Path, findings: &mut Vec<Finding>) {
    for (place, step) in steps.iter().enumerate() {
        let path = path.index(place);
        let Some((key, inner)) = step.inner() else {
            continue;
        };
        let path = path.key(key).key("steps");
        for (place, step) in inner.iter().enumerate() {
            if let Step::Suite(_) = step {
                let path = path.index(place).key("suite");
                findings.push(
                    Finding::key(
                        path,
                        "a suite is run once, and cannot stand inside another step",
                    )
                    .help("make it a check of its own".to_owned()),
                );
            }
        }
        nested(inner, &path, findings);
    }
}

fn named_without_test(check: &Check, path: &Path) -> Option<Finding> {
    let (suite, _) = check.id.split_once('/')?;
    Some(
        Finding::value(path.key("id"), "only a test of a suite has a `/` in its id").help(format!(
            "write a step `suite: {{ of: {suite}, test: ... }}`, or an id without it"
        )),
    )
}
