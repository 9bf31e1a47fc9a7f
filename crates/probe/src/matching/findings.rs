use std::fmt;

use report::model::Mismatch;
use serde_json::Value;

use super::words;

/// Mismatches as they are found, up to a number.
pub(super) struct Findings {
    limit: usize,
    found: Vec<Mismatch>,
}

/// Where a value stands; written out only where something is wrong there.
pub(super) struct Place<'a> {
    outer: Option<&'a Place<'a>>,
    step: Step<'a>,
}

enum Step<'a> {
    Root(&'a str),
    Key(&'a str),
    Index(usize),
}

/// A place is told in no more characters: keys of an answer may be of any length.
const MAX_PLACE: usize = 300;

impl Findings {
    pub(super) const fn of(limit: usize) -> Self {
        Self {
            limit,
            found: Vec::new(),
        }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.found.len() >= self.limit
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn into_mismatches(self) -> Vec<Mismatch> {
        self.found
    }

    pub(super) fn add(
        &mut self,
        place: &Place<'_>,
        expected: impl FnOnce() -> String,
        actual: Option<&Value>,
    ) {
        self.add_said(place, expected, || words::shown_or_nothing(actual));
    }

    /// The same where the value itself would not tell what is wrong.
    pub(super) fn add_said(
        &mut self,
        place: &Place<'_>,
        expected: impl FnOnce() -> String,
        actual: impl FnOnce() -> String,
    ) {
        if !self.is_full() {
            self.found.push(Mismatch {
                at: words::cut(&place.to_string(), MAX_PLACE),
                expected: expected(),
                actual: actual(),
            });
        }
    }
}

impl<'a> Place<'a> {
    pub(super) const fn root(at: &'a str) -> Self {
        Self {
            outer: None,
            step: Step::Root(at),
        }
    }

    pub(super) const fn key(&'a self, key: &'a str) -> Self {
        Self {
            outer: Some(self),
            step: Step::Key(key),
        }
    }

    pub(super) const fn index(&'a self, index: usize) -> Self {
        Self {
            outer: Some(self),
            step: Step::Index(index),
        }
    }
}

/// A JSONPath (RFC 9535).
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            outer.fmt(f)?;
        }
        match self.step {
            Step::Root(at) => f.write_str(at),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) if is_name(key) => write!(f, ".{key}"),
            Step::Key(key) => {
                let key = words::cut(key, MAX_PLACE);
                write!(f, "['{}']", key.replace('\\', "\\\\").replace('\'', "\\'"))
            }
        }
    }
}

fn is_name(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || one == '_')
}
