//! Matchers that say something of one value as a whole.

use std::cmp::Ordering;

use challenge_spec::matcher::{JsonType, Length, Matcher, Range};
use serde_json::{Number, Value};

use super::{form, number};

/// Whether a value is what such a matcher wants; false where the matcher is of another kind.
pub(super) fn matches(matcher: &Matcher, value: &Value) -> bool {
    match (matcher, value) {
        (Matcher::Literal(Value::Number(wanted)), Value::Number(number)) => {
            number::compare(wanted, number) == Ordering::Equal
        }
        (Matcher::Literal(wanted), value) => wanted == value,
        (Matcher::Type(types), value) => types.iter().any(|one| is_of(*one, value)),
        (Matcher::Range(range), Value::Number(number)) => within(range, number),
        (Matcher::Regex(regex), Value::String(text)) => regex.is_match(text),
        (Matcher::Length(length), Value::String(text)) => fits(*length, text.chars().count()),
        (Matcher::Length(length), Value::Array(items)) => fits(*length, items.len()),
        (Matcher::Length(length), Value::Object(fields)) => fits(*length, fields.len()),
        (Matcher::Format(format), Value::String(text)) => form::is_of(*format, text),
        (Matcher::Contains(part), Value::String(text)) => match part.as_ref() {
            Matcher::Literal(Value::String(part)) => text.contains(part),
            _ => false,
        },
        _ => false,
    }
}

fn is_of(wanted: JsonType, value: &Value) -> bool {
    match (wanted, value) {
        (JsonType::Integer, Value::Number(number)) => number::is_integer(number),
        (JsonType::String, Value::String(_))
        | (JsonType::Number, Value::Number(_))
        | (JsonType::Boolean, Value::Bool(_))
        | (JsonType::Array, Value::Array(_))
        | (JsonType::Object, Value::Object(_))
        | (JsonType::Null, Value::Null) => true,
        _ => false,
    }
}

fn within(range: &Range, value: &Number) -> bool {
    let holds = |bound: &Option<Number>, allowed: &[Ordering]| {
        bound
            .as_ref()
            .is_none_or(|bound| allowed.contains(&number::compare(value, bound)))
    };
    holds(&range.min, &[Ordering::Greater, Ordering::Equal])
        && holds(&range.max, &[Ordering::Less, Ordering::Equal])
        && holds(&range.above, &[Ordering::Greater])
        && holds(&range.below, &[Ordering::Less])
}

fn fits(length: Length, count: usize) -> bool {
    let count = count as u64;
    length.min.is_none_or(|min| count >= min) && length.max.is_none_or(|max| count <= max)
}
