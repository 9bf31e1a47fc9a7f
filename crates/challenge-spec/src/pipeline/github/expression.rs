//! Expressions of conditions, as far as the event decides them.

use std::{iter::Peekable, vec::IntoIter};

use super::token::{Token, tokens};
use crate::pipeline::condition::Truth;

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    Push,
    PullRequest,
    PullRequestTarget,
    /// Another, which one is not known.
    Other,
}

/// Expressions inside each other beyond this are not followed.
const MOST_DEEP: usize = 50;

/// No expression that the host reads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Whether a condition holds at an event, as long as nothing has failed or was cancelled.
pub(super) fn holds(condition: &str, event: Event) -> Result<Truth, Unreadable> {
    let condition = condition.trim();
    let inner = match condition.strip_prefix("${{") {
        Some(rest) => match end(rest) {
            Some(end) if rest[end..] == *"}}" => &rest[..end],
            // What is only partly an expression is a text, which is never empty.
            _ => return Ok(Truth::Yes),
        },
        None if condition.contains("${{") => return Ok(Truth::Yes),
        None => condition,
    };
    if inner.trim().is_empty() {
        return Ok(Truth::Yes);
    }
    let tokens = tokens(inner).ok_or(Unreadable)?;
    let mut reader = Reader {
        tokens: tokens.into_iter().peekable(),
        event,
        depth: 0,
    };
    match reader.or() {
        Ok(value) if reader.tokens.peek().is_none() => Ok(value.truth()),
        Err(Stop::Deep) => Ok(Truth::Perhaps),
        Ok(_) | Err(Stop::Wrong) => Err(Unreadable),
    }
}

/// Where the `}}` of an expression stands, whose beginning is cut off. Quoted ones do not count.
pub(super) fn end(rest: &str) -> Option<usize> {
    let mut quoted = false;
    let bytes = rest.as_bytes();
    (0..bytes.len()).find(|place| {
        quoted ^= bytes[*place] == b'\'';
        !quoted && bytes[*place..].starts_with(b"}}")
    })
}

enum Stop {
    Deep,
    Wrong,
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Unknown,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// A text that is not empty and begins so.
    Begins(&'static str),
}

impl Value {
    fn truth(&self) -> Truth {
        match self {
            Self::Unknown => Truth::Perhaps,
            Self::Null => Truth::No,
            Self::Bool(value) => (*value).into(),
            Self::Number(number) => (*number != 0.0 && !number.is_nan()).into(),
            Self::Text(text) => (!text.is_empty()).into(),
            Self::Begins(_) => Truth::Yes,
        }
    }

    fn of(truth: Truth) -> Self {
        match truth {
            Truth::No => Self::Bool(false),
            Truth::Perhaps => Self::Unknown,
            Truth::Yes => Self::Bool(true),
        }
    }

    fn equals(&self, other: &Self) -> Truth {
        match (self, other) {
            (Self::Null, Self::Null) => Truth::Yes,
            (Self::Bool(left), Self::Bool(right)) => (left == right).into(),
            (Self::Number(left), Self::Number(right)) => left
                .partial_cmp(right)
                .is_some_and(std::cmp::Ordering::is_eq)
                .into(),
            (Self::Text(left), Self::Text(right)) => left.eq_ignore_ascii_case(right).into(),
            (Self::Null, Self::Text(text)) | (Self::Text(text), Self::Null) => {
                // Both become numbers, and what is no number equals none.
                let number = text.trim().parse::<f64>();
                (text.trim().is_empty() || number.is_ok_and(|number| number == 0.0)).into()
            }
            (Self::Begins(start), Self::Text(text)) | (Self::Text(text), Self::Begins(start)) => {
                if !text.is_empty() && begins(text, start) {
                    Truth::Perhaps
                } else {
                    Truth::No
                }
            }
            _ => Truth::Perhaps,
        }
    }
}

fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
}

struct Reader {
    tokens: Peekable<IntoIter<Token>>,
    event: Event,
    depth: usize,
}

impl Reader {
    fn takes(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.tokens.peek(), Some(Token::Sign(next)) if *next == sign);
        if is_next {
            self.tokens.next();
        }
        is_next
    }

    fn needs(&mut self, sign: &str) -> Result<(), Stop> {
        if self.takes(sign) {
            Ok(())
        } else {
            Err(Stop::Wrong)
        }
    }

    fn or(&mut self) -> Result<Value, Stop> {
        let mut left = self.and()?;
        while self.takes("||") {
            let right = self.and()?;
            left = match left.truth() {
                Truth::Yes => left,
                Truth::No => right,
                Truth::Perhaps => Value::of(Truth::Perhaps.or(right.truth())),
            };
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Value, Stop> {
        let mut left = self.equality()?;
        while self.takes("&&") {
            let right = self.equality()?;
            left = match left.truth() {
                Truth::Yes => right,
                Truth::No => left,
                Truth::Perhaps => Value::of(Truth::Perhaps.and(right.truth())),
            };
        }
        Ok(left)
    }

    fn equality(&mut self) -> Result<Value, Stop> {
        let mut left = self.order()?;
        loop {
            let is_equal = self.takes("==");
            if !is_equal && !self.takes("!=") {
                return Ok(left);
            }
            let equal = left.equals(&self.order()?);
            left = Value::of(if is_equal { equal } else { !equal });
        }
    }

    fn order(&mut self) -> Result<Value, Stop> {
        let mut left = self.unary()?;
        while ["<=", ">=", "<", ">"].iter().any(|sign| self.takes(sign)) {
            self.unary()?;
            left = Value::Unknown;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Value, Stop> {
        self.depth += 1;
        if self.depth > MOST_DEEP {
            return Err(Stop::Deep);
        }
        let value = if self.takes("!") {
            Value::of(!self.unary()?.truth())
        } else if self.takes("(") {
            let value = self.or()?;
            self.needs(")")?;
            self.inside(value)?
        } else {
            match self.tokens.next() {
                Some(Token::Text(text)) => Value::Text(text),
                Some(Token::Number(number)) => Value::Number(number),
                Some(Token::Word(word)) => self.named(&word)?,
                Some(Token::Sign(_)) | None => return Err(Stop::Wrong),
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    fn named(&mut self, word: &str) -> Result<Value, Stop> {
        if self.takes("(") {
            let mut arguments = Vec::new();
            while !self.takes(")") {
                if !arguments.is_empty() {
                    self.needs(",")?;
                }
                arguments.push(self.or()?);
            }
            let value = called(word, &arguments);
            return self.inside(value);
        }
        let mut path = word.to_ascii_lowercase();
        loop {
            if self.takes(".") {
                match self.tokens.next() {
                    Some(Token::Word(word)) => {
                        path.push('.');
                        path.push_str(&word.to_ascii_lowercase());
                    }
                    Some(Token::Sign("*")) => path.push_str(".*"),
                    _ => return Err(Stop::Wrong),
                }
            } else if self.takes("[") {
                if self.takes("*") {
                    path.push_str(".*");
                } else if let Value::Text(key) = self.or()? {
                    path.push('.');
                    path.push_str(&key.to_ascii_lowercase());
                } else {
                    path.push_str(".*");
                }
                self.needs("]")?;
            } else {
                return Ok(self.looked_up(&path));
            }
        }
    }

    /// What follows a value that is an object or list: nothing of it is known.
    fn inside(&mut self, value: Value) -> Result<Value, Stop> {
        let mut value = value;
        loop {
            if self.takes(".") {
                match self.tokens.next() {
                    Some(Token::Word(_) | Token::Sign("*")) => value = Value::Unknown,
                    _ => return Err(Stop::Wrong),
                }
            } else if self.takes("[") {
                if !self.takes("*") {
                    self.or()?;
                }
                self.needs("]")?;
                value = Value::Unknown;
            } else {
                return Ok(value);
            }
        }
    }

    fn looked_up(&self, path: &str) -> Value {
        let text = |text: &str| Value::Text(text.to_owned());
        let is_review = matches!(self.event, Event::PullRequest | Event::PullRequestTarget);
        match (path, self.event) {
            ("true", _) => Value::Bool(true),
            ("false", _) => Value::Bool(false),
            ("null", _) | ("github.event.action", Event::Push) => Value::Null,
            (path, Event::Push) if path.starts_with("github.event.pull_request") => Value::Null,
            ("nan", _) => Value::Number(f64::NAN),
            ("github.event_name", Event::Push) => text("push"),
            ("github.event_name", Event::PullRequest) => text("pull_request"),
            ("github.event_name", Event::PullRequestTarget) => text("pull_request_target"),
            ("github.ref", Event::Push | Event::PullRequestTarget) => Value::Begins("refs/heads/"),
            ("github.ref", Event::PullRequest) => Value::Begins("refs/pull/"),
            ("github.ref_type", Event::Push | Event::PullRequestTarget) => text("branch"),
            ("github.head_ref" | "github.base_ref", Event::Push) => text(""),
            ("github.head_ref" | "github.base_ref" | "github.event.pull_request", _)
                if is_review =>
            {
                Value::Begins("")
            }
            _ => Value::Unknown,
        }
    }
}

fn called(name: &str, arguments: &[Value]) -> Value {
    let name = name.to_ascii_lowercase();
    match (name.as_str(), arguments) {
        ("success" | "always", _) => Value::Bool(true),
        ("failure" | "cancelled", _) => Value::Bool(false),
        ("contains", [Value::Text(text), Value::Text(part)]) => {
            let part = part.to_ascii_lowercase();
            Value::Bool(text.to_ascii_lowercase().contains(&part))
        }
        ("startswith", [Value::Text(text), Value::Text(start)]) => Value::Bool(begins(text, start)),
        ("startswith", [Value::Begins(known), Value::Text(start)]) => {
            if begins(known, start) {
                Value::Bool(true)
            } else if begins(start, known) {
                Value::Unknown
            } else {
                Value::Bool(false)
            }
        }
        ("endswith", [Value::Text(text), Value::Text(tail)]) => {
            let tail = tail.to_ascii_lowercase();
            Value::Bool(text.to_ascii_lowercase().ends_with(&tail))
        }
        _ => Value::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Event::{Other, PullRequest, Push},
        Truth::{No, Perhaps, Yes},
        Unreadable, holds,
    };

    #[test]
    fn conditions_are_decided_by_the_event() {
        for (condition, push, review) in [
            ("", Yes, Yes),
            ("false", No, No),
            ("failure()", No, No),
            ("${{ cancelled() }}", No, No),
            ("always() && !cancelled()", Yes, Yes),
            ("github.event_name == 'push'", Yes, No),
            ("github.event_name != 'push'", No, Yes),
            ("github['event_name'] == 'PUSH'", Yes, No),
            ("!(github.event_name == 'push' || failure())", No, Yes),
            ("github.ref == 'refs/heads/main'", Perhaps, No),
            ("startsWith(github.ref, 'refs/tags/')", No, No),
            ("startsWith(github.ref, 'refs/heads')", Yes, No),
            ("github.event.pull_request.draft == false", Perhaps, Perhaps),
            ("github.head_ref == ''", Yes, No),
            ("contains(github.event_name, 'pull')", No, Yes),
            ("vars.X && github.event_name == 'push'", Perhaps, No),
            ("vars.X || github.event_name == 'push'", Yes, Perhaps),
            ("fromJSON(vars.X).list[0].a == 1", Perhaps, Perhaps),
            (
                "contains(github.event.commits.*.message, 'x')",
                Perhaps,
                Perhaps,
            ),
            ("matrix.n >= 0x10 && matrix.m < 1.5", Perhaps, Perhaps),
            // Only partly in braces, it is a text.
            ("${{ github.event_name }} == 'push'", Yes, Yes),
        ] {
            assert_eq!(holds(condition, Push), Ok(push), "{condition}");
            assert_eq!(holds(condition, PullRequest), Ok(review), "{condition}");
        }
        assert_eq!(holds("github.event_name == 'push'", Other), Ok(Perhaps));
    }

    #[test]
    fn what_the_host_cannot_read_is_a_mistake_and_what_is_deep_is_not_followed() {
        for condition in [
            "github.ref == \"main\"",
            "a ==",
            "(a",
            "a b",
            "'a",
            "f(a b)",
            "a = b",
        ] {
            assert_eq!(holds(condition, Push), Err(Unreadable), "{condition}");
        }
        assert_eq!(holds(&"(".repeat(9999), Push), Ok(Perhaps));
        assert_eq!(holds(&"!".repeat(9999), Push), Ok(Perhaps));
    }
}
