//! A document's schemas as JSON Schemas of 2020-12.
//!
//! Those of 3.0 are of a dialect of its own. In both, references out of the document are taken for
//! schemas that everything fits: nothing is fetched. What must be there in one direction alone
//! (`readOnly`, `writeOnly`) is not asked for in the other.

use serde_json::{Map, Value, json};

use super::{body::Direction, pointer::local};

/// The two that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    ThreeZero,
    ThreeOne,
}

/// Of these the value is a schema, a list of schemas, or schemas by name.
const SCHEMAS: [&str; 13] = [
    "items",
    "additionalProperties",
    "additionalItems",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
    "schema",
];
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const NAMED: [&str; 5] = [
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
];
/// These change what references mean, or name what is not read.
const DROPPED: [&str; 11] = [
    "$id",
    "id",
    "$schema",
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveRef",
    "$recursiveAnchor",
    "$vocabulary",
    "nullable",
    "discriminator",
];

/// The document with all schemas readable; what is no schema stays as it is.
pub(super) fn readable(root: &Value, version: Version, direction: Direction) -> Value {
    let dialect = Dialect { version, direction };
    let mut whole = Map::new();
    for key in ["paths", "components"] {
        if let Some(value) = root.get(key) {
            whole.insert(key.to_owned(), dialect.outside(value, key == "components"));
        }
    }
    Value::Object(whole)
}

#[derive(Clone, Copy)]
struct Dialect {
    version: Version,
    direction: Direction,
}

impl Dialect {
    /// What is no schema, but may hold some.
    fn outside(self, value: &Value, is_components: bool) -> Value {
        match value {
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| {
                    let value = match key.as_str() {
                        "schema" => self.schema(value),
                        "schemas" if is_components => self.each(value),
                        "example" | "examples" => Value::Null,
                        _ => self.outside(value, false),
                    };
                    (key.clone(), value)
                })
                .collect(),
            Value::Array(items) => items.iter().map(|item| self.outside(item, false)).collect(),
            scalar => scalar.clone(),
        }
    }

    fn each(self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| (key.clone(), self.schema(value)))
                .collect(),
            Value::Array(items) => items.iter().map(|item| self.schema(item)).collect(),
            other => other.clone(),
        }
    }

    fn schema(self, schema: &Value) -> Value {
        let Value::Object(fields) = schema else {
            return schema.clone();
        };
        let mut out = Map::new();
        let mut anything = fields.contains_key("$dynamicRef");
        for (key, value) in fields {
            let key = key.as_str();
            let value = match key {
                "$ref" => {
                    anything |= value.as_str().and_then(local).is_none();
                    value.clone()
                }
                _ if DROPPED.contains(&key) => continue,
                "items" if value.is_array() => self.each(value),
                _ if SCHEMAS.contains(&key) => self.schema(value),
                _ if LISTS.contains(&key) || NAMED.contains(&key) => self.each(value),
                _ => value.clone(),
            };
            out.insert(key.to_owned(), value);
        }
        if anything {
            return Value::Bool(true);
        }
        self.required(fields, &mut out);
        if self.version == Version::ThreeZero {
            // Beside a reference nothing counts.
            if let Some(reference) = out.get("$ref").cloned() {
                out = Map::from_iter([("$ref".to_owned(), reference)]);
            }
            bounds(&mut out, "exclusiveMinimum", "minimum");
            bounds(&mut out, "exclusiveMaximum", "maximum");
        }
        if fields.get("nullable") == Some(&Value::Bool(true)) {
            return or_null(out);
        }
        Value::Object(out)
    }

    fn required(self, fields: &Map<String, Value>, out: &mut Map<String, Value>) {
        let other = match self.direction {
            Direction::Response => "writeOnly",
            Direction::Request => "readOnly",
        };
        let of_other = |name: &Value| {
            let property = name
                .as_str()
                .and_then(|name| fields.get("properties")?.get(name));
            property.and_then(|property| property.get(other)) == Some(&Value::Bool(true))
        };
        if let Some(Value::Array(names)) = out.get_mut("required") {
            names.retain(|name| !of_other(name));
        }
    }
}

/// A bound that is a flag of another bound, as in 3.0.
fn bounds(schema: &mut Map<String, Value>, exclusive: &str, inclusive: &str) {
    let Some(Value::Bool(flag)) = schema.get(exclusive).cloned() else {
        return;
    };
    schema.remove(exclusive);
    if flag && let Some(bound) = schema.remove(inclusive) {
        schema.insert(exclusive.to_owned(), bound);
    }
}

/// `nullable` says that null is a value too. Where a type is all that speaks against it the schema
/// stays in its place, for something may refer to its parts.
fn or_null(mut schema: Map<String, Value>) -> Value {
    let composed = ["$ref", "allOf", "anyOf", "oneOf", "not", "if", "const"];
    let is_simple = !composed.iter().any(|key| schema.contains_key(*key));
    let null = Value::from("null");
    match schema.get_mut("type") {
        Some(Value::String(one)) if is_simple => {
            let one = std::mem::take(one);
            schema.insert("type".to_owned(), json!([one, "null"]));
        }
        Some(Value::Array(types)) if is_simple => {
            if !types.contains(&null) {
                types.push(null);
            }
        }
        None if is_simple => {}
        _ => return json!({ "anyOf": [{ "type": "null" }, schema] }),
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    Value::Object(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(version: Version, schema: &Value) -> Value {
        let root = json!({ "components": { "schemas": { "A": schema } } });
        readable(&root, version, Direction::Response)["components"]["schemas"]["A"].clone()
    }

    #[test]
    fn the_dialect_of_3_0_becomes_that_of_json_schema() {
        let old = |schema: Value| read(Version::ThreeZero, &schema);
        assert_eq!(
            old(json!({ "type": "string", "nullable": true, "enum": ["a"] })),
            json!({ "type": ["string", "null"], "enum": ["a", null] })
        );
        assert_eq!(
            old(json!({ "nullable": true, "allOf": [{ "$ref": "#/components/schemas/B" }] })),
            json!({ "anyOf": [{ "type": "null" }, { "allOf": [{ "$ref": "#/components/schemas/B" }] }] })
        );
        assert_eq!(
            old(
                json!({ "minimum": 1, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false })
            ),
            json!({ "exclusiveMinimum": 1, "maximum": 9 })
        );
        assert_eq!(
            old(json!({ "$ref": "#/components/schemas/B", "type": "string" })),
            json!({ "$ref": "#/components/schemas/B" })
        );
    }

    #[test]
    fn what_is_outside_of_the_document_is_not_followed() {
        for reference in ["https://example.com/a.json", "other.json#/A", "#anchor"] {
            let schema = json!({ "properties": { "a": { "$ref": reference } } });
            let expected = json!({ "properties": { "a": true } });
            assert_eq!(read(Version::ThreeOne, &schema), expected);
        }
    }

    #[test]
    fn a_property_of_the_other_direction_is_not_asked_for() {
        let schema = json!({
            "required": ["id", "password", "example"],
            "properties": {
                "id": { "readOnly": true },
                "password": { "writeOnly": true },
                "example": { "type": "string" },
            },
        });
        assert_eq!(
            read(Version::ThreeOne, &schema)["required"],
            json!(["id", "example"])
        );
        let root = json!({ "paths": { "/": { "schema": schema } } });
        let sent = readable(&root, Version::ThreeOne, Direction::Request);
        let schema = &sent["paths"]["/"]["schema"];
        assert_eq!(schema["required"], json!(["password", "example"]));
        assert_eq!(schema["properties"]["example"]["type"], "string");
    }
}
