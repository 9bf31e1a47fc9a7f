use thiserror::Error;

use super::vocabulary::{Format, JsonType, MATCHERS, Order};
use crate::{
    path::{Part, Path},
    suggestion,
};

/// A mistake in an expectation, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{mistake} (at {at} of the expectation)")]
pub struct MatcherError {
    /// From the expectation's outermost value to the one at fault.
    pub at: Path,
    /// Whether the key or the value there is at fault.
    pub part: Part,
    /// What is wrong.
    pub mistake: MatcherMistake,
}

/// What is wrong with a matcher.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MatcherMistake {
    /// No matcher has this name.
    #[error("there is no matcher `{0}`")]
    Unknown(String),
    /// A matcher's key beside other keys.
    #[error("`{0}` must be the only key of its object")]
    NotAlone(String),
    /// An argument of another kind than the matcher takes.
    #[error("`{matcher}` takes {wanted}, found {found}")]
    Argument {
        /// The matcher.
        matcher: &'static str,
        /// What it takes.
        wanted: &'static str,
        /// What stands there.
        found: String,
    },
    /// A key that the matcher's argument does not have.
    #[error("`{matcher}` has no `{key}`")]
    ArgumentKey {
        /// The matcher.
        matcher: &'static str,
        /// The key.
        key: String,
        /// The keys that it has.
        known: &'static [&'static str],
    },
    /// A name that the matcher does not know.
    #[error("`{name}` is nothing that `{matcher}` knows")]
    ArgumentName {
        /// The matcher.
        matcher: &'static str,
        /// The name.
        name: String,
    },
    /// Bounds that no value can be within.
    #[error("no value lies within these bounds of `{0}`")]
    EmptyBounds(&'static str),
    /// A pattern that does not parse.
    #[error("this regular expression does not parse: {0}")]
    Regex(String),
    /// A path that does not parse.
    #[error("this JSONPath does not parse: {0}")]
    JsonPath(String),
}

impl MatcherMistake {
    /// What was probably meant, or what can be done.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unknown(name) => suggestion::help(name, MATCHERS.iter().copied()),
            Self::NotAlone(_) => Some("put several matchers into `$all: [...]`".to_owned()),
            Self::ArgumentKey { key, known, .. } => suggestion::help(key, known.iter().copied()),
            Self::ArgumentName { matcher, name } => {
                let known = match *matcher {
                    "$type" => JsonType::NAMES,
                    "$format" => Format::NAMES,
                    _ => Order::NAMES,
                };
                suggestion::help(name, known.iter().copied())
            }
            Self::JsonPath(_) => Some("paths begin with `$`, as in `$.items[0].id`".to_owned()),
            Self::Argument { .. } | Self::EmptyBounds(_) | Self::Regex(_) => None,
        }
    }
}
