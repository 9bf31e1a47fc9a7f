//! Variables in what must be known before a build: names of images, platforms.

use std::collections::BTreeMap;

/// No value that is filled in is longer, in bytes: each may hold another one several times.
const LONGEST: usize = 4096;

/// Fills in `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}`; what has no value becomes
/// nothing, as the engine does it. None where something else is asked for, or too much.
pub(super) fn fill_in(text: &str, values: &BTreeMap<String, String>) -> Option<String> {
    let value = |name: &str| {
        let is_name = !name.is_empty() && name.bytes().all(is_of_a_name);
        is_name.then(|| values.get(name).cloned().unwrap_or_default())
    };
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        if filled.len() > LONGEST {
            return None;
        }
        if let Some(braced) = after.strip_prefix('{') {
            let (inner, behind) = braced.split_once('}')?;
            let plain = |text: &str| (!text.contains('$')).then(|| text.to_owned());
            let piece = if let Some((name, default)) = inner.split_once(":-") {
                match value(name)? {
                    empty if empty.is_empty() => plain(default)?,
                    value => value,
                }
            } else if let Some((name, other)) = inner.split_once(":+") {
                match value(name)? {
                    empty if empty.is_empty() => empty,
                    _ => plain(other)?,
                }
            } else {
                value(inner)?
            };
            filled.push_str(&piece);
            rest = behind;
        } else {
            let end = after.bytes().take_while(|byte| is_of_a_name(*byte)).count();
            let (name, behind) = after.split_at(end);
            filled.push_str(&value(name)?);
            rest = behind;
        }
    }
    filled.push_str(rest);
    (filled.len() <= LONGEST).then_some(filled)
}

/// The names of the variables that a text may hold, each as often as it does.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).map(|after| {
        let after = after.strip_prefix('{').unwrap_or(after);
        let end = after.bytes().take_while(|byte| is_of_a_name(*byte)).count();
        &after[..end]
    })
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_without_end_is_not_filled_in() {
        let values = BTreeMap::from([("A".to_owned(), "a".repeat(1000))]);
        assert_eq!(
            fill_in("$A$A", &values).map(|filled| filled.len()),
            Some(2000)
        );
        assert_eq!(fill_in(&"$A".repeat(5), &values), None);
        assert_eq!(fill_in(&"$A".repeat(1_000_000), &values), None);
    }

    #[test]
    fn names_are_found_wherever_they_are() {
        let found: Vec<_> = names("a$B${C:-$D}$").collect();
        assert_eq!(found, ["B", "C", "D", ""]);
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let values = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        for (text, filled) in [
            ("$A", Some("1")),
            ("x${A}y", Some("x1y")),
            ("$B.", Some(".")),
            ("${B:-2}", Some("2")),
            ("${A:-2}", Some("1")),
            ("${A:+2}", Some("2")),
            ("${B:+2}", Some("")),
            ("${A-2}", None),
            ("${A#1}", None),
            ("${B:-${A}}", None),
            ("${A", None),
            ("$", None),
            ("$-", None),
        ] {
            assert_eq!(fill_in(text, &values).as_deref(), filled, "{text}");
        }
    }
}
