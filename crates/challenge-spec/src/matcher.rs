//! What a value must be, read from an expectation.
//!
//! An expectation is any JSON. An object with exactly one key, which begins with `$`, is a matcher;
//! any other object matches partially, a list item by item, a scalar exactly. This module reads
//! that JSON into [`Matcher`]; it does not look at answers.

use indexmap::IndexMap;
use regex::Regex;
use serde_json::{Number, Value};
use serde_json_path::JsonPath;

mod mistake;
mod read;
mod vocabulary;

pub use mistake::{MatcherError, MatcherMistake};
pub use vocabulary::{Format, JsonType, MATCHERS, Order};

use read::{Reader, Text};

/// What a value must be.
#[derive(Debug, Clone)]
pub enum Matcher {
    /// This null, boolean, number or string. `1` and `1.0` are the same number, `1` and `"1"` are not.
    Literal(Value),
    /// An object whose fields match; others may stand beside them unless `exact`.
    Object {
        /// What each field must be. A field may be [`Matcher::Absent`].
        fields: IndexMap<String, Matcher>,
        /// Whether no other field may stand beside them.
        exact: bool,
    },
    /// A list of this length whose items match one by one.
    Array(Vec<Matcher>),
    /// There, with any value, `null` too.
    Any,
    /// Not there at all.
    Absent,
    /// One of these types; never empty.
    Type(Vec<JsonType>),
    /// A number within bounds.
    Range(Range),
    /// A string in which this is found; unanchored.
    Regex(Regex),
    /// A string (in characters), list or object of such a length.
    Length(Length),
    /// A string of this form.
    Format(Format),
    /// At least one of these matches; never empty.
    OneOf(Vec<Matcher>),
    /// All of these match; never empty.
    All(Vec<Matcher>),
    /// This does not match.
    Not(Box<Matcher>),
    /// A list, every item of which matches.
    Each(Box<Matcher>),
    /// A list with an item that matches, or a string that has this string in it.
    Contains(Box<Matcher>),
    /// A list of this length, each of whose items belongs to one of these, in any order.
    Unordered(Vec<Matcher>),
    /// A list in this order.
    Sorted {
        /// What is compared of each item; the item itself where it is left out.
        by: Option<JsonPath>,
        /// Which way; equal neighbours are in order both ways.
        order: Order,
    },
    /// A list without repeated items, or without repeated values of this path.
    Unique(Option<JsonPath>),
}

/// Bounds of a number; at least one is set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Range {
    /// At least this.
    pub min: Option<Number>,
    /// At most this.
    pub max: Option<Number>,
    /// More than this.
    pub above: Option<Number>,
    /// Less than this.
    pub below: Option<Number>,
}

/// Bounds of a length, both included; at least one is set. `$length: 3` sets both to 3.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Length {
    /// At least this many.
    pub min: Option<u64>,
    /// At most this many.
    pub max: Option<u64>,
}

/// Why [`Matcher::parse_rendered`] gave no matcher.
#[derive(Debug, thiserror::Error)]
pub enum RenderedMatcherError<E: std::error::Error + 'static> {
    /// A string's template could not be rendered.
    #[error("the template at {at} of the expectation could not be rendered")]
    Template {
        /// Where the string stands in the expectation.
        at: crate::path::Path,
        /// What the renderer said.
        #[source]
        source: E,
    },
    /// The expectation is no matcher.
    #[error(transparent)]
    Matcher(#[from] MatcherError),
}

impl Matcher {
    /// Reads an expectation whose templates have been rendered already. Take care: a rendered value
    /// that a candidate's answer supplied is read as part of the expectation, `$any` included;
    /// [`Matcher::parse_rendered`] does not have that gap.
    pub fn parse(expected: &Value) -> Result<Self, MatcherError> {
        let mut keep = |text: &str| Text::Written(Value::String(text.to_owned()));
        let mut reader = Reader::new(&mut keep);
        let matcher = reader.matcher(expected);
        match reader.into_mistakes().into_iter().next() {
            None => Ok(matcher),
            Some(mistake) => Err(mistake),
        }
    }

    /// Reads an expectation as it was written and renders each string of it where it stands. What
    /// `render` gives is data, never a matcher: an answer that was captured and holds
    /// `{"$any": true}` is compared as that object.
    pub fn parse_rendered<E: std::error::Error + 'static>(
        expected: &Value,
        mut render: impl FnMut(&str) -> Result<Value, E>,
    ) -> Result<Self, RenderedMatcherError<E>> {
        let mut failure = None;
        let mut give = |text: &str| match render(text) {
            Ok(value) => Text::Rendered(value),
            Err(source) => {
                failure.get_or_insert(source);
                Text::Failed
            }
        };
        let mut reader = Reader::new(&mut give);
        let matcher = reader.matcher(expected);
        let failed_at = reader.failed_at();
        let first = reader.into_mistakes().into_iter().next();
        match (failure, failed_at, first) {
            (Some(source), Some(at), _) => Err(RenderedMatcherError::Template { at, source }),
            (_, _, Some(mistake)) => Err(mistake.into()),
            _ => Ok(matcher),
        }
    }

    /// What `value` is when it is only data: objects match partially, lists item by item, and a key
    /// that begins with `$` is a key like any other. With `exact`, objects match exactly.
    pub fn of_data(value: &Value, exact: bool) -> Self {
        match value {
            Value::Object(fields) => Self::Object {
                fields: fields
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::of_data(value, exact)))
                    .collect(),
                exact,
            },
            Value::Array(items) => Self::Array(
                items
                    .iter()
                    .map(|item| Self::of_data(item, exact))
                    .collect(),
            ),
            scalar => Self::Literal(scalar.clone()),
        }
    }

    /// Every mistake of an expectation whose templates have not been rendered. A template where a
    /// number, a name or a pattern is wanted is no mistake: it is known only when run.
    pub fn mistakes(expected: &Value) -> Vec<MatcherError> {
        let mut keep = |text: &str| {
            if crate::expression::is_template(text) {
                Text::Later
            } else {
                Text::Written(Value::String(text.to_owned()))
            }
        };
        let mut reader = Reader::new(&mut keep);
        reader.matcher(expected);
        reader.into_mistakes()
    }
}
