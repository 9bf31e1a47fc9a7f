use std::collections::BTreeSet;

use crate::snapshot::{Snapshot, SnapshotError};

/// A submission's files, as detection looks at them.
pub(super) struct Files<'a> {
    submission: &'a Snapshot,
    paths: BTreeSet<&'a str>,
    /// One that is as if it were not there.
    hidden: Option<&'static str>,
}

impl<'a> Files<'a> {
    pub(super) fn of(submission: &'a Snapshot) -> Self {
        Self {
            submission,
            paths: submission.paths().collect(),
            hidden: None,
        }
    }

    /// The same without one of them.
    pub(super) fn without(&self, path: &'static str) -> Self {
        let mut paths = self.paths.clone();
        paths.remove(path);
        Self {
            submission: self.submission,
            paths,
            hidden: Some(path),
        }
    }

    /// Whether there is a file or a link.
    pub(super) fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Of these, those that are there.
    pub(super) fn of_these(&self, paths: &[&str]) -> Vec<String> {
        let there = paths.iter().filter(|path| self.has(path));
        there.map(|path| (*path).to_owned()).collect()
    }

    /// The text of a file, through links; what is no UTF-8 in it is replaced.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, SnapshotError> {
        if self.hidden == Some(path) {
            return Ok(None);
        }
        let content = self.submission.read(path)?;
        Ok(content.map(|content| {
            let text = String::from_utf8_lossy(&content);
            text.trim_start_matches('\u{feff}').to_owned()
        }))
    }

    /// All paths, in order.
    pub(super) fn paths(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.paths.iter().copied()
    }

    /// The first file one folder down that has one of these names.
    pub(super) fn nested(&self, names: impl Iterator<Item = &'static str>) -> Option<String> {
        let names: Vec<_> = names.collect();
        let is_one = |path: &&str| {
            let parts = path.split_once('/');
            parts.is_some_and(|(_, name)| names.contains(&name))
        };
        self.paths().find(is_one).map(str::to_owned)
    }
}
