//! A text that two JSON values share exactly where they are the same value.

use serde_json::Value;

use super::number;

/// Order of keys and ways to write a number play no part in it.
pub(super) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Number(number) => text.push_str(&number::canonical(number)),
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in fields {
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, text);
                text.push(',');
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_value_has_the_same_text() {
        assert_eq!(
            text(&json!({ "a": [1.0, "x"], "b": null })),
            text(&json!({ "b": null, "a": [1, "x"] }))
        );
        assert_ne!(text(&json!(["a", "b"])), text(&json!(["a,b"])));
        assert_ne!(text(&json!("1")), text(&json!(1)));
    }
}
