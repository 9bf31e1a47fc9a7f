//! One look through what was printed.

use probe::{
    evidence::{self, Secrets},
    matching::evaluate,
};
use report::model::{Mismatch, Printed, PrintedLine};
use runner::PrintedLines;
use serde_json::Value;

use super::Wanted;
use crate::step::Place;

/// How many lines that match are shown, those that are not as expected first.
const MATCHING: usize = 10;
/// How many of the closest lines are shown where none matches.
const CLOSEST: usize = 3;
/// How many characters of a line are shown.
const SHOWN: usize = 2_000;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Look {
    seen: u64,
    objects: u64,
    matching: u64,
    cut: bool,
    mismatches: Vec<Mismatch>,
    good: Vec<PrintedLine>,
    bad: Vec<PrintedLine>,
    closest: Vec<PrintedLine>,
}

impl Look {
    pub(super) fn through(printed: &PrintedLines, wanted: &Wanted) -> Self {
        let mut look = Self {
            seen: printed.lines.len() as u64,
            cut: printed.cut,
            ..Self::default()
        };
        for line in &printed.lines {
            look.line(line, wanted);
        }
        look.count(wanted);
        look
    }

    pub(super) fn holds(&self) -> bool {
        self.mismatches.is_empty() && self.bad.is_empty()
    }

    fn line(&mut self, text: &str, wanted: &Wanted) {
        let Some(value) = object(text) else { return };
        self.objects += 1;
        let differs = |matcher| evaluate(matcher, Some(&value), "line $");
        let mismatches = wanted.which.as_ref().map(differs).unwrap_or_default();
        let line = |mismatches| PrintedLine {
            text: text.to_owned(),
            mismatches,
        };
        if !mismatches.is_empty() {
            self.come_close(line(mismatches));
            return;
        }
        self.matching += 1;
        let mismatches = wanted.json.as_ref().map(differs).unwrap_or_default();
        let kept = if mismatches.is_empty() {
            &mut self.good
        } else {
            &mut self.bad
        };
        if kept.len() < MATCHING {
            kept.push(line(mismatches));
        }
    }

    /// Of lines that are as close, the later ones stay.
    fn come_close(&mut self, line: PrintedLine) {
        let differences = |line: &PrintedLine| line.mismatches.len();
        let place = self
            .closest
            .partition_point(|other| differences(other) < differences(&line));
        self.closest.insert(place, line);
        self.closest.truncate(CLOSEST);
    }

    fn count(&mut self, wanted: &Wanted) {
        let at = "lines that match";
        if let Some(count) = &wanted.count {
            let actual = Value::from(self.matching);
            self.mismatches = evaluate(count, Some(&actual), at);
            if self.cut {
                self.mismatches.push(Mismatch {
                    at: "output".to_owned(),
                    expected: "no more than its log keeps, so that lines can be counted".to_owned(),
                    actual: "more, of which the oldest are gone".to_owned(),
                });
            }
        } else if self.matching == 0 {
            self.mismatches.push(Mismatch {
                at: at.to_owned(),
                expected: "at least 1".to_owned(),
                actual: "0".to_owned(),
            });
        }
    }

    /// For a report.
    pub(super) fn shown(self, place: &Place, secrets: &Secrets) -> Printed {
        let mut lines = self.bad;
        lines.extend(self.good);
        lines.truncate(MATCHING);
        if self.matching == 0 {
            lines = self.closest;
        }
        let shown = |mismatches: &[Mismatch]| -> Vec<Mismatch> {
            let each = mismatches.iter();
            each.map(|one| evidence::shown_mismatch(one, secrets))
                .collect()
        };
        Printed {
            step: place.to_string(),
            seen: self.seen,
            objects: self.objects,
            matching: self.matching,
            cut: self.cut,
            mismatches: shown(&self.mismatches),
            lines: lines
                .iter()
                .map(|line| PrintedLine {
                    text: cut(&evidence::text(&line.text, secrets)),
                    mismatches: shown(&line.mismatches),
                })
                .collect(),
        }
    }
}

fn object(line: &str) -> Option<Value> {
    let line = line.trim();
    if !line.starts_with('{') {
        return None;
    }
    serde_json::from_str(line).ok()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} bytes more)", &text[..end], text.len() - end),
    }
}

#[cfg(test)]
mod tests {
    use challenge_spec::matcher::Matcher;
    use serde_json::json;

    use super::*;

    fn wanted(which: &Value, count: Option<Value>, json: Option<Value>) -> Wanted {
        let parse = |value: Value| Matcher::parse(&value).unwrap();
        Wanted {
            which: Some(parse(which.clone())),
            count: count.map(parse),
            json: json.map(parse),
        }
    }

    fn look(lines: &[&str], wanted: &Wanted) -> Look {
        let printed = PrintedLines {
            lines: lines.iter().map(|&line| line.to_owned()).collect(),
            cut: false,
        };
        Look::through(&printed, wanted)
    }

    const LINES: &[&str] = &[
        "starting",
        "[1]",
        "17",
        "{broken",
        "  {\"id\": \"a\", \"status\": 201}  ",
        r#"{"id": "b", "status": 500, "more": 1}"#,
        r#"{"id": "a", "status": 200}"#,
    ];

    #[test]
    fn only_objects_count_and_one_is_enough() {
        let found = look(LINES, &wanted(&json!({ "id": "a" }), None, None));
        assert!(found.holds());
        assert_eq!((found.seen, found.objects, found.matching), (7, 3, 2));
        let none = look(LINES, &wanted(&json!({ "id": "c" }), None, None));
        assert!(!none.holds());
        assert_eq!(none.mismatches[0].actual, "0");
    }

    #[test]
    fn a_count_is_exact_or_a_matcher() {
        let counted =
            |count| look(LINES, &wanted(&json!({ "id": "a" }), Some(count), None)).holds();
        assert!(counted(json!(2)));
        assert!(!counted(json!(1)));
        assert!(counted(json!({ "$range": { "min": 1 } })));
        assert!(!counted(json!({ "$range": { "min": 3 } })));
        let none = wanted(&json!({ "id": "c" }), Some(json!(0)), None);
        assert!(look(LINES, &none).holds());
        let flood = PrintedLines {
            lines: Vec::new(),
            cut: true,
        };
        assert!(!Look::through(&flood, &none).holds());
    }

    #[test]
    fn each_line_that_matches_must_be_as_expected() {
        let expected = wanted(&json!({ "id": "a" }), None, Some(json!({ "status": 201 })));
        let found = look(LINES, &expected);
        assert!(!found.holds());
        let shown = found.shown(&Place::first(2), &Secrets::default());
        assert_eq!(shown.lines.len(), 2);
        assert_eq!(shown.lines[0].mismatches[0].at, "line $.status");
        assert!(shown.lines[1].mismatches.is_empty());
    }

    #[test]
    fn the_closest_lines_are_shown_where_none_matches() {
        let which = json!({ "id": "b", "status": 201 });
        let shown =
            look(LINES, &wanted(&which, None, None)).shown(&Place::first(1), &Secrets::default());
        assert_eq!(shown.lines.len(), 3);
        // One difference each before two.
        assert!(shown.lines[0].text.contains("\"b\""), "{shown:?}");
        assert_eq!(shown.lines[2].mismatches.len(), 2);
    }
}
