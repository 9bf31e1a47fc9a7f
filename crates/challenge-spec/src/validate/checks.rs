use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;

use super::{
    Surroundings,
    identity::{is_kebab_case, not_kebab_case},
};
use crate::{
    finding::Finding,
    model::{ChallengeFile, Check, Defect},
    path::{Part, Path},
    problem::ENOUGH,
    suggestion,
};

/// Ids, skills, and what checks and defects say about each other.
pub(super) fn look(file: &ChallengeFile, around: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    let checks = Path::root().key("checks");
    let defects = Path::root().key("defects");
    ids(
        file.checks.iter().map(|check| &check.id),
        "check",
        &checks,
        findings,
    );
    ids(
        file.defects.iter().map(|defect| &defect.id),
        "defect",
        &defects,
        findings,
    );
    let names = Names {
        checks: file.checks.iter().map(|check| check.id.as_str()).collect(),
        // An id that was not read could be the very one that is named.
        known: (0..file.checks.len())
            .all(|place| !around.repaired.covers(&checks.index(place).key("id")))
            && !around.repaired.covers(&checks),
    };
    for (place, check) in file.checks.iter().enumerate() {
        if findings.len() >= ENOUGH {
            return;
        }
        look_check(check, &checks.index(place), &names, around, findings);
    }
    for (place, defect) in file.defects.iter().enumerate() {
        look_defect(defect, file, &defects.index(place), &names, findings);
    }
}

struct Names<'a> {
    checks: IndexSet<&'a str>,
    known: bool,
}

impl Names<'_> {
    fn unknown(&self, path: Path, id: &str) -> Option<Finding> {
        (self.known && !self.checks.contains(id)).then(|| {
            Finding::value(path, format!("there is no check `{id}`"))
                .label("unknown check")
                .help(suggestion::help(id, self.checks.iter().copied()))
        })
    }
}

fn ids<'a>(
    ids: impl Iterator<Item = &'a String>,
    noun: &str,
    path: &Path,
    findings: &mut Vec<Finding>,
) {
    let mut first: HashMap<&str, Path> = HashMap::new();
    for (place, id) in ids.enumerate() {
        let path = path.index(place).key("id");
        // A test of a suite stands behind the suite's name.
        if !id.split('/').all(is_kebab_case) {
            findings.push(not_kebab_case(path, id));
        } else if let Some(earlier) = first.get(id.as_str()) {
            findings.push(
                Finding::value(path, format!("two {noun}s have the id `{id}`"))
                    .label("again here")
                    .help("give each its own".to_owned())
                    .also(earlier.clone(), Part::Value, "first here"),
            );
        } else {
            first.insert(id, path);
        }
    }
}

fn look_check(
    check: &Check,
    path: &Path,
    names: &Names<'_>,
    around: &Surroundings<'_>,
    findings: &mut Vec<Finding>,
) {
    if check.title.trim().is_empty() {
        findings.push(Finding::value(path.key("title"), "the title is empty"));
    }
    if !around.skills.contains(&check.skill) {
        let ids: Vec<String> = around.skills.ids().collect();
        findings.push(unknown_skill(path.key("skill"), &check.skill, &ids));
    }
    let mut seen = HashSet::new();
    for (place, required) in check.requires.iter().enumerate() {
        let path = path.key("requires").index(place);
        findings.extend(if seen.insert(required) {
            names.unknown(path, required)
        } else {
            Some(twice(path, required))
        });
    }
}

fn twice(path: Path, id: &str) -> Finding {
    Finding::value(path, format!("`{id}` stands here twice"))
}

fn unknown_skill(path: Path, skill: &str, ids: &[String]) -> Finding {
    let near = suggestion::nearest(skill, ids.iter().map(String::as_str));
    let help = near
        .map(|near| format!("did you mean `{near}`?"))
        .or_else(|| {
            // The right branch under a wrong root, or the right root with a wrong branch.
            let (root, branch) = skill.split_once('/').unwrap_or((skill, skill));
            let under_another = ids
                .iter()
                .filter(|id| id.split_once('/').is_some_and(|(_, known)| known == branch));
            let beside = ids.iter().filter(|id| id.split('/').next() == Some(root));
            let roots = ids.iter().filter(|id| !id.contains('/'));
            let some =
                |list: Vec<&str>| suggestion::list(list).map(|list| format!("there is {list}"));
            some(under_another.map(String::as_str).collect())
                .or_else(|| some(beside.map(String::as_str).collect()))
                .or_else(|| some(roots.map(String::as_str).collect()))
        });
    Finding::value(path, format!("there is no skill `{skill}`"))
        .label("unknown skill")
        .help(help)
}

fn look_defect(
    defect: &Defect,
    file: &ChallengeFile,
    path: &Path,
    names: &Names<'_>,
    findings: &mut Vec<Finding>,
) {
    if !file.solutions.contains_key(&defect.of) {
        let known = file.solutions.keys().map(String::as_str);
        findings.push(
            Finding::value(
                path.key("of"),
                format!("there is no solution `{}`", defect.of),
            )
            .label("unknown solution")
            .help(suggestion::help(&defect.of, known)),
        );
    }
    let mut seen = HashSet::new();
    for (place, lost) in defect.loses.iter().enumerate() {
        let path = path.key("loses").index(place);
        findings.extend(if seen.insert(lost) {
            names.unknown(path, lost)
        } else {
            Some(twice(path, lost))
        });
    }
}
