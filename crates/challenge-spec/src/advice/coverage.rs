//! What proves a check, and what a lost one is talked about with.

use std::collections::BTreeMap;

use crate::{
    finding::Finding,
    model::{ChallengeFile, Visibility},
    path::{Part, Path},
};

/// From this on two titles are as good as one.
const ALIKE: f64 = 0.9;

pub(super) fn look(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let root = Path::root();
    let checks = root.key("checks");
    if file.solutions.is_empty() {
        findings.push(
            Finding::key(
                root.clone(),
                "there is no solution, so that no check can be proven",
            )
            .help("name a folder that earns every point under `solutions`".to_owned()),
        );
    }
    for (place, check) in file.checks.iter().enumerate() {
        let path = checks.index(place);
        if check.visibility == Visibility::Hidden && check.ask.is_none() {
            findings.push(
                Finding::value(
                    path.key("id"),
                    format!("the hidden check `{}` asks nothing", check.id),
                )
                .help(
                    "write as `ask` what you would talk about with somebody who lost it".to_owned(),
                ),
            );
        }
        let is_lost = |id: &String| *id == check.id;
        if !file
            .defects
            .iter()
            .any(|defect| defect.loses.iter().any(is_lost))
        {
            findings.push(
                Finding::value(path.key("id"), format!("no defect loses `{}`", check.id))
                    .label("nothing shows that it can fail")
                    .help(
                        "add a defect to a solution that this check, and no other, notices"
                            .to_owned(),
                    ),
            );
        }
    }
    if !file
        .checks
        .iter()
        .any(|check| check.visibility == Visibility::Public)
    {
        findings.push(
            Finding::key(checks.clone(), "no check is public").help(
                "mark some with `visibility: public`, so that a candidate can try their work"
                    .to_owned(),
            ),
        );
    }
    let titles = file.checks.iter().map(|check| check.title.as_str());
    alike(titles, "check", &checks, findings);
    let titles = file.defects.iter().map(|defect| defect.title.as_str());
    alike(titles, "defect", &root.key("defects"), findings);
    languages(file, findings);
}

/// A title tells what was lost: two that read the same tell less.
fn alike<'a>(
    titles: impl Iterator<Item = &'a str>,
    noun: &str,
    path: &Path,
    findings: &mut Vec<Finding>,
) {
    let mut before: Vec<String> = Vec::new();
    for (place, title) in titles.enumerate() {
        let plain = title.to_lowercase();
        let twin = before
            .iter()
            .position(|earlier| strsim::normalized_levenshtein(earlier, &plain) >= ALIKE);
        if let Some(twin) = twin {
            findings.push(
                Finding::value(
                    path.index(place).key("title"),
                    format!("two {noun}s have titles that read alike"),
                )
                .help("say in the title what sets this one apart".to_owned())
                .also(path.index(twin).key("title"), Part::Value, "the other one"),
            );
        }
        before.push(plain);
    }
}

fn languages(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    let solutions: BTreeMap<_, _> = file.solutions.iter().collect();
    for language in file.starters.keys() {
        if !solutions.contains_key(language) && !solutions.is_empty() {
            findings.push(
                Finding::key(
                    Path::root().key("starters").key(language),
                    format!("there is a starter in {language} and no solution"),
                )
                .help("nothing shows that the challenge can be solved from it".to_owned()),
            );
        }
    }
}
