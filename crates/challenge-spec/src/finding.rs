//! A mistake found in a value, before it is known where in the file that value stands.

use std::ops::Range;

use crate::{
    path::{Part, Path},
    problem::Problem,
    yaml::{Node, Tree},
};

mod inside;

/// A mistake, and the path to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) path: Path,
    pub(crate) part: Part,
    /// Bytes of the string at `path`, where only these are at fault.
    pub(crate) inside: Option<Range<usize>>,
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) help: Option<String>,
    /// Another place that has to do with it, and how.
    pub(crate) also: Option<(Path, Part, String)>,
}

impl Finding {
    pub(crate) fn value(path: Path, message: impl Into<String>) -> Self {
        Self {
            path,
            part: Part::Value,
            inside: None,
            message: message.into(),
            label: String::new(),
            help: None,
            also: None,
        }
    }

    pub(crate) fn key(path: Path, message: impl Into<String>) -> Self {
        Self {
            part: Part::Key,
            ..Self::value(path, message)
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    pub(crate) fn inside(mut self, range: Option<Range<usize>>) -> Self {
        self.inside = range;
        self
    }

    pub(crate) fn also(mut self, path: Path, part: Part, why: impl Into<String>) -> Self {
        self.also = Some((path, part, why.into()));
        self
    }

    /// The same with its place in the file.
    pub(crate) fn into_problem(self, text: &str, root: &Node) -> Problem {
        let (written, used) = root.place(&self.path, self.part);
        let span = match (self.inside, string_at(root, &self.path)) {
            (Some(range), Some(value)) => inside::locate(text, &written, value, &range),
            _ => written.clone(),
        };
        let elsewhere = (used != written).then(|| (used, "used here".to_owned()));
        let also = self
            .also
            .map(|(path, part, why)| (root.place(&path, part).0, why))
            .or(elsewhere);
        Problem {
            message: self.message,
            label: self.label,
            span,
            help: self.help,
            also,
        }
    }
}

fn string_at<'a>(root: &'a Node, path: &Path) -> Option<&'a str> {
    match &root.at(path)?.tree {
        Tree::Text(text) => Some(text),
        _ => None,
    }
}
