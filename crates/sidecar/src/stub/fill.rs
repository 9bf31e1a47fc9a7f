//! What a call's path has, put into the texts of its answer.

use serde_json::Value;

use super::pattern::Found;
use crate::protocol::{Body, MOST_BODY};

/// A body and its content type; none where it would become too large.
pub(super) fn body(body: &Body, found: &Found<'_>) -> Option<(Vec<u8>, Option<&'static str>)> {
    let mut room = MOST_BODY;
    let (bytes, kind) = match body {
        Body::Empty => return Some((Vec::new(), None)),
        Body::Text(text) => (
            filled(text, found, &mut room)?.into_bytes(),
            "text/plain; charset=utf-8",
        ),
        Body::Json(json) => {
            let json = value(json, found, &mut room)?;
            (serde_json::to_vec(&json).ok()?, "application/json")
        }
    };
    (bytes.len() <= MOST_BODY).then_some((bytes, Some(kind)))
}

fn value(json: &Value, found: &Found<'_>, room: &mut usize) -> Option<Value> {
    Some(match json {
        Value::String(text) => Value::String(filled(text, found, room)?),
        Value::Array(items) => {
            let items = items.iter().map(|item| value(item, found, room));
            Value::Array(items.collect::<Option<_>>()?)
        }
        Value::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(key, field)| Some((key.clone(), value(field, found, room)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
        plain => plain.clone(),
    })
}

/// What is put in is not looked at again.
fn filled(text: &str, found: &Found<'_>, room: &mut usize) -> Option<String> {
    let mut whole = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let inner = &rest[open + 1..];
        let named = inner.find('}').and_then(|close| {
            let (_, text) = found.iter().find(|(name, _)| *name == &inner[..close])?;
            Some((text, &inner[close + 1..]))
        });
        let (piece, after) = match named {
            Some((text, after)) => {
                whole.push_str(&rest[..open]);
                (&**text, after)
            }
            None => (&rest[..=open], inner),
        };
        if whole.len() + piece.len() > *room {
            return None;
        }
        whole.push_str(piece);
        rest = after;
    }
    whole.push_str(rest);
    *room = room.checked_sub(whole.len())?;
    Some(whole)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;

    use super::*;

    fn json_of(json: Value, sku: &str) -> Option<Value> {
        let found = vec![("sku", Cow::Borrowed(sku))];
        let (bytes, kind) = body(&Body::Json(json), &found)?;
        assert_eq!(kind, Some("application/json"));
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    #[test]
    fn names_of_the_path_are_filled_in_and_nothing_else() {
        let json = json!({ "sku": "{sku}", "n": 1, "list": ["<{sku}>", "{other} {", "{{sku}}"] });
        assert_eq!(
            json_of(json, "{sku}\"").unwrap(),
            json!({ "sku": "{sku}\"", "n": 1, "list": ["<{sku}\">", "{other} {", "{{sku}\"}"] })
        );
        let found = vec![("sku", Cow::Borrowed("a"))];
        let text = body(&Body::Text("{sku}{sku}".to_owned()), &found).unwrap();
        assert_eq!(text, (b"aa".to_vec(), Some("text/plain; charset=utf-8")));
        assert_eq!(body(&Body::Empty, &found), Some((Vec::new(), None)));
    }

    #[test]
    fn a_long_path_makes_no_huge_answer() {
        let long = "x".repeat(4_000);
        let many = "{sku}".repeat(1_000);
        assert_eq!(json_of(json!(many), &long), None);
        assert_eq!(json_of(json!(vec!["{sku}"; 1_000]), &long), None);
        // What grows while it is written as JSON.
        assert_eq!(
            json_of(json!("{sku}"), &"\u{1}".repeat(MOST_BODY / 2)),
            None
        );
        assert!(json_of(json!("{sku}"), &long).is_some());
    }
}
