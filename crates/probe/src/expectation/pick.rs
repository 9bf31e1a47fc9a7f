//! Choosing parts of a JSON value.

use serde_json::Value;
use serde_json_path::JsonPath;

use super::{ExpectationError, ExpectationReason};

/// A JSONPath, and whether it can select one node only.
#[derive(Debug, Clone)]
pub(super) struct Pick {
    pub(super) written: String,
    path: JsonPath,
    singular: bool,
}

impl Pick {
    pub(super) fn parse(written: &str) -> Result<Self, ExpectationError> {
        let path = JsonPath::parse(written).map_err(|source| {
            ExpectationError::by_author(ExpectationReason::Path {
                path: written.to_owned(),
                source,
            })
        })?;
        Ok(Self {
            written: written.to_owned(),
            singular: is_singular(written),
            path,
        })
    }

    /// The value of a path of names and indexes, if it is there; the list of all that any other path
    /// selects.
    pub(super) fn of(&self, value: &Value) -> Option<Value> {
        let nodes = self.path.query(value);
        if self.singular {
            nodes.first().cloned()
        } else {
            Some(nodes.iter().map(|node| (*node).clone()).collect())
        }
    }
}

/// Whether a path that parses has only names and indexes (a singular query of RFC 9535).
fn is_singular(path: &str) -> bool {
    let mut rest = path.trim_start_matches('$').trim_start();
    while !rest.is_empty() {
        let after = match rest.as_bytes() {
            [b'.', b'.' | b'*', ..] => None,
            [b'.', ..] => {
                Some(rest[1..].trim_start_matches(|one: char| !".[ \t\r\n".contains(one)))
            }
            [b'[', ..] => bracketed(rest[1..].trim_start()),
            _ => None,
        };
        let Some(after) = after else { return false };
        rest = after.trim_start();
    }
    true
}

/// What follows `'name']` or `3]`.
fn bracketed(inside: &str) -> Option<&str> {
    let after = if let Some(quote) = inside.chars().next().filter(|one| "'\"".contains(*one)) {
        let mut escaped = false;
        let end = inside[1..].find(|one| {
            let ends = one == quote && !escaped;
            escaped = one == '\\' && !escaped;
            ends
        })?;
        &inside[end + 2..]
    } else {
        let digits = inside.strip_prefix('-').unwrap_or(inside);
        let after = digits.trim_start_matches(|one: char| one.is_ascii_digit());
        if after.len() == digits.len() {
            return None;
        }
        after
    };
    after.trim_start().strip_prefix(']')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_of_names_and_indexes_are_singular() {
        for path in [
            "$",
            "$.a.b",
            "$[0][-1]",
            "$['a']['b.c']",
            r#"$["x]"][ 2 ].ü"#,
            r"$['\'*']",
        ] {
            assert!(JsonPath::parse(path).is_ok(), "{path}");
            assert!(is_singular(path), "{path}");
        }
        for path in [
            "$.*",
            "$..a",
            "$[*]",
            "$[0,1]",
            "$[0:2]",
            "$['a','b']",
            "$[?@.a]",
            "$.a[?@.b == ']'].c",
        ] {
            assert!(JsonPath::parse(path).is_ok(), "{path}");
            assert!(!is_singular(path), "{path}");
        }
    }

    #[test]
    fn one_node_or_the_list_of_all() {
        let value = json!({ "items": [{ "id": 1 }, { "id": 2 }], "none": null });
        let of = |path: &str| Pick::parse(path).unwrap().of(&value);
        assert_eq!(of("$.items[1].id"), Some(json!(2)));
        assert_eq!(of("$.items[2].id"), None);
        assert_eq!(of("$.none"), Some(json!(null)));
        assert_eq!(of("$.items[*].id"), Some(json!([1, 2])));
        assert_eq!(of("$.other[*]"), Some(json!([])));
    }
}
