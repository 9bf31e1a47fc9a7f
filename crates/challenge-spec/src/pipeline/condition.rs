//! Conditions of both hosts, as far as they say on which occasions something runs.

use std::collections::BTreeMap;

use regex::Regex;

/// When a pipeline runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Commits are pushed to a branch.
    Push,
    /// A pull or merge request is opened or has new commits.
    Review,
}

/// Whether an `if` of GitHub keeps something from running on an occasion where all went well so far. What
/// is not understood keeps nothing.
pub(super) fn is_excluded(when: &str, occasion: Occasion) -> bool {
    let when = when.trim();
    let inner = when
        .strip_prefix("${{")
        .and_then(|rest| rest.strip_suffix("}}"));
    excluded(inner.unwrap_or(when), occasion)
}

fn excluded(when: &str, occasion: Occasion) -> bool {
    let when = when.trim();
    if when.contains("||") && !when.contains('(') {
        return when.split("||").all(|part| excluded(part, occasion));
    }
    if when.contains("&&") && !when.contains("||") {
        return when.split("&&").any(|part| excluded(part, occasion));
    }
    let words: String = when.split_whitespace().collect();
    let event = match occasion {
        Occasion::Push => "push",
        Occasion::Review => "pull_request",
    };
    if let Some(named) = words.strip_prefix("github.event_name==") {
        return named.trim_matches('\'') != event && is_quoted(named);
    }
    if let Some(named) = words.strip_prefix("github.event_name!=") {
        return named.trim_matches('\'') == event;
    }
    ["false", "failure()", "cancelled()"].contains(&words.as_str())
}

fn is_quoted(word: &str) -> bool {
    word.len() >= 2 && word.starts_with('\'') && word.ends_with('\'')
}

/// Variables of a GitLab pipeline.
pub(super) type Variables = BTreeMap<String, String>;

/// What an `if` of GitLab says; nothing where it is not understood.
pub(super) fn holds(when: &str, variables: &Variables) -> Option<bool> {
    let mut parser = Parser {
        rest: when,
        variables,
        depth: 0,
    };
    let value = parser.any()?;
    parser.rest.trim().is_empty().then_some(value)
}

struct Parser<'a> {
    rest: &'a str,
    variables: &'a Variables,
    depth: usize,
}

/// A side of a comparison.
enum Operand {
    Value(Option<String>),
    Pattern(Regex),
}

impl Parser<'_> {
    fn takes(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> Option<bool> {
        let mut value = self.all()?;
        while self.takes("||") {
            value |= self.all()?;
        }
        Some(value)
    }

    fn all(&mut self) -> Option<bool> {
        let mut value = self.one()?;
        while self.takes("&&") {
            value &= self.one()?;
        }
        Some(value)
    }

    fn one(&mut self) -> Option<bool> {
        if self.takes("(") {
            self.depth += 1;
            if self.depth > 20 {
                return None;
            }
            let value = self.any()?;
            return self.takes(")").then_some(value);
        }
        let Operand::Value(left) = self.operand()? else {
            return None;
        };
        for (operator, is_equal) in [("==", true), ("!=", false)] {
            if self.takes(operator) {
                let Operand::Value(right) = self.operand()? else {
                    return None;
                };
                return Some((left == right) == is_equal);
            }
        }
        for (operator, is_match) in [("=~", true), ("!~", false)] {
            if self.takes(operator) {
                let Operand::Pattern(pattern) = self.operand()? else {
                    return None;
                };
                let matches = left.is_some_and(|left| pattern.is_match(&left));
                return Some(matches == is_match);
            }
        }
        Some(left.is_some_and(|left| !left.is_empty()))
    }

    fn operand(&mut self) -> Option<Operand> {
        let rest = self.rest.trim_start();
        let mut chars = rest.chars();
        match chars.next()? {
            '$' => {
                let body = &rest[1..];
                let end = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let (name, rest) = body.split_at(end.unwrap_or(body.len()));
                self.rest = rest;
                (!name.is_empty()).then(|| Operand::Value(self.variables.get(name).cloned()))
            }
            quote @ ('"' | '\'') => {
                let end = rest[1..].find(quote)? + 1;
                self.rest = &rest[end + 1..];
                Some(Operand::Value(Some(rest[1..end].to_owned())))
            }
            '/' => {
                let end = (1..rest.len())
                    .find(|at| rest.as_bytes()[*at] == b'/' && rest.as_bytes()[at - 1] != b'\\')?;
                let (mut after, mut flags) = (&rest[end + 1..], String::new());
                if let Some(more) = after.strip_prefix('i') {
                    (after, flags) = (more, "(?i)".to_owned());
                }
                let pattern = rest[1..end].replace("\\/", "/");
                self.rest = after;
                Regex::new(&(flags + &pattern)).ok().map(Operand::Pattern)
            }
            _ => {
                let rest = rest.strip_prefix("null")?;
                self.rest = rest;
                Some(Operand::Value(None))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_of_github_keeps_out_what_it_names() {
        let both = |when| [Occasion::Push, Occasion::Review].map(|one| is_excluded(when, one));
        for (when, expected) in [
            ("github.event_name == 'push'", [false, true]),
            ("${{ github.event_name != 'push' }}", [true, false]),
            (
                "github.event_name == 'push' || github.event_name == 'pull_request'",
                [false, false],
            ),
            (
                "github.event_name == 'push' && github.ref == 'refs/heads/main'",
                [false, true],
            ),
            ("false", [true, true]),
            ("failure()", [true, true]),
            ("always()", [false, false]),
            ("success() && (failure() || true)", [false, false]),
            ("github.event_name == github.other", [false, false]),
        ] {
            assert_eq!(both(when), expected, "{when}");
        }
    }

    #[test]
    fn a_condition_of_gitlab_is_computed() {
        let variables = Variables::from([
            ("CI_COMMIT_BRANCH".to_owned(), "main".to_owned()),
            ("CI_PIPELINE_SOURCE".to_owned(), "push".to_owned()),
            ("EMPTY".to_owned(), String::new()),
        ]);
        for (when, expected) in [
            ("$CI_COMMIT_BRANCH", Some(true)),
            ("$CI_COMMIT_TAG", Some(false)),
            ("$EMPTY", Some(false)),
            ("$CI_COMMIT_TAG == null", Some(true)),
            (
                "$CI_PIPELINE_SOURCE == \"push\" && $CI_COMMIT_BRANCH != 'main'",
                Some(false),
            ),
            (
                "($CI_COMMIT_TAG || $CI_COMMIT_BRANCH) && $CI_COMMIT_BRANCH =~ /^MA/i",
                Some(true),
            ),
            ("$CI_COMMIT_BRANCH !~ /^ma/", Some(false)),
            ("$CI_COMMIT_BRANCH =~ $PATTERN", None),
            ("what is this", None),
            ("$A && (", None),
            ("", None),
        ] {
            assert_eq!(holds(when, &variables), expected, "{when}");
        }
        let deep = "(".repeat(10_000);
        assert_eq!(holds(&deep, &variables), None);
    }
}
