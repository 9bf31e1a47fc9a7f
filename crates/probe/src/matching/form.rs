//! The forms that `$format` knows.

use challenge_spec::matcher::Format;
use chrono::{DateTime, NaiveDate};
use uuid::Uuid;

pub(super) fn is_of(format: Format, text: &str) -> bool {
    match format {
        Format::Uuid => text.len() == 36 && Uuid::try_parse(text).is_ok(),
        Format::DateTime => is_date_time(text),
        Format::Date => is_date(text),
        Format::Email => is_email(text),
        Format::Uri => is_uri(text),
    }
}

/// RFC 3339, with `T` between date and time.
fn is_date_time(text: &str) -> bool {
    matches!(text.as_bytes().get(10), Some(b'T' | b't'))
        && DateTime::parse_from_rfc3339(text).is_ok()
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
        && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// What a web form accepts, with a domain of at least two parts.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let mail = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    !local.is_empty()
        && local.bytes().all(mail)
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// Absolute, in the characters of RFC 3986.
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let schemed = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let encoded = rest.split('%').skip(1).all(|after| {
        after
            .as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    schemed && !rest.is_empty() && rest.bytes().all(allowed) && encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: Format, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(is_of(format, text), "{text}");
        }
        for text in bad {
            assert!(!is_of(format, text), "{text}");
        }
    }

    #[test]
    fn forms_are_told_from_their_likes() {
        check(
            Format::Uuid,
            &[
                "67e55044-10b1-426f-9247-bb680e5fe0c8",
                "67E55044-10B1-126F-9247-BB680E5FE0C8",
            ],
            &[
                "67e5504410b1426f9247bb680e5fe0c8",
                "67e55044-10b1-426f-9247-bb680e5fe0cg",
                "",
            ],
        );
        check(
            Format::DateTime,
            &["2026-11-24T10:00:00Z", "2026-11-24T10:00:00.123456+01:00"],
            &[
                "2026-11-24 10:00:00Z",
                "2026-11-24T10:00:00",
                "2026-02-30T10:00:00Z",
                "2026-11-24",
            ],
        );
        check(
            Format::Date,
            &["2024-02-29"],
            &[
                "2026-02-29",
                "2026-1-1",
                "+026-01-01",
                "2026-11-24T10:00:00Z",
            ],
        );
        check(
            Format::Email,
            &["a.b+c@example.com"],
            &[
                "a@b",
                "@example.com",
                "a b@example.com",
                "a@-x.com",
                "a@x..com",
                "a",
            ],
        );
        check(
            Format::Uri,
            &["https://example.com/a?b=%20#c", "urn:isbn:1", "mailto:a@b"],
            &[
                "/a/b",
                "example.com",
                "http://a b",
                "http://a/%2",
                "1http://a",
                "a:",
            ],
        );
    }
}
