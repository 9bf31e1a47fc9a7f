//! Where a query has `$1`, `$2` ...: outside of strings, quoted names and comments.

use std::ops::Range;

use crate::model::Service;

/// How a kind of database writes strings, names and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `'...'` and `$tag$...$tag$`, `"name"`, `--`, nested `/* */`.
    Postgres,
    /// `'...'` and `"..."` with backslashes, `` `name` ``, `-- `, `#`, `/* */`.
    MariaDb,
}

/// One `$1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// Which argument it takes, from 1.
    pub number: usize,
}

impl Dialect {
    /// That of a service; none where it does not speak SQL.
    pub fn of(service: &Service) -> Option<Self> {
        match service {
            Service::Postgres(_) => Some(Self::Postgres),
            Service::MariaDb(_) => Some(Self::MariaDb),
            Service::Redis(_) | Service::Valkey(_) | Service::Stub(_) => None,
        }
    }

    /// All placeholders of a query, in their order.
    pub fn placeholders(self, query: &str) -> Vec<Placeholder> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < query.len() {
            let rest = &query[at..];
            if let Some(length) = self.skipped(rest) {
                at += length.max(1);
                continue;
            }
            if let Some(digits) = rest.strip_prefix('$').map(leading_digits)
                && let Ok(number) = digits.parse()
                && number > 0
            {
                let end = at + 1 + digits.len();
                found.push(Placeholder {
                    at: at..end,
                    number,
                });
                at = end;
                continue;
            }
            at += word(rest).unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
        }
        found
    }

    /// How long the string, quoted name or comment is that begins here.
    fn skipped(self, rest: &str) -> Option<usize> {
        let first = rest.bytes().next()?;
        match (self, first) {
            (Self::Postgres, b'\'' | b'"') | (Self::MariaDb, b'`') => Some(quoted(rest, false)),
            (Self::MariaDb, b'\'' | b'"') => Some(quoted(rest, true)),
            (Self::Postgres, b'e' | b'E') if rest[1..].starts_with('\'') => {
                Some(1 + quoted(&rest[1..], true))
            }
            (Self::Postgres, b'$') => dollar_quoted(rest),
            (Self::MariaDb, b'#') => Some(line(rest)),
            (Self::Postgres, _) if rest.starts_with("--") => Some(line(rest)),
            (Self::MariaDb, _) if rest.starts_with("--") => rest[2..]
                .starts_with(|next: char| next.is_whitespace())
                .then(|| line(rest)),
            _ if rest.starts_with("/*") => Some(comment(rest, self == Self::Postgres)),
            _ => None,
        }
    }
}

fn leading_digits(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit());
    &text[..end.unwrap_or(text.len())]
}

/// How long the name, keyword or number is that begins here; it may have a `$` inside.
fn word(rest: &str) -> Option<usize> {
    let part = |character: char| character.is_alphanumeric() || character == '_';
    rest.starts_with(part).then(|| {
        rest.find(|character| !part(character) && character != '$')
            .unwrap_or(rest.len())
    })
}

/// A quote that is doubled stands for itself; the last one may be missing.
fn quoted(rest: &str, backslashes: bool) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == b'\\' && backslashes {
            at += 2;
        } else if bytes[at] != bytes[0] {
            at += 1;
        } else if bytes.get(at + 1) == Some(&bytes[0]) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    // A backslash may be the last, or stand before a character of several bytes.
    rest.len()
}

fn dollar_quoted(rest: &str) -> Option<usize> {
    let tag = 2 + rest[1..].find('$')?;
    let name = &rest[1..tag - 1];
    let is_tag = !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .chars()
            .all(|part| part.is_alphanumeric() || part == '_');
    is_tag.then(|| {
        let end = rest[tag..].find(&rest[..tag]);
        end.map_or(rest.len(), |end| tag + end + tag)
    })
}

fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

fn comment(rest: &str, nested: bool) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        if here.starts_with(b"/*") && (nested || depth == 0) {
            depth += 1;
            at += 2;
        } else if here.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(dialect: Dialect, query: &str) -> Vec<usize> {
        let found = dialect.placeholders(query);
        for placeholder in &found {
            let text = &query[placeholder.at.clone()];
            assert_eq!(text, format!("${}", placeholder.number));
        }
        found.iter().map(|one| one.number).collect()
    }

    #[test]
    fn placeholders_are_found_in_their_order() {
        for dialect in [Dialect::Postgres, Dialect::MariaDb] {
            let query = "select $2::text, $1 from é where a=$10 and b in ($2,$3)";
            assert_eq!(numbers(dialect, query), [2, 1, 10, 2, 3]);
            assert_eq!(
                numbers(dialect, "select 1, a$1, $a, $0, $"),
                [] as [usize; 0]
            );
        }
    }

    #[test]
    fn what_is_quoted_or_a_comment_has_none() {
        let common = [
            "select '$1' -- $1\n, $2",
            "select 'it''s $1', $2",
            "select /* $1 */ $2",
            "select $2 -- $1",
            "select \"a $1 b\", $2",
            "select $2, '$1",
        ];
        let postgres = [
            r"select '\', $2, '\'",
            r"select e'\'$1', $2",
            "select $$ $1 $$, $2",
            "select $tag$ $1 $$ $tag$, $2",
            "select /* /* */ $1 */ $2",
            "select 1 # $2",
            "select `$2",
        ];
        let mariadb = [
            r"select '\'$1', $2",
            r#"select "\"$1", $2"#,
            "select `$1`, $2",
            "select $2 # $1",
            "select 1--$2",
            "select /* /* */ $2",
            r"select $2, '\",
        ];
        for query in common.iter().chain(&postgres) {
            assert_eq!(numbers(Dialect::Postgres, query), [2], "{query}");
        }
        for query in common.iter().chain(&mariadb) {
            assert_eq!(numbers(Dialect::MariaDb, query), [2], "{query}");
        }
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        for text in ["\\é'", "'\\é", "$é$", "/*é", "e'", "E'\\", "`é", "é$1é"] {
            for end in 0..=text.len() {
                if let Some(text) = text.get(..end) {
                    Dialect::Postgres.placeholders(text);
                    Dialect::MariaDb.placeholders(text);
                }
            }
        }
    }
}
