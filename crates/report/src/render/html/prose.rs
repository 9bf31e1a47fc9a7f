//! A sentence as the template sees it: what stands between backticks is code.

use serde::Serialize;

use crate::neutral::brief;

/// A stretch of a sentence.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    code: bool,
    text: String,
}

/// At most `limit` characters of `text`, on one line. A first word of letters only begins with a
/// capital: what the grader says may come after a colon elsewhere.
pub(super) fn prose(text: &str, limit: usize) -> Vec<Part> {
    parts(&capitalised(&brief(text, limit)))
}

/// A text of several lines as it is.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let pieces: Vec<&str> = text.split('`').collect();
    let mut parts = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let odd = index % 2 == 1;
        let closed = index + 1 < pieces.len();
        let (code, text) = match (odd, closed) {
            (true, false) => (false, format!("`{piece}")),
            _ => (odd, (*piece).to_owned()),
        };
        if !text.is_empty() {
            parts.push(Part { code, text });
        }
    }
    parts
}

fn capitalised(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    if word.len() < text.len() && word.chars().all(|c| c.is_ascii_lowercase()) {
        let (first, rest) = text.split_at(1.min(text.len()));
        return first.to_ascii_uppercase() + rest;
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Part, parts, prose};

    fn part(code: bool, text: &str) -> Part {
        Part {
            code,
            text: text.to_owned(),
        }
    }

    #[test]
    fn backticks_in_pairs_are_code() {
        assert_eq!(
            prose("it needs `stock`, gone", 80),
            [
                part(false, "It needs "),
                part(true, "stock"),
                part(false, ", gone")
            ]
        );
        assert_eq!(
            prose("one ` alone", 80),
            [part(false, "One "), part(false, "` alone")]
        );
    }

    #[test]
    fn names_keep_their_letters() {
        assert_eq!(prose("status: 201", 80), [part(false, "status: 201")]);
        assert_eq!(prose("`db` is gone", 80)[0], part(true, "db"));
        assert!(prose("", 80).is_empty());
        assert_eq!(prose("änderung kam", 80), [part(false, "änderung kam")]);
    }

    #[test]
    fn lines_stay_lines() {
        let found = parts("`db` says:\n  `gone`");
        assert_eq!(
            found,
            [
                part(true, "db"),
                part(false, " says:\n  "),
                part(true, "gone")
            ]
        );
    }
}
