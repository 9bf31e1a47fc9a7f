//! One small change, and the subject that has it.

use std::collections::BTreeSet;

use challenge_spec::{
    Challenge,
    mutants::{self, Mutants},
};
use grader::{Subject, SubjectKind};
use runner::mutator::{Change, Changes};

use crate::{SubjectError, subjects};

/// One small change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mutant {
    pub(super) file: String,
    /// The first line changed, from 0.
    start: usize,
    /// The lines that stood there; at least one where the file has any.
    pub(super) was: String,
    /// Those in their place.
    pub(super) becomes: String,
    /// The file with the change.
    text: String,
    /// Which of equal places in the file it is, from 1.
    occurrence: usize,
}

/// Those of all files, in their order; changes to one text are one.
pub(super) fn all(sources: &[(String, String)], changes: Vec<Changes>) -> Vec<Mutant> {
    let mut all = Vec::new();
    for ((file, text), changes) in sources.iter().zip(changes) {
        let mut seen = BTreeSet::new();
        let mutants = changes.changes.iter();
        let mutants = mutants.filter_map(|change| Mutant::of(file, text, change));
        all.extend(mutants.filter(|mutant| seen.insert(mutant.text.clone())));
    }
    all
}

/// So many of them; which follows from a seed.
pub(super) fn chosen(all: Vec<Mutant>, count: usize, seed: u64) -> Vec<Mutant> {
    let sample = super::sample(count, all.len(), seed);
    let numbered = all.into_iter().enumerate();
    let chosen = numbered.filter(|(number, _)| sample.binary_search(number).is_ok());
    chosen.map(|(_, mutant)| mutant).collect()
}

impl Mutant {
    /// None where the change does not fit the text, or changes spaces and comments alone.
    fn of(file: &str, text: &str, change: &Change) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let Change { start, mut end, .. } = *change;
        let mut becomes: Vec<&str> = change.lines.iter().map(String::as_str).collect();
        lines.get(start..end)?;
        if start == end {
            // What is only put in is told with the line behind it, so that it has a content to be known by.
            becomes.push(lines.get(end)?);
            end += 1;
        }
        let was = &lines[start..end];
        if code(was) == code(&becomes) {
            return None;
        }
        let changed = [&lines[..start], &becomes, &lines[end..]].concat();
        let was = was.join("\n");
        let places = mutants::places(text, &was);
        Some(Self {
            file: file.to_owned(),
            start,
            occurrence: places.iter().filter(|place| **place <= start).count(),
            becomes: becomes.join("\n"),
            text: changed.join("\n") + "\n",
            was,
        })
    }

    /// The first line changed, from 1.
    pub(super) fn line(&self) -> usize {
        self.start + 1
    }

    /// The reason why no check need notice it, where one is listed.
    pub(super) fn listed<'a>(&self, of: &str, listed: &'a Mutants) -> Option<&'a str> {
        let same = |one: &str, other: &str| {
            let lines = |text: &str| -> Vec<String> {
                let lines = text.trim_end().lines();
                lines.map(|line| line.trim_end().to_owned()).collect()
            };
            lines(one) == lines(other)
        };
        let entry = listed.equivalent.iter().find(|entry| {
            entry.of == of
                && entry.file == self.file
                && same(&entry.was, &self.was)
                && same(&entry.becomes, &self.becomes)
                && entry
                    .occurrence
                    .is_none_or(|place| place == self.occurrence)
        });
        entry.map(|entry| entry.reason.as_str())
    }

    /// The solution with the change.
    pub(super) fn subject(
        &self,
        challenge: &Challenge,
        solution: &Subject,
        kind: SubjectKind,
    ) -> Result<Subject, SubjectError> {
        subjects::changed(challenge, solution, kind, |folder| {
            std::fs::write(folder.join(&self.file), &self.text)
        })
    }
}

/// Lines without their spaces and without those that are comments.
fn code(lines: &[&str]) -> Vec<String> {
    let is_code =
        |line: &String| !line.is_empty() && !line.starts_with('#') && !line.starts_with("//");
    let squeezed = lines.iter().map(|line| line.trim().to_owned());
    squeezed.filter(is_code).collect()
}

#[cfg(test)]
mod tests {
    use challenge_spec::mutants::Equivalent;

    use super::*;

    const TEXT: &str = "a\nif x:\n  b\nif x:\n  c\n";

    fn change(start: usize, end: usize, lines: &[&str]) -> Change {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        Change { start, end, lines }
    }

    fn mutant(start: usize, end: usize, lines: &[&str]) -> Option<Mutant> {
        Mutant::of("f.py", TEXT, &change(start, end, lines))
    }

    #[test]
    fn a_change_replaces_its_lines_and_no_other() {
        let mutant = mutant(3, 4, &["if not x:"]).unwrap();
        assert_eq!(mutant.text, "a\nif x:\n  b\nif not x:\n  c\n");
        assert_eq!((mutant.line(), mutant.occurrence), (4, 2));
    }

    #[test]
    fn what_is_put_in_is_known_by_the_line_behind_it() {
        let mutant = mutant(2, 2, &["  pass"]).unwrap();
        assert_eq!(mutant.was, "  b");
        assert_eq!(mutant.becomes, "  pass\n  b");
        assert_eq!(mutant.text, "a\nif x:\n  pass\n  b\nif x:\n  c\n");
    }

    #[test]
    fn spaces_comments_and_places_that_are_not_there_make_no_mutant() {
        assert_eq!(mutant(1, 2, &["if x: "]), None);
        assert_eq!(mutant(0, 0, &["# more"]), None);
        assert_eq!(mutant(4, 9, &["x"]), None);
    }

    #[test]
    fn one_change_told_twice_is_one() {
        let changes = Changes {
            changes: vec![change(0, 1, &["b"]), change(0, 1, &["b"])],
            ..Changes::default()
        };
        assert_eq!(
            all(&[("f.py".to_owned(), TEXT.to_owned())], vec![changes]).len(),
            1
        );
    }

    #[test]
    fn an_equivalent_is_known_by_file_content_and_place() {
        let entry = Equivalent {
            of: "python".to_owned(),
            file: "f.py".to_owned(),
            was: "if x:\n".to_owned(),
            becomes: "if not x:".to_owned(),
            occurrence: None,
            reason: "never asked".to_owned(),
        };
        let second = mutant(3, 4, &["if not x:"]).unwrap();
        let listed = |change: &dyn Fn(&mut Equivalent)| {
            let mut entry = entry.clone();
            change(&mut entry);
            let listed = Mutants {
                equivalent: vec![entry],
                ..Mutants::default()
            };
            second.listed("python", &listed).map(str::to_owned)
        };
        assert_eq!(listed(&|_| {}).as_deref(), Some("never asked"));
        assert_eq!(
            listed(&|e| e.occurrence = Some(2)).as_deref(),
            Some("never asked")
        );
        assert_eq!(listed(&|e| e.occurrence = Some(1)), None);
        assert_eq!(listed(&|e| e.of = "go".to_owned()), None);
        assert_eq!(listed(&|e| e.file = "g.py".to_owned()), None);
        assert_eq!(listed(&|e| e.becomes = "if y:".to_owned()), None);
    }

    #[test]
    fn the_same_seed_chooses_the_same_ones() {
        let chosen = |seed| super::super::sample(10, 1000, seed);
        assert_eq!(chosen(7), chosen(7));
        assert_ne!(chosen(7), chosen(8));
        assert_eq!(super::super::sample(10, 4, 7), [0, 1, 2, 3]);
    }
}
