//! Whether a document is built as the standard says: <https://spec.openapis.org/oas/v3.1.1.html> and
//! <https://spec.openapis.org/oas/v3.0.4.html>, as far as it says what must be.

use std::collections::{BTreeMap, BTreeSet};

use report::model::Mismatch;
use serde_json::Value;

use super::{
    below,
    dialect::Version,
    pointer::{Spot, local, resolved},
};
use crate::matching::shown;

/// The keys of a path that are operations.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

struct Look<'a> {
    root: &'a Value,
    version: Version,
    mistakes: Vec<Mismatch>,
}

/// Every mistake, in the order of the document.
pub(super) fn mistakes(root: &Value, version: Version) -> Vec<Mismatch> {
    let mut look = Look {
        root,
        version,
        mistakes: Vec::new(),
    };
    match Spot::root(root) {
        Some(spot) => look.document(&spot),
        None => look.tell("", "an object", Some(root)),
    }
    look.references(root, "");
    look.mistakes
}

/// All operations, with their method and path.
pub(super) fn operations(root: &Value) -> impl Iterator<Item = (&str, &str, Spot<'_>)> {
    let paths = Spot::root(root).and_then(|root| root.key("paths"));
    let keys: Vec<_> = paths.iter().flat_map(Spot::keys).collect();
    let items = keys.into_iter().filter_map(move |path| {
        let item = paths.as_ref()?.key(path)?;
        Some((path, resolved(root, item)?))
    });
    items.flat_map(|(path, item)| {
        let each = METHODS.into_iter();
        each.filter_map(move |method| Some((method, path, item.key(method)?)))
    })
}

impl Look<'_> {
    fn tell(&mut self, pointer: &str, expected: &str, actual: Option<&Value>) {
        self.mistakes.push(Mismatch {
            at: format!("document {pointer}"),
            expected: expected.to_owned(),
            actual: actual.map_or_else(|| "nothing".to_owned(), shown),
        });
    }

    fn text(&mut self, spot: &Spot<'_>, key: &str) {
        if !spot.value.get(key).is_some_and(Value::is_string) {
            self.tell(&below(&spot.pointer, key), "a string", spot.value.get(key));
        }
    }

    /// An object at a key that must be there, or where it is there.
    fn object<'b>(&mut self, spot: &Spot<'b>, key: &str, needed: bool) -> Option<Spot<'b>> {
        let found = spot.key(key);
        if found.is_none() && (needed || spot.value.contains_key(key)) {
            self.tell(&below(&spot.pointer, key), "an object", spot.value.get(key));
        }
        found
    }

    fn document(&mut self, root: &Spot<'_>) {
        if let Some(info) = self.object(root, "info", true) {
            self.text(&info, "title");
            self.text(&info, "version");
        }
        let needed = self.version == Version::ThreeZero
            || !(root.value.contains_key("components") || root.value.contains_key("webhooks"));
        let Some(paths) = self.object(root, "paths", needed) else {
            return;
        };
        let mut ids = BTreeSet::new();
        let mut nameless = BTreeMap::new();
        for path in paths.keys().filter(|key| !key.starts_with("x-")) {
            let pointer = below(&paths.pointer, path);
            if !path.starts_with('/') {
                self.tell(&pointer, "a path that begins with `/`", Some(&path.into()));
            }
            let names = parameters(path);
            let without = names.iter().fold(path.to_owned(), |path, name| {
                path.replacen(&format!("{{{name}}}"), "{}", 1)
            });
            if let Some(other) = nameless.insert(without, path) {
                let expected = format!("another path than `{other}`");
                self.tell(&pointer, &expected, Some(&path.into()));
            }
            let Some(item) = self.object(&paths, path, true) else {
                continue;
            };
            let Some(item) = resolved(self.root, item) else {
                continue;
            };
            let shared = self.declared(&item);
            for method in METHODS {
                if let Some(operation) = self.object(&item, method, false) {
                    self.operation(&operation, &names, &shared, &mut ids);
                }
            }
        }
    }

    fn operation(
        &mut self,
        operation: &Spot<'_>,
        names: &[&str],
        shared: &BTreeSet<String>,
        ids: &mut BTreeSet<String>,
    ) {
        if let Some(id) = operation.value.get("operationId") {
            let is_new = id.as_str().is_some_and(|text| ids.insert(text.to_owned()));
            if !is_new {
                let pointer = below(&operation.pointer, "operationId");
                self.tell(&pointer, "a string that no other operation has", Some(id));
            }
        }
        let declared = self.declared(operation);
        for name in names {
            if !declared.contains(*name) && !shared.contains(*name) {
                let pointer = below(&operation.pointer, "parameters");
                let expected = format!("one of the name `{name}` in the path");
                self.tell(&pointer, &expected, operation.value.get("parameters"));
            }
        }
        if let Some(body) = self.object(operation, "requestBody", false)
            && let Some(body) = resolved(self.root, body)
        {
            self.content(&body, true);
        }
        let needed = self.version == Version::ThreeZero;
        let Some(responses) = self.object(operation, "responses", needed) else {
            return;
        };
        for name in responses.keys().filter(|name| !name.starts_with("x-")) {
            if !is_status(name) {
                let pointer = below(&responses.pointer, name);
                self.tell(&pointer, "a status, `4XX` or `default`", Some(&name.into()));
            }
            let response = self.object(&responses, name, true);
            if let Some(response) = response.and_then(|spot| resolved(self.root, spot)) {
                self.text(&response, "description");
                self.content(&response, false);
            }
        }
    }

    fn content(&mut self, spot: &Spot<'_>, needed: bool) {
        let Some(content) = self.object(spot, "content", needed) else {
            return;
        };
        for name in content.keys() {
            if let Some(media) = self.object(&content, name, true)
                && let Some(schema) = media.value.get("schema")
                && !(schema.is_object() || schema.is_boolean())
            {
                self.tell(&below(&media.pointer, "schema"), "a schema", Some(schema));
            }
        }
    }

    /// The names of the parameters in the path that are declared here.
    fn declared(&mut self, spot: &Spot<'_>) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let list = spot.value.get("parameters");
        if let Some(list) = list.filter(|list| !list.is_array()) {
            self.tell(&below(&spot.pointer, "parameters"), "a list", Some(list));
        }
        for (place, one) in list
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            let pointer = format!("{}/parameters/{place}", spot.pointer);
            let Some(value) = one.as_object() else {
                self.tell(&pointer, "an object", Some(one));
                continue;
            };
            let Some(parameter) = resolved(self.root, Spot { value, pointer }) else {
                continue;
            };
            self.text(&parameter, "name");
            self.text(&parameter, "in");
            let of = |key: &str| parameter.value.get(key);
            if of("in").and_then(Value::as_str) == Some("path") {
                if of("required") != Some(&Value::Bool(true)) {
                    let pointer = below(&parameter.pointer, "required");
                    self.tell(&pointer, "true, as it is in the path", of("required"));
                }
                names.extend(of("name").and_then(Value::as_str).map(str::to_owned));
            }
        }
        names
    }

    /// References within the document that lead nowhere. What an example shows is data.
    fn references(&mut self, value: &Value, pointer: &str) {
        match value {
            Value::Object(fields) => {
                if let Some(reference) = fields.get("$ref").and_then(Value::as_str)
                    && let Some(target) = local(reference)
                    && self.root.pointer(&target).is_none()
                {
                    let pointer = below(pointer, "$ref");
                    self.tell(&pointer, "a place in the document", Some(&reference.into()));
                }
                for (key, value) in fields {
                    if !matches!(
                        key.as_str(),
                        "example" | "examples" | "enum" | "const" | "default"
                    ) {
                        self.references(value, &below(pointer, key));
                    }
                }
            }
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    self.references(item, &format!("{pointer}/{place}"));
                }
            }
            _ => {}
        }
    }
}

fn is_status(name: &str) -> bool {
    let bytes = name.as_bytes();
    let digit = |byte: &u8| byte.is_ascii_digit();
    name == "default"
        || bytes.len() == 3
            && (b'1'..=b'5').contains(&bytes[0])
            && (bytes[1..].iter().all(digit) || bytes[1..].eq_ignore_ascii_case(b"xx"))
}

/// The names of the parameters of a path.
fn parameters(path: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        names.push(name);
        rest = after;
    }
    names
}
