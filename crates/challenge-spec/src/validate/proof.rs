//! What a challenge says of its own proof: defects that are one and the same, points of starters.

use std::{collections::HashMap, fs, io::Read as _, path::Path as FilePath};

use crate::{
    finding::Finding,
    model::ChallengeFile,
    path::{Part, Path},
    suggestion,
};

/// A patch is a few lines; what is longer is not compared.
const MOST_BYTES: u64 = 1 << 20;

pub(super) fn look(file: &ChallengeFile, dir: &FilePath, findings: &mut Vec<Finding>) {
    alike(file, dir, findings);
    let earn = Path::root().key("starters_earn");
    let possible: u64 = file.checks.iter().map(|c| u64::from(c.points)).sum();
    for (language, points) in &file.starters_earn {
        if !file.starters.contains_key(language) {
            let known = file.starters.keys().map(String::as_str);
            findings.push(
                Finding::key(
                    earn.key(language),
                    format!("there is no starter `{language}`"),
                )
                .label("unknown starter")
                .help(suggestion::help(language, known)),
            );
        } else if u64::from(*points) >= possible {
            findings.push(
                Finding::value(
                    earn.key(language),
                    format!(
                        "a starter that earns {points} of {possible} points leaves nothing to do"
                    ),
                )
                .label("not below the points of all checks"),
            );
        }
    }
}

/// Two defects with one patch, by name or by content, prove one thing.
fn alike(file: &ChallengeFile, dir: &FilePath, findings: &mut Vec<Finding>) {
    let mut first: HashMap<(&str, Vec<u8>), (&str, Path)> = HashMap::new();
    for (place, defect) in file.defects.iter().enumerate() {
        let path = Path::root().key("defects").index(place).key("patch");
        // What leaves the folder or is not there is told elsewhere.
        let Some(content) = read(&dir.join(&defect.patch)) else {
            continue;
        };
        let key = (defect.of.as_str(), content);
        if let Some((twin, earlier)) = first.get(&key) {
            findings.push(
                Finding::value(
                    path,
                    format!(
                        "`{}` and `{twin}` are one defect: the same patch",
                        defect.id
                    ),
                )
                .label("the same content")
                .help("keep one of them, or change the patch".to_owned())
                .also(earlier.clone(), Part::Value, "as here"),
            );
        } else {
            first.insert(key, (&defect.id, path));
        }
    }
}

fn read(path: &FilePath) -> Option<Vec<u8>> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut content = Vec::new();
    let file = fs::File::open(path).ok()?;
    file.take(MOST_BYTES + 1).read_to_end(&mut content).ok()?;
    (content.len() as u64 <= MOST_BYTES).then_some(content)
}
