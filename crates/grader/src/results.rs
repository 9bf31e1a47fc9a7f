//! What a suite of tests says of each of them, read from the files that it leaves. Whatever cannot be read
//! is no result.

mod junit;
mod tap;

use std::collections::BTreeMap;

/// So many bytes of what is said of one test are kept.
const SAID: usize = 16 * 1024;

/// What became of each test, by the names that it may be called.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Results {
    tests: BTreeMap<String, TestEnd>,
    /// How many there are.
    count: usize,
    /// Why a file could not be read, a sentence each.
    pub(crate) unread: Vec<String>,
}

/// What became of one test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TestEnd {
    Passed,
    /// And why, as far as that is said.
    Skipped(String),
    /// And what is said of it.
    Failed(String),
}

impl Results {
    /// That nothing could be read, and why.
    pub(crate) fn unread(why: String) -> Self {
        Self {
            unread: vec![why],
            ..Self::default()
        }
    }

    /// Reads the files by the ends of their names; others are no results.
    pub(crate) fn of(files: &[(String, Vec<u8>)]) -> Self {
        let mut all = Self::default();
        for (name, content) in files {
            let text = String::from_utf8_lossy(content);
            let read = if has_end(name, "xml") {
                junit::read(&text)
            } else if has_end(name, "tap") {
                tap::read(&text)
            } else {
                continue;
            };
            match read {
                Ok(tests) => tests.into_iter().for_each(|test| all.add(test)),
                Err(why) => all.unread.push(format!("{name}: {why}")),
            }
        }
        all
    }

    /// One that stands there twice has passed if both have.
    fn add(&mut self, Test { names, end }: Test) {
        self.count += 1;
        for name in names {
            let known = self.tests.entry(name).or_insert(TestEnd::Passed);
            if end > *known {
                *known = end.clone();
            }
        }
    }

    pub(crate) fn test(&self, name: &str) -> Option<&TestEnd> {
        self.tests.get(name)
    }

    pub(crate) fn has_failed(&self) -> bool {
        let mut ends = self.tests.values();
        ends.any(|end| matches!(end, TestEnd::Failed(_)))
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The names of all tests, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tests.keys().map(String::as_str)
    }
}

/// One test, as a file has it.
#[derive(Debug, PartialEq, Eq)]
struct Test {
    /// All that it may be called; at least one.
    names: Vec<String>,
    end: TestEnd,
}

fn has_end(name: &str, end: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, found)| found.eq_ignore_ascii_case(end))
}

/// As much of a text as is kept.
fn kept(text: &str) -> String {
    let text = text.trim();
    let end = (0..=text.len().min(SAID)).rev();
    let end = end.into_iter().find(|end| text.is_char_boundary(*end));
    text[..end.unwrap_or(0)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_stands_there_twice_has_passed_if_both_have() {
        let file = |text: &str| ("a.tap".to_owned(), text.as_bytes().to_vec());
        let results = Results::of(&[
            file("1..2\nok 1 - a\nok 2 - b\n"),
            file("1..1\nnot ok 1 - a\n"),
            file("1..1\nok 1 - a\n"),
        ]);
        assert!(matches!(results.test("a"), Some(TestEnd::Failed(_))));
        assert_eq!(results.test("b"), Some(&TestEnd::Passed));
        assert_eq!(results.test("c"), None);
        assert_eq!(results.count(), 4);
    }

    #[test]
    fn files_that_are_no_results_are_left_alone_and_broken_ones_told() {
        let files = [
            ("notes.txt".to_owned(), b"1..1\nok 1 - a\n".to_vec()),
            ("r.XML".to_owned(), b"<testsuite><testcase".to_vec()),
        ];
        let results = Results::of(&files);
        assert_eq!(results.count(), 0);
        assert_eq!(results.unread.len(), 1);
        assert!(results.unread[0].starts_with("r.XML: "), "{results:?}");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        assert_eq!(kept("  a\n"), "a");
        assert!(kept(&"é".repeat(SAID)).len() <= SAID);
    }
}
