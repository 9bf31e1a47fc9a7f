use challenge_spec::matcher::Matcher;
use serde_json::Value;

use crate::matching::{describe, matches};

/// JSON, some values of which are words.
pub(super) enum View<'a> {
    Json(&'a Value),
    Words(String),
    Object(Vec<(&'a str, View<'a>)>),
    Array(Vec<View<'a>>),
}

impl<'a> View<'a> {
    /// What is expected, as near as possible to what came; none where nothing is.
    pub(super) fn expected(matcher: &'a Matcher, actual: Option<&'a Value>) -> Option<Self> {
        if matches(matcher, actual) {
            return actual.map(View::Json);
        }
        Some(match (matcher, actual) {
            (Matcher::Absent, _) => return None,
            (Matcher::Object { fields, exact }, Some(Value::Object(there))) => {
                let mut shown = Vec::new();
                for (key, value) in there {
                    match fields.get(key) {
                        Some(matcher) => {
                            let view = View::expected(matcher, Some(value));
                            shown.extend(view.map(|view| (key.as_str(), view)));
                        }
                        None if *exact => {}
                        None => shown.push((key.as_str(), View::Json(value))),
                    }
                }
                for (key, matcher) in fields {
                    if !there.contains_key(key) {
                        let view = View::expected(matcher, None);
                        shown.extend(view.map(|view| (key.as_str(), view)));
                    }
                }
                View::Object(shown)
            }
            (Matcher::Array(matchers), Some(Value::Array(items))) => {
                let both = matchers.iter().enumerate();
                View::Array(
                    both.filter_map(|(index, matcher)| View::expected(matcher, items.get(index)))
                        .collect(),
                )
            }
            (Matcher::Each(each), Some(Value::Array(items))) => View::Array(
                items
                    .iter()
                    .filter_map(|item| View::expected(each, Some(item)))
                    .collect(),
            ),
            (matcher, _) => View::of(matcher),
        })
    }

    /// What is expected, whatever came.
    pub(super) fn of(matcher: &'a Matcher) -> Self {
        match matcher {
            Matcher::Literal(value) => View::Json(value),
            Matcher::Object { fields, .. } => View::Object(
                fields
                    .iter()
                    .filter(|(_, matcher)| !matches!(matcher, Matcher::Absent))
                    .map(|(key, matcher)| (key.as_str(), View::of(matcher)))
                    .collect(),
            ),
            Matcher::Array(matchers) => View::Array(matchers.iter().map(View::of).collect()),
            other => View::Words(describe(other)),
        }
    }
}
