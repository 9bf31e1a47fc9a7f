//! Matchers and values in words, bounded.

use std::io;

use challenge_spec::matcher::{Length, Matcher, Range};
use serde_json::Value;

/// What one value is told in, in bytes.
const MAX_SHOWN: usize = 240;

/// A text cut to a number of bytes, with a mark where something is missing.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

/// A value as compact JSON, bounded.
pub fn shown(value: &Value) -> String {
    let mut bounded = Bounded(Vec::new());
    // It fails only when full.
    let _ = serde_json::to_writer(&mut bounded, value);
    cut(&String::from_utf8_lossy(&bounded.0), MAX_SHOWN)
}

pub(super) fn shown_or_nothing(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), shown)
}

/// Takes a little more than is shown, then no more: a value may have megabytes.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = (MAX_SHOWN + 8).saturating_sub(self.0.len());
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(room);
        self.0.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a value must be, in words, bounded.
pub fn describe(matcher: &Matcher) -> String {
    cut(&said(matcher), MAX_SHOWN)
}

fn said(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Literal(value) => shown(value),
        Matcher::Object { fields, exact } => {
            let fields = fields
                .iter()
                .map(|(key, matcher)| format!("{}: {}", Value::from(key.as_str()), said(matcher)));
            let only = if *exact { "exactly " } else { "" };
            format!("{only}{{{}}}", joined(fields, ", "))
        }
        Matcher::Array(items) => format!("[{}]", joined(items.iter().map(said), ", ")),
        Matcher::Any => "any value".to_owned(),
        Matcher::Absent => "nothing".to_owned(),
        Matcher::Type(types) => joined(types.iter().map(|one| with_article(one.name())), " or "),
        Matcher::Range(range) => range_said(range),
        Matcher::Regex(regex) => format!("a string matching /{}/", regex.as_str()),
        Matcher::Length(length) => length_said(*length),
        Matcher::Format(format) => format!("a string of the form {}", format.name()),
        Matcher::OneOf(any) => format!("one of {}", joined(any.iter().map(said), ", ")),
        Matcher::All(all) => joined(all.iter().map(said), " and "),
        Matcher::Not(inner) => format!("not {}", said(inner)),
        Matcher::Each(each) => format!("a list, each item of it {}", said(each)),
        Matcher::Contains(one) => format!("something that contains {}", said(one)),
        Matcher::Unordered(items) => {
            let items = joined(items.iter().map(said), ", ");
            format!("a list of, in any order, [{items}]")
        }
        Matcher::Sorted { by, order } => {
            let by = by.as_ref().map(|by| format!(" by {by}"));
            let way = match order {
                challenge_spec::matcher::Order::Ascending => "ascending",
                challenge_spec::matcher::Order::Descending => "descending",
            };
            format!("a list sorted{}, {way}", by.unwrap_or_default())
        }
        Matcher::Unique(by) => {
            let by = by.as_ref().map(|by| format!(" of {by}"));
            format!("a list without repeated values{}", by.unwrap_or_default())
        }
    }
}

/// Joins, and stops once more is there than is told.
fn joined(parts: impl Iterator<Item = String>, glue: &str) -> String {
    let mut text = String::new();
    for part in parts {
        if text.len() > MAX_SHOWN {
            break;
        }
        if !text.is_empty() {
            text.push_str(glue);
        }
        text.push_str(&part);
    }
    text
}

fn with_article(noun: &str) -> String {
    match noun {
        "null" => noun.to_owned(),
        _ if noun.starts_with(['a', 'i', 'o']) => format!("an {noun}"),
        _ => format!("a {noun}"),
    }
}

fn range_said(range: &Range) -> String {
    let bounds = [
        ("at least", &range.min),
        ("at most", &range.max),
        ("above", &range.above),
        ("below", &range.below),
    ];
    let bounds = bounds
        .into_iter()
        .filter_map(|(word, bound)| Some(format!("{word} {}", bound.as_ref()?)));
    format!("a number {}", joined(bounds, " and "))
}

fn length_said(length: Length) -> String {
    match (length.min, length.max) {
        (Some(min), Some(max)) if min == max => format!("a length of {min}"),
        (Some(min), Some(max)) => format!("a length of {min} to {max}"),
        (Some(min), None) => format!("a length of at least {min}"),
        (None, Some(max)) => format!("a length of at most {max}"),
        (None, None) => "a length".to_owned(),
    }
}
