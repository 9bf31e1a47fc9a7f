//! Percent-encoding (RFC 3986; forms as in the URL Standard).

use serde_json::Value;

use super::PrepareReason;

/// How a space and the rarer marks are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// In a query of a path: all but unreserved characters encoded.
    Query,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// A path and query as an author wrote it, with what a request line cannot hold encoded. What is
/// encoded already stays as it is.
pub(super) fn target(written: &str) -> String {
    let mut sent = String::with_capacity(written.len());
    for &byte in written.as_bytes() {
        let plain = byte.is_ascii_graphic()
            && !matches!(
                byte,
                b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | b'#'
            );
        push(&mut sent, byte, plain);
    }
    sent
}

/// `a=1&b=x%20y`. A list repeats its key; a field that is null is left out.
pub(super) fn fields<'a>(
    fields: impl IntoIterator<Item = (&'a str, Value)>,
    style: Style,
) -> Result<String, PrepareReason> {
    let mut sent = String::new();
    for (key, value) in fields {
        let values = match value {
            Value::Array(items) => items,
            one => vec![one],
        };
        for value in values {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text,
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Array(_) | Value::Object(_) => {
                    return Err(PrepareReason::Field(key.to_owned()));
                }
            };
            if !sent.is_empty() {
                sent.push('&');
            }
            component(&mut sent, key, style);
            sent.push('=');
            component(&mut sent, &text, style);
        }
    }
    Ok(sent)
}

fn component(sent: &mut String, text: &str, style: Style) {
    for &byte in text.as_bytes() {
        match (style, byte) {
            (Style::Form, b' ') => sent.push('+'),
            (Style::Form, b'*') => sent.push('*'),
            (Style::Form, b'~') => push(sent, byte, false),
            _ => push(
                sent,
                byte,
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'),
            ),
        }
    }
}

fn push(sent: &mut String, byte: u8, plain: bool) {
    if plain {
        sent.push(char::from(byte));
    } else {
        let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half)]);
        sent.extend(['%', digit(byte >> 4), digit(byte & 0xf)]);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_keeps_what_is_encoded_and_encodes_the_rest() {
        assert_eq!(
            target("/a%2Fb/ü x?q=[1]&r=#'"),
            "/a%2Fb/%C3%BC%20x?q=[1]&r=%23'"
        );
        assert_eq!(target("/\r\nX: y"), "/%0D%0AX:%20y");
    }

    #[test]
    fn fields_are_encoded_by_style() {
        let given = || {
            [
                ("a b", json!("~*ü&=+")),
                ("n", json!([1, null, true])),
                ("z", json!(null)),
            ]
        };
        assert_eq!(
            fields(given(), Style::Query).unwrap(),
            "a%20b=~%2A%C3%BC%26%3D%2B&n=1&n=true"
        );
        assert_eq!(
            fields(given(), Style::Form).unwrap(),
            "a+b=%7E*%C3%BC%26%3D%2B&n=1&n=true"
        );
        assert!(fields([("o", json!({}))], Style::Form).is_err());
    }
}
