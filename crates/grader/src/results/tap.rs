//! TAP, the Test Anything Protocol, versions 12 to 14 (testanything.org): a line for each test, a plan, and
//! tests nested by indentation.

use super::{Test, TestEnd, kept};

/// So many spaces nest a test in the one whose line follows.
const INDENT: usize = 4;
/// What stands deeper is no test.
const DEEPEST: usize = 64;
/// Of lines that say more of a test.
const LINES: usize = 200;

/// In the error, why the file cannot be read: no plan, or not what the plan says.
pub(super) fn read(text: &str) -> Result<Vec<Test>, String> {
    let mut reader = Reader {
        levels: vec![Level::default()],
        ..Reader::default()
    };
    for line in text.lines() {
        reader.line(line.trim_end_matches('\r'))?;
    }
    reader.finish()
}

/// The tests of one depth that have no line of their parent yet.
#[derive(Debug, Default)]
struct Level {
    tests: Vec<Test>,
    /// Lines of tests at this very depth.
    seen: usize,
    plan: Option<usize>,
}

#[derive(Debug, Default)]
struct Reader {
    levels: Vec<Level>,
    /// Whether lines are data about the last test, and how deep they stand.
    data: Option<usize>,
    /// At which depth the last test stands.
    last: usize,
    lines: usize,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let words = line.trim_start_matches(' ');
        if let Some(depth) = self.data {
            if words == "..." && spaces == depth {
                self.data = None;
            } else {
                self.more(words);
            }
            return Ok(());
        }
        if words == "---" {
            self.data = Some(spaces);
            return Ok(());
        }
        let depth = spaces / INDENT;
        if depth > DEEPEST {
            return Ok(());
        }
        if words.starts_with("Bail out!") {
            return Err(format!("the tests were given up: {}", kept(words)));
        }
        if let Some((from, to)) = plan(words) {
            let planned = to.saturating_add(1).saturating_sub(from);
            // Else whoever gets a line into the file could make any number of tests the right one.
            if self.level(depth).plan.replace(planned).is_some() {
                return Err("there are two plans for the same tests".to_owned());
            }
            return Ok(());
        }
        if let Some((passed, rest)) = result(words) {
            self.test(depth, passed, rest);
        }
        Ok(())
    }

    fn level(&mut self, depth: usize) -> &mut Level {
        while self.levels.len() <= depth {
            self.levels.push(Level::default());
        }
        &mut self.levels[depth]
    }

    fn test(&mut self, depth: usize, passed: bool, rest: &str) {
        let (name, directive) = described(rest);
        let end = match directive {
            Some(("SKIP", why)) => TestEnd::Skipped(why.to_owned()),
            // What is not done yet is no pass, whatever came of it.
            Some(("TODO", why)) => TestEnd::Skipped(format!("to do: {why}")),
            _ if passed => TestEnd::Passed,
            _ => TestEnd::Failed(String::new()),
        };
        // Deeper tests stand before the line of what they are in.
        let mut inner = Vec::new();
        while self.levels.len() > depth + 1 {
            let deeper = self.levels.pop().unwrap_or_default();
            inner.splice(0..0, deeper.tests);
        }
        for test in &mut inner {
            let behind = |inner: &String| format!("{name} > {inner}");
            test.names = test.names.iter().map(behind).collect();
        }
        let level = self.level(depth);
        level.seen += 1;
        level.tests.extend(inner);
        level.tests.push(Test {
            names: vec![name.to_owned()],
            end,
        });
        self.last = depth;
        self.lines = 0;
    }

    /// What is said of the last test.
    fn more(&mut self, line: &str) {
        self.lines += 1;
        if self.lines > LINES {
            return;
        }
        let level = self.levels.get_mut(self.last);
        if let Some(TestEnd::Failed(said)) = level
            .and_then(|level| level.tests.last_mut())
            .map(|test| &mut test.end)
        {
            if !said.is_empty() {
                said.push('\n');
            }
            *said = kept(&(std::mem::take(said) + line));
        }
    }

    fn finish(mut self) -> Result<Vec<Test>, String> {
        let top = self.levels.swap_remove(0);
        match top.plan {
            None => Err(
                "there is no plan (`1..N`), so that nobody knows whether it is whole".to_owned(),
            ),
            Some(plan) if plan != top.seen => Err(format!(
                "the plan says {plan} tests, and there are {}",
                top.seen
            )),
            Some(_) => Ok(top.tests),
        }
    }
}

fn plan(words: &str) -> Option<(usize, usize)> {
    let range = words.split_whitespace().next()?;
    let (from, to) = range.split_once("..")?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

fn result(words: &str) -> Option<(bool, &str)> {
    let (passed, rest) = match words.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, words.strip_prefix("ok")?),
    };
    (rest.is_empty() || rest.starts_with(' ')).then_some((passed, rest.trim()))
}

/// The name, and a directive with what follows it.
fn described(rest: &str) -> (&str, Option<(&'static str, &str)>) {
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()).trim();
    let rest = rest.strip_prefix("- ").unwrap_or(rest);
    for (place, _) in rest.match_indices('#') {
        // One that is escaped belongs to the name.
        if rest[..place].ends_with('\\') {
            continue;
        }
        let words = rest[place + 1..].trim_start();
        for directive in ["SKIP", "TODO"] {
            let is_it = words
                .get(..directive.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(directive));
            if is_it {
                let why = words[directive.len()..].trim_start_matches(|c: char| c.is_alphabetic());
                return (rest[..place].trim(), Some((directive, why.trim())));
            }
        }
    }
    (rest.trim(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(text: &str) -> Vec<(String, TestEnd)> {
        let tests = read(text).unwrap().into_iter();
        tests
            .map(|mut test| (test.names.pop().unwrap(), test.end))
            .collect()
    }

    /// As Node.js 20 writes it.
    const NODE: &str = "TAP version 13
# Subtest: orders
    # Subtest: are read back
    ok 1 - are read back
      ---
      duration_ms: 1.2
      ...
    # Subtest: are paid
    not ok 2 - are paid
      ---
      error: |-
        Expected 1
        ...
      code: 'ERR_ASSERTION'
      ...
    1..2
not ok 1 - orders
  ---
  error: '1 subtest failed'
  ...
# Subtest: health
ok 2 - health # SKIP not here
1..2
# tests 3
";

    #[test]
    fn nested_tests_are_named_behind_what_they_are_in() {
        let expected = [
            ("orders > are read back", TestEnd::Passed),
            (
                "orders > are paid",
                TestEnd::Failed("error: |-\nExpected 1\n...\ncode: 'ERR_ASSERTION'".to_owned()),
            ),
            (
                "orders",
                TestEnd::Failed("error: '1 subtest failed'".to_owned()),
            ),
            ("health", TestEnd::Skipped("not here".to_owned())),
        ];
        assert_eq!(
            ends(NODE),
            expected.map(|(name, end)| (name.to_owned(), end))
        );
    }

    #[test]
    fn names_are_taken_without_numbers_dashes_and_directives() {
        let text = "1..6\nok\nok 2 plain\nok 3 - a # b\nok - no number\nnot ok 5 - later # todo soon\nok 6 - c \\# SKIP d\n";
        let names: Vec<_> = ends(text);
        let expected = [
            ("", TestEnd::Passed),
            ("plain", TestEnd::Passed),
            ("a # b", TestEnd::Passed),
            ("no number", TestEnd::Passed),
            ("later", TestEnd::Skipped("to do: soon".to_owned())),
            ("c \\# SKIP d", TestEnd::Passed),
        ];
        assert_eq!(names, expected.map(|(name, end)| (name.to_owned(), end)));
    }

    #[test]
    fn what_is_not_whole_is_no_result() {
        assert!(read("ok 1 - a\n").unwrap_err().contains("no plan"));
        assert!(
            read("1..2\nok 1 - a\n")
                .unwrap_err()
                .contains("says 2 tests, and there are 1")
        );
        assert!(
            read("1..2\nok 1 - a\nBail out! No database\n")
                .unwrap_err()
                .contains("given up")
        );
        assert!(read("").is_err());
        assert!(
            read("1..1\nok 1 - a\nok 2 - b\n1..2\n")
                .unwrap_err()
                .contains("two plans")
        );
        assert!(read(&format!("1..{}\nok 1 - a\n", usize::MAX)).is_err());
        let deep = format!("1..1\nok 1 - a\n{}ok 1 - b\n", " ".repeat(1 << 20));
        assert_eq!(read(&deep).map(|tests| tests.len()), Ok(1));
        assert_eq!(read("1..0 # SKIP nothing\n"), Ok(Vec::new()));
        assert!(read("okay then\n1..0\n").unwrap().is_empty());
    }
}
