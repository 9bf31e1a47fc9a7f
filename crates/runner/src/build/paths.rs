//! Patterns for paths in a build's context: those of `.dockerignore`, and the sources of `COPY`.
//!
//! The rules are those of `docker build`
//! (<https://docs.docker.com/build/concepts/context/#dockerignore-files>): a pattern stands for a
//! place counted from the top, and for all that is in it; of several that fit, the last counts.

use regex::{Regex, RegexBuilder};

/// How many patterns there may be: each is tried on each path.
const MOST: usize = 500;
/// How long one may be, in bytes.
const LONGEST: usize = 1024;

/// One pattern.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// None for the top itself.
    regex: Option<Regex>,
}

impl Pattern {
    /// Reads one; none where it is no pattern.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        if parts.is_empty() {
            return Some(Self { regex: None });
        }
        let text = parts.join("/");
        if text.len() > LONGEST {
            return None;
        }
        let regex = RegexBuilder::new(&expression(&text)?)
            .size_limit(1 << 20)
            .build();
        Some(Self {
            regex: Some(regex.ok()?),
        })
    }

    /// Whether it stands for a file or for a folder that the file is in.
    pub(super) fn holds(&self, path: &str) -> bool {
        let Some(regex) = &self.regex else {
            return true;
        };
        let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        folders.chain([path]).any(|path| regex.is_match(path))
    }
}

/// A pattern as a regular expression: `**` stands for any number of folders, also where it is a part of
/// a name only; `*` and `?` stay in one.
fn expression(text: &str) -> Option<String> {
    let mut expression = "^".to_owned();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '*' => match rest.strip_prefix('*') {
                Some(behind) => {
                    rest = behind.strip_prefix('/').unwrap_or(behind);
                    let folders = if rest.is_empty() { ".*" } else { "(?:.*/)?" };
                    expression.push_str(folders);
                }
                None => expression.push_str("[^/]*"),
            },
            '?' => expression.push_str("[^/]"),
            '[' => {
                let (class, behind) = rest.split_once(']')?;
                rest = behind;
                let (sign, class) = match class.strip_prefix('^') {
                    Some(class) => ("^", class),
                    None => ("", class),
                };
                if class.is_empty() {
                    return None;
                }
                // These mean something else to the library, in a class as well.
                let class = class.replace('\\', "\\\\").replace('[', "\\[");
                let class = class.replace('&', "\\&").replace('~', "\\~");
                expression.extend(["[", sign, &class, "]"]);
            }
            '\\' => {
                let escaped = rest.chars().next()?;
                rest = &rest[escaped.len_utf8()..];
                expression.push_str(&regex::escape(escaped.encode_utf8(&mut [0; 4])));
            }
            c => expression.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    expression.push('$');
    Some(expression)
}

/// What a `.dockerignore` leaves out.
#[derive(Debug, Clone, Default)]
pub(super) struct Ignored {
    /// Each with whether it takes back what those before it say.
    patterns: Vec<(Pattern, bool)>,
}

impl Ignored {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut patterns = Vec::new();
        for line in text.trim_start_matches('\u{feff}').lines() {
            if line.starts_with('#') {
                continue;
            }
            let line = line.trim();
            let (pattern, takes_back) = match line.strip_prefix('!') {
                Some(pattern) => (pattern.trim(), true),
                None => (line, false),
            };
            if pattern.is_empty() {
                continue;
            }
            let pattern =
                Pattern::read(pattern).ok_or_else(|| format!("{line:?} is no pattern"))?;
            if patterns.len() == MOST {
                return Err(format!("there are more than {MOST} patterns"));
            }
            // Nobody hands in nothing.
            if pattern.regex.is_some() {
                patterns.push((pattern, takes_back));
            }
        }
        Ok(Self { patterns })
    }

    /// Whether a file is left out.
    pub(super) fn holds(&self, path: &str) -> bool {
        let last = self.patterns.iter().rev();
        last.clone()
            .find(|(pattern, _)| pattern.holds(path))
            .is_some_and(|(_, takes_back)| !takes_back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(text: &str) -> Vec<&'static str> {
        let ignored = Ignored::read(text).unwrap();
        let paths = [
            "a.md",
            "a.txt",
            "dir/a.md",
            "dir/sub/a.md",
            "dir/sub/b",
            "node_modules/x/index.js",
            "web/node_modules/y",
            "{a,b}",
        ];
        paths
            .into_iter()
            .filter(|path| ignored.holds(path))
            .collect()
    }

    #[test]
    fn patterns_are_those_of_docker_build() {
        for (text, expected) in [
            ("node_modules", vec!["node_modules/x/index.js"]),
            ("/node_modules/", vec!["node_modules/x/index.js"]),
            (
                "**/node_modules",
                vec!["node_modules/x/index.js", "web/node_modules/y"],
            ),
            ("*.md", vec!["a.md"]),
            ("*/*.md", vec!["dir/a.md"]),
            ("**/*.md", vec!["a.md", "dir/a.md", "dir/sub/a.md"]),
            ("dir/**", vec!["dir/a.md", "dir/sub/a.md", "dir/sub/b"]),
            ("dir\n!dir/sub", vec!["dir/a.md"]),
            ("dir/sub\n!dir/sub/a.md", vec!["dir/sub/b"]),
            ("!dir/a.md\ndir/*.md", vec!["dir/a.md"]),
            ("?.[t-z]*\n# a.md\n\n ", vec!["a.txt"]),
            ("./a.txt", vec!["a.txt"]),
            ("{a,b}", vec!["{a,b}"]),
            ("x/../a.txt", vec!["a.txt"]),
            ("**a.md", vec!["a.md", "dir/a.md", "dir/sub/a.md"]),
            ("[!-z].md", vec!["a.md"]),
            ("[^b].md\n[b-]*", vec!["a.md"]),
            ("\\a.*d", vec!["a.md"]),
            (".", vec![]),
            (
                "*\n!a.md",
                vec![
                    "a.txt",
                    "dir/a.md",
                    "dir/sub/a.md",
                    "dir/sub/b",
                    "node_modules/x/index.js",
                    "web/node_modules/y",
                    "{a,b}",
                ],
            ),
        ] {
            assert_eq!(left_out(text), expected, "{text}");
        }
    }

    #[test]
    fn a_line_that_is_no_pattern_is_named() {
        for (text, part) in [
            ("a\n[]\n", "\"[]\" is no pattern"),
            ("[b", "is no pattern"),
            ("a\\", "is no pattern"),
            (&"x".repeat(2000), "is no pattern"),
            (&"x\n".repeat(501), "more than 500 patterns"),
        ] {
            let why = Ignored::read(text).unwrap_err();
            assert!(why.contains(part), "{why}");
        }
    }
}
