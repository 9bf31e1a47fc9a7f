//! Finds what belongs to a submission, whatever it is read from.

mod ignored;
mod names;

use std::collections::BTreeMap;

use self::{ignored::Ignored, names::Names};
use super::{
    SnapshotError, SubmissionLimits,
    tree::{Kind, Tree, join},
};

/// What is kept at a path.
#[derive(Debug)]
pub(super) enum Found {
    File,
    Link { target: String },
}

/// All files and links by path, with `/` between folders.
pub(super) fn find(
    tree: &mut dyn Tree,
    limits: SubmissionLimits,
) -> Result<BTreeMap<String, Found>, SnapshotError> {
    let mut found = BTreeMap::new();
    let mut seen = 0;
    let mut rules = ignored::MOST;
    let mut ahead = vec![(String::new(), Ignored::nothing())];
    while let Some((parent, above)) = ahead.pop() {
        let list = tree.list(&parent)?;
        let ignored = if tree.obeys_ignore_files() && ignored::is_in(&list) {
            above.within(tree, &parent, &mut rules)?
        } else {
            above
        };
        let mut names = Names::default();
        for (name, kind) in list {
            let entry = join(&parent, &name.to_string_lossy());
            if name == ".git" || ignored.leaves_out(&parent, &name, kind) {
                continue;
            }
            let Some(name) = name.to_str() else {
                return Err(SnapshotError::NameNotUtf8 { entry });
            };
            names.add(&parent, name)?;
            seen += 1;
            if seen > limits.files {
                return Err(SnapshotError::TooManyFiles {
                    limit: limits.files,
                });
            }
            match kind {
                Kind::Folder => ahead.push((entry, ignored.clone())),
                Kind::File => {
                    found.insert(entry, Found::File);
                }
                Kind::Link => {
                    let target = link_target(tree, &entry)?;
                    found.insert(entry, Found::Link { target });
                }
                Kind::Other(kind) => return Err(SnapshotError::Special { entry, kind }),
            }
        }
    }
    Ok(found)
}

fn link_target(tree: &mut dyn Tree, entry: &str) -> Result<String, SnapshotError> {
    tree.link(entry)?
        .into_string()
        .map_err(|target| SnapshotError::NameNotUtf8 {
            entry: format!("{entry} -> {}", target.to_string_lossy()),
        })
}
