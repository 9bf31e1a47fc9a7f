//! The first message: what was found and why, in one line.

use std::fmt::Write as _;

/// No command is shown at greater length, in characters.
const LONGEST: usize = 80;
/// Nor the whole.
const LONGEST_MESSAGE: usize = 600;

/// A sentence in the making.
#[derive(Debug)]
pub(super) struct Told(String);

impl Told {
    pub(super) fn new(found: String) -> Self {
        Self(found)
    }

    /// As the submission itself says it.
    pub(super) fn declared(what: &str) -> Self {
        Self(format!("tryout.yaml: {what}"))
    }

    /// What is run, each with what it does.
    pub(super) fn commands<const N: usize>(&mut self, commands: [(&str, &Option<String>); N]) {
        for (done, command) in commands {
            if let Some(command) = command {
                let _ = write!(self.0, ", {done} by `{}`", shortened(command, LONGEST));
            }
        }
    }

    pub(super) fn note(&mut self, note: &str) {
        let _ = write!(self.0, "; {note}");
    }

    pub(super) fn finish(self) -> String {
        shortened(&self.0, LONGEST_MESSAGE)
    }
}

fn shortened(text: &str, longest: usize) -> String {
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(longest) {
        words.truncate(end);
        words.push('…');
    }
    words
}
