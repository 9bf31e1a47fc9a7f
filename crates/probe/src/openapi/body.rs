//! Bodies against their schemas.

use std::collections::HashMap;

use jsonschema::{PatternOptions, ValidationError, Validator};
use report::model::Mismatch;
use serde_json::{Map, Value};

use super::{
    Document, effort, media,
    pointer::{Spot, encoded},
};
use crate::matching::shown;

/// How often a pattern may try again; one that needs more matches nothing.
const BACKTRACKS: usize = 100_000;
/// How many differences of one body are told.
const MAX_DIFFERENCES: usize = 5;

/// Who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    Request,
    Response,
}

/// The schemas of a document, each made ready once.
pub(super) struct Bodies<'a> {
    document: &'a Document,
    ready: HashMap<(Direction, String), Result<Validator, String>>,
}

impl<'a> Bodies<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        Self {
            document,
            ready: HashMap::new(),
        }
    }

    /// Holds a body against its description; where that is no JSON, anything fits.
    pub(super) fn judge(
        &mut self,
        described: &Spot<'_>,
        body: &[u8],
        direction: Direction,
        at: &str,
        differences: &mut Vec<Mismatch>,
    ) {
        let of_type = described.pointer.rsplit('/').next().unwrap_or_default();
        let is_json = media::is_json(&of_type.replace("~1", "/")) || of_type.ends_with('*');
        let Some(pointer) = media::schema(described).filter(|_| is_json) else {
            return;
        };
        let mut tell = |at: String, expected: String, actual: String| {
            differences.push(Mismatch {
                at,
                expected,
                actual,
            });
        };
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(_) if of_type.ends_with('*') => return,
            Err(error) => {
                tell(
                    at.to_owned(),
                    "JSON".to_owned(),
                    format!("no JSON ({error})"),
                );
                return;
            }
        };
        let root = self.document.schemas(direction);
        if !effort::is_bounded(root, &pointer, &value) {
            let expected = format!("a schema that can be looked through, at {pointer}");
            tell(
                at.to_owned(),
                expected,
                "one that leads on and on".to_owned(),
            );
            return;
        }
        let ready = self.ready.entry((direction, pointer.clone()));
        match ready.or_insert_with(|| validator(root, &pointer)) {
            Ok(validator) => {
                for error in validator.iter_errors(&value).take(MAX_DIFFERENCES) {
                    let place = error.instance_path().as_str();
                    tell(
                        format!("{at} {place}"),
                        expected(root, &error),
                        shown(error.instance()),
                    );
                }
            }
            Err(mistake) => tell(
                format!("document {pointer}"),
                "a schema".to_owned(),
                mistake.clone(),
            ),
        }
    }
}

/// References are relative to the whole, which is why it is part of each.
fn validator(root: &Value, pointer: &str) -> Result<Validator, String> {
    let mut schema = root.as_object().cloned().unwrap_or_else(Map::new);
    let reference = format!("#{}", encoded(pointer));
    schema.insert("$ref".to_owned(), Value::String(reference));
    jsonschema::draft202012::options()
        .should_validate_formats(false)
        .offline()
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS))
        .build(&Value::Object(schema))
        .map_err(|error| error.to_string())
}

/// The rule, and where the document says it.
fn expected(root: &Value, error: &ValidationError<'_>) -> String {
    let place = error.schema_path().as_str();
    let keyword = place.rsplit('/').next().unwrap_or_default();
    match root.pointer(place) {
        Some(rule) if !rule.is_object() => format!("{keyword}: {}, by {place}", shown(rule)),
        _ => format!("what {place} says"),
    }
}
