//! The conditions of `rules`, as far as they can be told.

use std::{iter::Peekable, vec::IntoIter};

use super::scenario::{Own, Scenario, Variable};
use crate::pipeline::condition::Truth;

/// Parentheses inside each other beyond this are not followed.
const MOST_DEEP: usize = 50;

/// Whether a condition holds. One that cannot be read perhaps does.
pub(super) fn holds(condition: &str, scenario: &Scenario, own: &Own<'_>) -> Truth {
    let Some(tokens) = tokens(condition) else {
        return Truth::Perhaps;
    };
    let mut reader = Reader {
        tokens: tokens.into_iter().peekable(),
        scenario,
        own,
        depth: 0,
    };
    match reader.or() {
        Some(value) if reader.tokens.peek().is_none() => value,
        _ => Truth::Perhaps,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Variable(String),
    Text(String),
    Pattern(String),
    Null,
    Sign(&'static str),
}

const SIGNS: [&str; 9] = ["==", "!=", "=~", "!~", "&&", "||", "(", ")", "!"];

fn tokens(condition: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = condition.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(name) = rest.strip_prefix('$') {
            let name = name.strip_prefix('{').unwrap_or(name);
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = &name[..end.unwrap_or(name.len())];
            let braces = if rest.starts_with("${") { 2 } else { 0 };
            tokens.push(Token::Variable(name.to_owned()));
            (1 + braces + name.len()).min(rest.len())
        } else if first == '"' || first == '\'' {
            let end = rest[1..].find(first)?;
            tokens.push(Token::Text(rest[1..=end].to_owned()));
            end + 2
        } else if first == '/' {
            let length = pattern(rest)?;
            tokens.push(Token::Pattern(rest[..length].to_owned()));
            length
        } else if let Some(after) = rest.strip_prefix("null") {
            if after.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                return None;
            }
            tokens.push(Token::Null);
            "null".len()
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
            tokens.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest.get(length..)?.trim_start();
    }
    Some(tokens)
}

/// The length of a pattern with its slashes and flags.
fn pattern(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut place = 1;
    while bytes.get(place)? != &b'/' {
        place += if bytes[place] == b'\\' { 2 } else { 1 };
    }
    let flags = bytes[place + 1..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic());
    Some(place + 1 + flags.count())
}

struct Reader<'a> {
    tokens: Peekable<IntoIter<Token>>,
    scenario: &'a Scenario,
    own: &'a Own<'a>,
    depth: usize,
}

impl Reader<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.tokens.peek(), Some(Token::Sign(next)) if *next == sign);
        if is_next {
            self.tokens.next();
        }
        is_next
    }

    fn or(&mut self) -> Option<Truth> {
        let mut left = self.and()?;
        while self.takes("||") {
            left = left.or(self.and()?);
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Truth> {
        let mut left = self.comparison()?;
        while self.takes("&&") {
            left = left.and(self.comparison()?);
        }
        Some(left)
    }

    fn comparison(&mut self) -> Option<Truth> {
        self.depth += 1;
        if self.depth > MOST_DEEP {
            return None;
        }
        let truth = if self.takes("!") {
            !self.comparison()?
        } else if self.takes("(") {
            let inner = self.or()?;
            self.takes(")").then_some(inner)?
        } else {
            let left = self.value()?;
            if self.takes("==") {
                equal(&left, &self.value()?)
            } else if self.takes("!=") {
                !equal(&left, &self.value()?)
            } else if self.takes("=~") {
                matches(&left, &self.value()?, self.own)
            } else if self.takes("!~") {
                !matches(&left, &self.value()?, self.own)
            } else {
                set(&left)
            }
        };
        self.depth -= 1;
        Some(truth)
    }

    fn value(&mut self) -> Option<Variable> {
        Some(match self.tokens.next()? {
            Token::Variable(name) => self.scenario.variable(&name, self.own),
            // What refers to other variables is not put together.
            Token::Text(text) if text.contains('$') => Variable::Unknown,
            Token::Text(text) | Token::Pattern(text) => Variable::Text(text),
            Token::Null => Variable::Unset,
            Token::Sign(_) => return None,
        })
    }
}

fn matches(left: &Variable, pattern: &Variable, own: &Own<'_>) -> Truth {
    match (left, pattern) {
        (Variable::Unset, _) => Truth::No,
        (Variable::Text(text), Variable::Text(pattern)) => own
            .patterns
            .finds(pattern, text)
            .map_or(Truth::Perhaps, Truth::from),
        _ => Truth::Perhaps,
    }
}

fn set(value: &Variable) -> Truth {
    match value {
        Variable::Unset => Truth::No,
        Variable::Text(text) => (!text.is_empty()).into(),
        Variable::Some => Truth::Yes,
        Variable::Unknown => Truth::Perhaps,
    }
}

fn equal(left: &Variable, right: &Variable) -> Truth {
    match (left, right) {
        (Variable::Unset, Variable::Unset) => Truth::Yes,
        (Variable::Text(left), Variable::Text(right)) => (left == right).into(),
        (Variable::Unset, Variable::Text(_) | Variable::Some)
        | (Variable::Text(_) | Variable::Some, Variable::Unset) => Truth::No,
        (Variable::Some, Variable::Text(text)) | (Variable::Text(text), Variable::Some)
            if text.is_empty() =>
        {
            Truth::No
        }
        _ => Truth::Perhaps,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            pattern::Patterns,
            scenario::{Layer, Own, SCENARIOS},
        },
        Truth::{No, Perhaps, Yes},
        holds,
    };

    #[test]
    fn conditions_are_decided_by_the_variables() {
        let layer: Layer = [
            ("MODE".to_owned(), Some("full".to_owned())),
            ("MADE".to_owned(), None),
        ]
        .into();
        let patterns = Patterns::default();
        let own = Own {
            layers: vec![&layer],
            patterns: &patterns,
        };
        let [push, work, _, review, ..] = SCENARIOS;
        for (condition, on_main, on_work, on_review) in [
            ("$CI_COMMIT_BRANCH", Yes, Yes, No),
            ("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", Yes, No, No),
            ("${CI_COMMIT_BRANCH} == \"main\"", Yes, No, No),
            ("$CI_COMMIT_BRANCH != \"main\"", No, Yes, Yes),
            ("$CI_PIPELINE_SOURCE == 'merge_request_event'", No, No, Yes),
            ("$CI_MERGE_REQUEST_IID", No, No, Yes),
            ("$CI_COMMIT_TAG == null", Yes, Yes, Yes),
            ("$CI_COMMIT_TAG || $CI_COMMIT_BRANCH", Yes, Yes, No),
            ("$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS", No, No, No),
            ("$CI_COMMIT_REF_NAME =~ /^MA/i", Yes, No, No),
            ("$CI_COMMIT_REF_NAME =~ /^MA/", No, No, No),
            ("$CI_COMMIT_TAG =~ /x/", No, No, No),
            ("$CI_COMMIT_TAG !~ /x/", Yes, Yes, Yes),
            ("$MODE == \"full\" && ($MADE || $MODE)", Yes, Yes, Yes),
            ("$MADE == \"x\"", Perhaps, Perhaps, Perhaps),
            ("$MADE && $CI_COMMIT_BRANCH == \"main\"", Perhaps, No, No),
            ("$UNHEARD_OF", Perhaps, Perhaps, Perhaps),
            // These cannot be read.
            ("$MODE = \"full\"", Perhaps, Perhaps, Perhaps),
            ("$MODE == \"full", Perhaps, Perhaps, Perhaps),
            ("($CI_COMMIT_TAG", Perhaps, Perhaps, Perhaps),
            ("$CI_COMMIT_BRANCH =~ /[/", Perhaps, Perhaps, No),
        ] {
            let found = [push, work, review].map(|scenario| holds(condition, &scenario, &own));
            assert_eq!(found, [on_main, on_work, on_review], "{condition}");
        }
        assert_eq!(holds(&"(".repeat(9999), &push, &own), Perhaps);
        let large = "$CI =~ /(x{999}){999}/";
        assert_eq!(holds(large, &push, &own), Perhaps);
    }
}
