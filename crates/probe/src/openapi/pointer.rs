//! Places in a document.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::below;

/// How many references may lead to each other.
const HOPS: usize = 16;

/// An object in a document, and its JSON pointer.
#[derive(Debug, Clone)]
pub(super) struct Spot<'a> {
    pub(super) value: &'a Map<String, Value>,
    pub(super) pointer: String,
}

impl<'a> Spot<'a> {
    pub(super) fn root(document: &'a Value) -> Option<Self> {
        document.as_object().map(|value| Self {
            value,
            pointer: String::new(),
        })
    }

    /// The object at a key; none where something else is there.
    pub(super) fn key(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?.as_object()?;
        Some(Self {
            value,
            pointer: below(&self.pointer, key),
        })
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.value.keys().map(String::as_str)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.value.is_empty()
    }
}

/// The object itself, or the one in the same document that it refers to.
pub(super) fn resolved<'a>(root: &'a Value, spot: Spot<'a>) -> Option<Spot<'a>> {
    let mut spot = spot;
    for _ in 0..HOPS {
        let Some(reference) = spot.value.get("$ref").and_then(Value::as_str) else {
            return Some(spot);
        };
        let pointer = local(reference)?;
        spot = Spot {
            value: root.pointer(&pointer)?.as_object()?,
            pointer,
        };
    }
    None
}

/// The pointer of a reference within the document; none for any other.
pub(super) fn local(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    (fragment.is_empty() || fragment.starts_with('/')).then(|| decoded(fragment))
}

/// With `%XX` undone; what is no UTF-8 then leads nowhere.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| first == b'%');
        let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A pointer as it stands in a URI.
pub(super) fn encoded(pointer: &str) -> String {
    let mut encoded = String::with_capacity(pointer.len());
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A key as it stands in a pointer.
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
