//! Secrets that are told by the names beside them. The rest of a text stays as it is, byte by byte,
//! whether or not it is what it seems to be.

use super::redacted::{Redacted, sounds_secret};

/// A text with JSON in it: strings, and lists of strings, under keys that sound secret.
pub(super) fn json(text: &str) -> Redacted {
    let mut redacted = Redacted::default();
    let mut shown = 0;
    let mut rest = 0;
    while let Some(open) = find(text, rest, '"') {
        let end = string_end(text, open);
        rest = end;
        let key = text
            .get(open + 1..end.saturating_sub(1))
            .unwrap_or_default();
        let Some(value) = after_colon(text, end) else {
            continue;
        };
        if !sounds_secret(key) {
            continue;
        }
        let mut place = value;
        let listed = text[place..].starts_with('[');
        place += usize::from(listed);
        loop {
            place = skip_space(text, place);
            if !text[place..].starts_with('"') {
                break;
            }
            let end = string_end(text, place);
            let closed = end > place + 1 && text[..end].ends_with('"');
            let inside = place + 1..end - usize::from(closed);
            redacted.push(&text[shown..inside.start]);
            redacted.push_secret(key, &text[inside.clone()]);
            shown = inside.end;
            place = skip_space(text, end);
            rest = end;
            if !(listed && text[place..].starts_with(',')) {
                break;
            }
            place += 1;
        }
    }
    redacted.push(&text[shown..]);
    redacted
}

/// A path and query: the values of fields that sound secret.
pub(super) fn query(target: &str) -> Redacted {
    match target.split_once('?') {
        None => Redacted::plain(target),
        Some((path, query)) => {
            let mut redacted = Redacted::plain(path);
            redacted.push("?");
            redacted.append(form(query));
            redacted
        }
    }
}

/// `a=1&token=2`: the values of fields that sound secret.
pub(super) fn form(text: &str) -> Redacted {
    pairs(text, '&', sounds_secret)
}

/// `Bearer abc`: the scheme stays.
pub(super) fn credentials(value: &str) -> Redacted {
    match value.split_once(' ') {
        Some((scheme, rest)) if !scheme.is_empty() && scheme.bytes().all(is_scheme) => {
            let mut redacted = Redacted::plain(scheme);
            redacted.push(" ");
            redacted.push_secret("token", rest);
            redacted
        }
        _ => Redacted::secret("token", value),
    }
}

fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// `a=1; b=2`: the names stay.
pub(super) fn cookies(value: &str) -> Redacted {
    if value.contains('=') {
        pairs(value, ';', |_| true)
    } else {
        Redacted::secret("cookie", value)
    }
}

/// `a=1; Path=/; HttpOnly`: all but the value stays.
pub(super) fn set_cookie(value: &str) -> Redacted {
    let (cookie, attributes) = match value.find(';') {
        Some(end) => value.split_at(end),
        None => (value, ""),
    };
    let mut redacted = cookies(cookie);
    redacted.push(attributes);
    redacted
}

fn pairs(text: &str, between: char, is_secret: impl Fn(&str) -> bool) -> Redacted {
    let mut redacted = Redacted::default();
    for pair in text.split_inclusive(between) {
        let body = pair.strip_suffix(between).unwrap_or(pair);
        match body.split_once('=') {
            Some((name, value)) if is_secret(name) => {
                redacted.push(name);
                redacted.push("=");
                redacted.push_secret(name.trim(), value);
            }
            _ => redacted.push(body),
        }
        redacted.push(&pair[body.len()..]);
    }
    redacted
}

fn find(text: &str, from: usize, wanted: char) -> Option<usize> {
    text[from..].find(wanted).map(|at| from + at)
}

/// Behind the quotation mark that closes the string opened here, or the end of the line: a diff cuts
/// long lines, and a body may end anywhere.
fn string_end(text: &str, open: usize) -> usize {
    let mut escaped = false;
    for (at, byte) in text.as_bytes()[open + 1..].iter().enumerate() {
        match byte {
            b'"' if !escaped => return open + at + 2,
            b'\n' => return open + at + 1,
            _ => escaped = *byte == b'\\' && !escaped,
        }
    }
    text.len()
}

fn after_colon(text: &str, end: usize) -> Option<usize> {
    let colon = skip_space(text, end);
    text[colon..]
        .starts_with(':')
        .then(|| skip_space(text, colon + 1))
}

/// Spaces, and the marks that begin a diff's lines.
fn skip_space(text: &str, from: usize) -> usize {
    let rest =
        text[from..].trim_start_matches(|one: char| one.is_whitespace() || "+-".contains(one));
    text.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_all_but_what_is_secret() {
        let text = r#"{"user": "u", "password" : "p\"q", "tokens":["a", "b" ],"n":{"secret":5,"api_key":"k"}, "token":""}"#;
        assert_eq!(
            json(text).shown(),
            r#"{"user": "u", "password" : "<redacted>", "tokens":["<redacted>", "<redacted>" ],"n":{"secret":5,"api_key":"<redacted>"}, "token":""}"#
        );
    }

    #[test]
    fn json_may_be_cut_or_none_at_all() {
        assert_eq!(
            json(r#"{"token": "abc"#).shown(),
            r#"{"token": "<redacted>"#
        );
        assert_eq!(
            json("-  \"token\": \"abc…\n+  \"x\": 1").shown(),
            "-  \"token\": \"<redacted>\n+  \"x\": 1"
        );
        for text in [
            "",
            "\"",
            "\"token\"",
            "\"token\":",
            "\"token\":[",
            "\"token\":\"",
            "ü\"token\":\"ü",
            "\"token\":[\"a\",",
            "a\\\"b",
        ] {
            assert!(json(text).shown().replace("<redacted>", "").len() <= text.len());
        }
    }

    #[test]
    fn headers_keep_what_is_no_secret() {
        assert_eq!(credentials("Bearer a.b.c").shown(), "Bearer <redacted>");
        assert_eq!(credentials("a.b.c").shown(), "<redacted>");
        assert_eq!(credentials("").shown(), "");
        assert_eq!(
            cookies("a=1; b=2=3;c").shown(),
            "a=<redacted>; b=<redacted>;c"
        );
        assert_eq!(cookies("abc").shown(), "<redacted>");
        assert_eq!(
            set_cookie("sid=1; Path=/; HttpOnly").shown(),
            "sid=<redacted>; Path=/; HttpOnly"
        );
        assert_eq!(
            query("/a?x=1&access_token=2&y").shown(),
            "/a?x=1&access_token=<redacted>&y"
        );
    }
}
