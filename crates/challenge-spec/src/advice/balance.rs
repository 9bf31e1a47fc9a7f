//! Whether the points say what the challenge is about.

use std::collections::{BTreeMap, HashMap};

use crate::{
    finding::Finding,
    model::{ChallengeFile, Check, Visibility},
    path::{Part, Path},
};

/// In tenths of all points: more under one skill, among several, is most of the challenge.
const MOST_OF_A_SKILL: u32 = 6;
/// The same of one check, among several.
const MOST_OF_A_CHECK: u32 = 3;
/// Of so few checks each has many points.
const FEW: usize = 5;
/// Links of `requires` from the first check to the last.
const LONG_CHAIN: usize = 3;
/// So many of them are named.
const SHOWN: usize = 8;

pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let checks = Path::root().key("checks");
    let all: u32 = file.checks.iter().map(|check| check.points).sum();
    let mut skills: BTreeMap<&str, u32> = BTreeMap::new();
    for check in &file.checks {
        *skills.entry(root_of(check)).or_default() += check.points;
    }
    let heaviest = skills.iter().max_by_key(|(_, points)| **points);
    if let Some((skill, points)) = heaviest
        && skills.len() > 1
        && file.checks.len() >= FEW
        && points * 10 > all * MOST_OF_A_SKILL
        && let Some(first) = file
            .checks
            .iter()
            .position(|check| root_of(check) == *skill)
    {
        findings.push(
            Finding::value(
                checks.index(first).key("skill"),
                format!("{points} of {all} points are under `{skill}`"),
            )
            .label("the first of these")
            .help(
                "a total of it says little of the other skills: move points, or add checks"
                    .to_owned(),
            ),
        );
    }
    let depths = depths(file);
    for (place, check) in file.checks.iter().enumerate() {
        let path = checks.index(place);
        if file.checks.len() >= FEW && check.points * 10 > all * MOST_OF_A_CHECK {
            findings.push(
                Finding::value(
                    path.key("points"),
                    format!("{} of {all} points are lost at once", check.points),
                )
                .help("split the check: one mistake should not decide the grade".to_owned()),
            );
        }
        long_chain(&depths, check, &path, findings);
        for (required_place, required) in check.requires.iter().enumerate() {
            let hidden = file
                .checks
                .iter()
                .position(|other| other.id == *required && other.visibility == Visibility::Hidden);
            if let (Visibility::Public, Some(hidden)) = (check.visibility, hidden) {
                findings.push(
                    Finding::value(
                        path.key("requires").index(required_place),
                        format!("the public check `{}` requires a hidden one", check.id),
                    )
                    .label("a candidate does not have it")
                    .help("make both public, or do what is needed in the check itself".to_owned())
                    .also(
                        checks.index(hidden).key("id"),
                        Part::Value,
                        "the hidden one",
                    ),
                );
            }
        }
    }
}

fn long_chain(depths: &Depths<'_>, check: &Check, path: &Path, findings: &mut Vec<Finding>) {
    let Some((depth, _)) = depths.get(check.id.as_str()) else {
        return;
    };
    if *depth <= LONG_CHAIN {
        return;
    }
    let follow = |id: &&str| depths.get(id).and_then(|(_, next)| *next);
    let chain = std::iter::successors(Some(check.id.as_str()), follow);
    let ids: Vec<String> = chain.take(SHOWN).map(|id| format!("`{id}`")).collect();
    findings.push(
        Finding::key(
            path.key("requires"),
            format!("`{}` stands behind {} checks in a row", check.id, depth - 1),
        )
        .help(format!(
            "{}: the first that fails costs all of them; let it make its own data",
            ids.join(" behind ")
        )),
    );
}

/// For each check how many stand one behind the other, itself included, and the next of these.
type Depths<'a> = HashMap<&'a str, (usize, Option<&'a str>)>;

fn depths(file: &ChallengeFile) -> Depths<'_> {
    let mut depths: Depths<'_> = HashMap::new();
    // A valid challenge has no circle: each round finishes one check at least.
    for _ in 0..file.checks.len() {
        let before = depths.len();
        for check in &file.checks {
            if depths.contains_key(check.id.as_str()) {
                continue;
            }
            let behind: Option<Vec<(usize, &str)>> = check
                .requires
                .iter()
                .map(|id| Some((depths.get(id.as_str())?.0, id.as_str())))
                .collect();
            if let Some(behind) = behind {
                let deepest = behind.into_iter().max();
                let depth = 1 + deepest.map_or(0, |(depth, _)| depth);
                depths.insert(&check.id, (depth, deepest.map(|(_, id)| id)));
            }
        }
        if depths.len() == before {
            break;
        }
    }
    depths
}

fn root_of(check: &Check) -> &str {
    check.skill.split('/').next().unwrap_or_default()
}
