//! Where names stand in a template. minijinja says which names a template needs, not where.

use std::ops::Range;

/// A name in a template, and what it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    pub(super) range: Range<usize>,
    pub(super) role: Role,
}

/// What a name is where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A value, or the start of a path into one.
    Variable,
    /// A function that is called.
    Call,
    /// After `|`.
    Filter,
    /// After `is`.
    Test,
    /// After `.` or, as a string, in `[...]` behind a name.
    Attribute,
    /// Before `=` in a call.
    Argument,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a str),
    Text(&'a str),
    Sign(char),
    /// `==`, `!=` and the like, which are no `=`.
    Comparison,
    Number,
}

/// All names in the expressions and statements of a template.
pub(super) fn names(template: &str) -> Vec<Name<'_>> {
    let mut names = Vec::new();
    let mut rest = 0;
    while let Some(offset) = template[rest..].find('{') {
        let open = rest + offset;
        let close = match template.as_bytes().get(open + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => {
                let end = template[open..].find("#}");
                rest = end.map_or(template.len(), |end| open + end + 2);
                continue;
            }
            _ => {
                rest = open + 1;
                continue;
            }
        };
        let (tokens, end) = tokens(template, open + 2, close);
        classify(&tokens, &mut names);
        rest = end;
    }
    names
}

fn classify<'a>(tokens: &[(Token<'a>, Range<usize>)], names: &mut Vec<Name<'a>>) {
    let at = |place: usize| tokens.get(place).map(|(token, _)| *token);
    let before = |place: usize, back: usize| place.checked_sub(back).and_then(at);
    for (place, (token, range)) in tokens.iter().enumerate() {
        let previous = before(place, 1);
        let (text, role) = match *token {
            Token::Name(text) => {
                let tested = previous == Some(Token::Name("is"))
                    || (previous == Some(Token::Name("not"))
                        && before(place, 2) == Some(Token::Name("is")));
                let role = match (previous, at(place + 1)) {
                    (Some(Token::Sign('.')), _) => Role::Attribute,
                    (Some(Token::Sign('|')), _) => Role::Filter,
                    _ if tested && text != "not" => Role::Test,
                    (_, Some(Token::Sign('('))) => Role::Call,
                    (Some(Token::Sign('(' | ',')), Some(Token::Sign('='))) => Role::Argument,
                    _ => Role::Variable,
                };
                (text, role)
            }
            Token::Text(text)
                if previous == Some(Token::Sign('['))
                    && matches!(before(place, 2), Some(Token::Name(_)))
                    && at(place + 1) == Some(Token::Sign(']')) =>
            {
                (text, Role::Attribute)
            }
            _ => continue,
        };
        names.push(Name {
            text,
            range: range.clone(),
            role,
        });
    }
}

fn tokens<'a>(
    template: &'a str,
    start: usize,
    close: &str,
) -> (Vec<(Token<'a>, Range<usize>)>, usize) {
    let mut tokens = Vec::new();
    let mut at = start;
    while let Some(character) = template[at..].chars().next() {
        let rest = &template[at..];
        let depth_free = rest.starts_with(close);
        if depth_free {
            return (tokens, at + close.len());
        }
        let is_word = |character: char| character.is_alphanumeric() || character == '_';
        let (token, length) = if character.is_alphabetic() || character == '_' {
            let length = rest.find(|other| !is_word(other)).unwrap_or(rest.len());
            (Some(Token::Name(&rest[..length])), length)
        } else if character.is_ascii_digit() {
            // `.` too, so that `1.5` holds no attribute.
            let length = rest
                .find(|other: char| !is_word(other) && other != '.')
                .unwrap_or(rest.len());
            (Some(Token::Number), length)
        } else if character == '"' || character == '\'' {
            let length = quoted(rest, character);
            let inner = rest[1..length].trim_end_matches(character);
            (Some(Token::Text(inner)), length)
        } else if ["==", "!=", "<=", ">="]
            .iter()
            .any(|sign| rest.starts_with(sign))
        {
            (Some(Token::Comparison), 2)
        } else if character.is_whitespace() {
            (None, character.len_utf8())
        } else {
            (Some(Token::Sign(character)), character.len_utf8())
        };
        if let Some(token) = token {
            let range = match token {
                Token::Text(inner) => at + 1..at + 1 + inner.len(),
                _ => at..at + length,
            };
            tokens.push((token, range));
        }
        at += length;
    }
    (tokens, template.len())
}

/// The length of the string literal that `rest` begins with, quotes included.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, character) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            return place + 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{Role, names};

    fn roles(template: &str) -> Vec<(&str, Role)> {
        names(template)
            .into_iter()
            .map(|name| (name.text, name.role))
            .collect()
    }

    #[test]
    fn each_name_has_its_role() {
        assert_eq!(
            roles("x {{ jwt({'sub': user.id}, env.SECRET, ttl=5) | upper }} {# no #}"),
            [
                ("jwt", Role::Call),
                ("user", Role::Variable),
                ("id", Role::Attribute),
                ("env", Role::Variable),
                ("SECRET", Role::Attribute),
                ("ttl", Role::Argument),
                ("upper", Role::Filter),
            ]
        );
        assert_eq!(
            roles("{{ a == b and c is not defined }}"),
            [
                ("a", Role::Variable),
                ("b", Role::Variable),
                ("and", Role::Variable),
                ("c", Role::Variable),
                ("is", Role::Variable),
                ("not", Role::Variable),
                ("defined", Role::Test),
            ]
        );
        assert_eq!(
            roles("{{ env['A'] }}"),
            [("env", Role::Variable), ("A", Role::Attribute)]
        );
    }

    #[test]
    fn braces_in_strings_and_broken_templates_do_not_end_the_walk() {
        assert_eq!(
            roles("{{ f('}}') }}{{ a"),
            [("f", Role::Call), ("a", Role::Variable)]
        );
        assert_eq!(roles("{{ 'a"), []);
        assert_eq!(roles("{ {"), []);
    }
}
