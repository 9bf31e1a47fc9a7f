use std::{fmt, ops::Range};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::Spanned;

use super::{
    bytes,
    node::{Entry, Key, Node, Tree},
};

/// A value as the library hands it over, each part with its places.
pub(super) enum Raw {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

/// The most bytes of a line that a list or object is said to stand in.
const MOST_OF_A_LINE: usize = 1000;

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Raw, E> {
        Number::from_f64(value)
            .map(Raw::Number)
            .ok_or_else(|| E::custom("a number must be finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

/// The tree with its places in bytes of `text`.
pub(super) fn node(text: &str, raw: Spanned<Raw>) -> Node {
    let mut written = bytes(text, &raw.defined);
    let mut used = bytes(text, &raw.referenced);
    let is_container = matches!(raw.value, Raw::List(_) | Raw::Map(_));
    let is_here = used.start == written.start;
    if is_container {
        // The library gives the opening bracket, or the first character of a block.
        written = first_line(text, written.start);
    } else {
        written = trimmed(text, written);
    }
    if is_here {
        used = written.clone();
    }
    let tree = match raw.value {
        Raw::Null => Tree::Null,
        Raw::Bool(value) => Tree::Bool(value),
        Raw::Number(value) => Tree::Number(value),
        Raw::Text(value) => Tree::Text(value),
        Raw::List(items) => Tree::List(items.into_iter().map(|item| node(text, item)).collect()),
        Raw::Map(entries) => Tree::Map(
            entries
                .into_iter()
                .map(|(key, value)| Entry {
                    key: Key {
                        text: key.value,
                        written: bytes(text, &key.defined),
                        used: bytes(text, &key.referenced),
                    },
                    value: node(text, value),
                })
                .collect(),
        ),
    };
    Node {
        tree,
        written,
        used,
    }
}

fn first_line(text: &str, start: usize) -> Range<usize> {
    let start = start.min(text.len());
    // A file may be one line with thousands of lists in it, each of which is asked for its first line.
    let end = text.floor_char_boundary(start.saturating_add(MOST_OF_A_LINE).min(text.len()));
    let line = text[start..end].lines().next().unwrap_or_default();
    let line = line.split(" #").next().unwrap_or_default().trim_end();
    start..start + line.len()
}

/// A block of text ends with its line break, which nobody wants underlined.
fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let length = text[span.clone()].trim_end().len();
    span.start..span.start + length
}
