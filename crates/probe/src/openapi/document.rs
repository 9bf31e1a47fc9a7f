//! A document, read and looked at.

use report::model::Mismatch;
use serde_json::Value;

use super::{
    body::Direction,
    dialect::{Version, readable},
    pointer::Spot,
    structure,
};

/// How many bytes a document may have.
pub const MAX_DOCUMENT: usize = 2 * 1024 * 1024;
/// How deep it may be; references do not count.
const MAX_DEPTH: usize = 64;
/// How many values it may have.
const MAX_VALUES: usize = 100_000;
/// How many mistakes are told.
const MAX_MISTAKES: usize = 20;

/// An OpenAPI document of version 3.0 or 3.1 that is what it says it is.
#[derive(Debug)]
pub struct Document {
    pub(super) root: Value,
    /// The same with its schemas as JSON Schemas, for what is received and what is sent.
    received: Value,
    sent: Value,
    version: String,
    operations: usize,
}

impl Document {
    /// Reads a document; or says what is wrong with it, each mistake with its JSON pointer.
    pub fn read(bytes: &[u8]) -> Result<Self, Vec<Mismatch>> {
        if bytes.len() > MAX_DOCUMENT {
            return Err(one("at most 2 MiB", format!("{} bytes", bytes.len())));
        }
        let root: Value = serde_json::from_slice(bytes)
            .map_err(|error| one("JSON", format!("no JSON ({error})")))?;
        let mut values = 0;
        if !is_bounded(&root, MAX_DEPTH, &mut values) {
            let bounds = format!("at most {MAX_VALUES} values, {MAX_DEPTH} levels deep");
            return Err(one(&bounds, "more".to_owned()));
        }
        let version = Version::of(&root).map_err(|mistake| vec![mistake])?;
        let mut mistakes = structure::mistakes(&root, version);
        if !mistakes.is_empty() {
            mistakes.truncate(MAX_MISTAKES);
            return Err(mistakes);
        }
        let written = root.get("openapi").and_then(Value::as_str);
        Ok(Self {
            received: readable(&root, version, Direction::Response),
            sent: readable(&root, version, Direction::Request),
            version: written.unwrap_or_default().to_owned(),
            operations: structure::operations(&root).count(),
            root,
        })
    }

    /// As it says: `3.1.0`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many operations it describes.
    pub fn operations(&self) -> usize {
        self.operations
    }

    pub(super) fn schemas(&self, direction: Direction) -> &Value {
        match direction {
            Direction::Response => &self.received,
            Direction::Request => &self.sent,
        }
    }
}

impl Version {
    fn of(root: &Value) -> Result<Self, Mismatch> {
        let version = Spot::root(root).and_then(|root| root.value.get("openapi"));
        match version.and_then(Value::as_str) {
            Some(version) if version.starts_with("3.0.") => Ok(Self::ThreeZero),
            Some(version) if version.starts_with("3.1.") => Ok(Self::ThreeOne),
            _ => Err(Mismatch {
                at: "document /openapi".to_owned(),
                expected: "3.0.x or 3.1.x".to_owned(),
                actual: version.map_or_else(|| "nothing".to_owned(), crate::matching::shown),
            }),
        }
    }
}

fn one(expected: &str, actual: String) -> Vec<Mismatch> {
    vec![Mismatch {
        at: "document".to_owned(),
        expected: expected.to_owned(),
        actual,
    }]
}

fn is_bounded(value: &Value, depth: usize, values: &mut usize) -> bool {
    *values += 1;
    if *values > MAX_VALUES || depth == 0 {
        return false;
    }
    match value {
        Value::Array(items) => items.iter().all(|item| is_bounded(item, depth - 1, values)),
        Value::Object(fields) => fields
            .values()
            .all(|field| is_bounded(field, depth - 1, values)),
        _ => true,
    }
}
