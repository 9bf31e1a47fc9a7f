use serde_json::{Map, Value, json};

use super::{
    Checker, Expectation,
    object::{keys, required},
};

impl<'a> Checker<'a> {
    /// The smallest value of the right shape.
    pub(super) fn placeholder(&self, expectation: Expectation<'a>) -> Value {
        let expectation = self.resolve(expectation);
        match expectation.name {
            // Long enough for a load, short enough for a check.
            Some("Duration") => return json!("10s"),
            Some("ByteSize") => return json!("1MiB"),
            Some("Cpus") => return json!(1),
            _ => {}
        }
        if let Some(default) = expectation.get("default").or(expectation.get("const")) {
            return default.clone();
        }
        let first = expectation
            .each("anyOf")
            .or(expectation.each("oneOf"))
            .and_then(<[Value]>::first);
        if let Some(first) = first {
            return self.placeholder(Expectation::of(first));
        }
        match expectation.types().first() {
            Some(&"string") => json!(""),
            Some(&"boolean") => json!(false),
            Some(&"array") => json!([]),
            Some(&("integer" | "number")) => expectation
                .get("minimum")
                .cloned()
                .unwrap_or_else(|| json!(1)),
            Some(&"object") => self.object_placeholder(expectation),
            _ => Value::Null,
        }
    }

    fn object_placeholder(&self, expectation: Expectation<'a>) -> Value {
        let properties = expectation.get("properties");
        let mut object = Map::new();
        let needed: Vec<&str> = required(expectation).collect();
        for key in keys(expectation).filter(|key| needed.contains(key)) {
            if let Some(property) = properties.and_then(|all| all.get(key)) {
                object.insert(key.to_owned(), self.placeholder(Expectation::of(property)));
            }
        }
        Value::Object(object)
    }
}
