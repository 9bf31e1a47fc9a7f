use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Checker, Expectation};
use crate::{finding::Finding, path::Segment, suggestion, yaml::Entry};

impl<'a> Checker<'a> {
    pub(super) fn object(&mut self, expectation: Expectation<'a>, entries: &[Entry]) -> Value {
        let mut object = Map::new();
        let used = entries
            .iter()
            .map(|entry| entry.key.text.as_str())
            .collect();
        // Keys that an unknown key was probably meant to be.
        let mut meant = Vec::new();
        for entry in entries {
            let key = &entry.key.text;
            match property(expectation, key) {
                Some(property) => {
                    let value = self.within(Segment::Key(key.clone()), |checker| {
                        checker.node(property, &entry.value)
                    });
                    object.entry(key).or_insert(value);
                }
                None => meant.extend(self.unknown_key(expectation, key, &used)),
            }
        }
        for key in required(expectation) {
            if !object.contains_key(key) {
                let value = self.missing_key(expectation, key, meant.contains(&key));
                object.insert(key.to_owned(), value);
            }
        }
        Value::Object(object)
    }

    /// Gives the key that was probably meant.
    fn unknown_key(
        &mut self,
        expectation: Expectation<'a>,
        key: &str,
        used: &HashSet<&str>,
    ) -> Option<&'a str> {
        let known: Vec<&str> = keys(expectation).collect();
        let unused = known.iter().copied().filter(|known| !used.contains(*known));
        let near = suggestion::nearest(key, unused);
        let help = match near {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None => suggestion::list(known.iter().copied())
                .map(|list| format!("the keys here are {list}")),
        };
        let path = self.path.key(key);
        let finding = Finding::key(path.clone(), format!("unknown key `{key}`"))
            .label("not a key of this object")
            .help(help);
        self.report(finding, path);
        near
    }

    fn missing_key(&mut self, expectation: Expectation<'a>, key: &str, misspelt: bool) -> Value {
        let property = property(expectation, key)
            .map_or(Expectation::of(&Value::Null), |property| {
                self.resolve(property)
            });
        let path = self.path.key(key);
        if misspelt {
            self.repaired.push(path);
        } else {
            let help =
                property_description(expectation, key).map(|about| format!("{key}: {about}"));
            let finding = Finding::key(self.path.clone(), format!("the key `{key}` is missing"))
                .label(format!("needs `{key}`"))
                .help(help);
            self.report(finding, path);
        }
        self.placeholder(property)
    }
}

/// The schema of a key's value; nothing where the object may not have the key.
fn property<'a>(expectation: Expectation<'a>, key: &str) -> Option<Expectation<'a>> {
    if let Some(property) = expectation.get("properties").and_then(|all| all.get(key)) {
        return Some(Expectation::of(property));
    }
    match expectation.get("additionalProperties") {
        Some(Value::Bool(false)) => None,
        Some(schema @ Value::Object(_)) => Some(Expectation::of(schema)),
        _ => Some(Expectation::of(&Value::Null)),
    }
}

/// The keys that an object may have.
pub(super) fn keys(expectation: Expectation<'_>) -> impl Iterator<Item = &str> {
    expectation
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
}

/// The keys that an object must have.
pub(super) fn required(expectation: Expectation<'_>) -> impl Iterator<Item = &str> {
    expectation
        .each("required")
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
}

/// The first sentence of what a key is about, on one line.
fn property_description(expectation: Expectation<'_>, key: &str) -> Option<String> {
    let about = expectation
        .get("properties")?
        .get(key)?
        .get("description")?
        .as_str()?;
    let words = about.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(words)
}
