//! How much work it would be to hold a value against a schema.
//!
//! A few lines of schemas that refer to each other can make a validator look at a small value for
//! years. What it would look at is counted first, and given up in time.

use serde_json::{Map, Value};

use super::pointer::local;

/// How many pairs of a schema and a value are looked at.
const MOST: usize = 200_000;
/// How many schemas may lead to each other without going deeper into the value.
const MOST_IN_PLACE: usize = 64;

/// Of the value itself.
const IN_PLACE: [&str; 4] = ["not", "if", "then", "else"];
const IN_PLACE_LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

struct Effort<'a> {
    root: &'a Value,
    left: usize,
}

/// Whether holding the value against the schema at a pointer ends soon.
pub(super) fn is_bounded(root: &Value, pointer: &str, value: &Value) -> bool {
    let mut effort = Effort { root, left: MOST };
    let schema = root.pointer(pointer);
    schema.is_none_or(|schema| effort.spend(schema, value, 0))
}

impl Effort<'_> {
    fn spend(&mut self, schema: &Value, value: &Value, in_place: usize) -> bool {
        let Value::Object(fields) = schema else {
            return true;
        };
        if self.left == 0 || in_place > MOST_IN_PLACE {
            return false;
        }
        self.left -= 1;
        // These look once more at what others have looked at.
        let again = ["unevaluatedProperties", "unevaluatedItems"];
        let times = 1 + again
            .iter()
            .filter(|key| fields.contains_key(**key))
            .count();
        (0..times).all(|_| self.in_place(fields, value, in_place + 1) && self.below(fields, value))
    }

    fn in_place(&mut self, fields: &Map<String, Value>, value: &Value, depth: usize) -> bool {
        let referred = fields.get("$ref").and_then(Value::as_str).and_then(local);
        let root = self.root;
        let referred = referred.and_then(|pointer| root.pointer(&pointer));
        let single = IN_PLACE.iter().filter_map(|key| fields.get(*key));
        let lists = IN_PLACE_LISTS
            .iter()
            .filter_map(|key| fields.get(*key)?.as_array());
        let dependent = fields.get("dependentSchemas").and_then(Value::as_object);
        referred
            .into_iter()
            .chain(single)
            .chain(lists.flatten())
            .chain(dependent.into_iter().flat_map(Map::values))
            .all(|schema| self.spend(schema, value, depth))
    }

    fn below(&mut self, fields: &Map<String, Value>, value: &Value) -> bool {
        match value {
            Value::Object(members) => members.iter().all(|(name, member)| {
                let named = fields.get("properties").and_then(|all| all.get(name));
                let patterns = fields.get("patternProperties").and_then(Value::as_object);
                let others = ["additionalProperties", "unevaluatedProperties"];
                named
                    .into_iter()
                    .chain(patterns.into_iter().flat_map(Map::values))
                    .chain(others.iter().filter_map(|key| fields.get(*key)))
                    .all(|schema| self.spend(schema, member, 0))
            }),
            Value::Array(items) => items.iter().enumerate().all(|(place, item)| {
                let listed = fields.get("prefixItems").and_then(|all| all.get(place));
                let others = ["items", "contains", "unevaluatedItems"];
                listed
                    .into_iter()
                    .chain(others.iter().filter_map(|key| fields.get(*key)))
                    .all(|schema| self.spend(schema, item, 0))
            }),
            _ => true,
        }
    }
}
