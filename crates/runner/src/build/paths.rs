//! Patterns for paths in a build's context: those of `.dockerignore`, and the sources of `COPY`.
//!
//! The rules are those of `docker build`
//! (<https://docs.docker.com/build/concepts/context/#dockerignore-files>): a pattern stands for a
//! place counted from the top, and for all that is in it; of several that fit, the last counts.

use globset::{GlobBuilder, GlobMatcher};

/// One pattern.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// None for the top itself.
    glob: Option<GlobMatcher>,
}

impl Pattern {
    /// Reads one; none where it is no pattern.
    pub(super) fn read(text: &str) -> Option<Self> {
        let parts: Vec<_> = text
            .split('/')
            .filter(|part| !matches!(*part, "" | "."))
            .collect();
        if parts.is_empty() {
            return Some(Self { glob: None });
        }
        // Alternatives (`{a,b}`) are not known there.
        let text = parts.join("/").replace('{', "\\{").replace('}', "\\}");
        let glob = GlobBuilder::new(&text)
            .literal_separator(true)
            .backslash_escape(true)
            .build();
        Some(Self {
            glob: Some(glob.ok()?.compile_matcher()),
        })
    }

    /// Whether it stands for a file or for a folder that the file is in.
    pub(super) fn holds(&self, path: &str) -> bool {
        let Some(glob) = &self.glob else { return true };
        let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        folders.chain([path]).any(|path| glob.is_match(path))
    }
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
    /// The first line that is no pattern.
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
            let pattern = Pattern::read(pattern).ok_or_else(|| line.to_owned())?;
            // Nobody hands in nothing.
            if pattern.glob.is_some() {
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
        assert_eq!(Ignored::read("a\n[b\n").unwrap_err(), "[b");
    }
}
