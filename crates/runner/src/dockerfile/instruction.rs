//! Lines of a Dockerfile, joined to instructions.

use super::heredoc::{self, Heredoc};

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instruction {
    /// Where it begins, counted from 0.
    pub(super) line: usize,
    /// In capitals.
    pub(super) keyword: String,
    /// All behind it, in one line.
    pub(super) rest: String,
    /// The texts that follow it.
    pub(super) heredocs: Vec<Heredoc>,
}

impl Instruction {
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        words(&self.rest)
    }
}

/// The words of an instruction, as far as blanks tell them apart.
pub(super) fn words(rest: &str) -> impl Iterator<Item = &str> {
    rest.split_whitespace()
}

/// The escape character of `# escape=`, which counts only among the comments that a Dockerfile begins
/// with, and the instructions.
pub(super) fn parse(text: &str) -> (char, Vec<Instruction>) {
    let text = text.trim_start_matches('\u{feff}');
    let escape = escape_character(text);
    let mut lines = text.lines().enumerate();
    let mut instructions = Vec::new();
    let mut joined = Joined::default();
    while let Some((number, line)) = lines.next() {
        let bare = line.trim();
        // Comments and blank lines do not end an instruction that goes on.
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        if let Some(part) = bare.strip_suffix(escape) {
            joined.push(number, line, part);
            continue;
        }
        joined.push(number, line, bare);
        if let Some(mut instruction) = joined.take() {
            if matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
                let rest = lines.by_ref().map(|(_, line)| line);
                instruction.heredocs = heredoc::behind(&instruction.rest, escape, rest);
            }
            instructions.push(instruction);
        }
    }
    instructions.extend(joined.take());
    (escape, instructions)
}

#[derive(Default)]
struct Joined {
    line: usize,
    text: String,
}

impl Joined {
    fn push(&mut self, number: usize, line: &str, part: &str) {
        if self.text.is_empty() {
            self.line = number;
            self.text.push_str(part);
            return;
        }
        // A continuing line joins the word before it unless it is indented.
        let indent = line.len() - line.trim_start().len();
        self.text
            .push_str(line.get(..indent + part.len()).unwrap_or(part));
    }

    fn take(&mut self) -> Option<Instruction> {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let (keyword, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        (!keyword.is_empty()).then(|| Instruction {
            line: self.line,
            keyword: keyword.to_uppercase(),
            rest: rest.trim().to_owned(),
            heredocs: Vec::new(),
        })
    }
}

fn escape_character(text: &str) -> char {
    text.lines()
        .map_while(|line| line.trim().strip_prefix('#'))
        .map_while(|comment| comment.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("escape"))
        .and_then(|(_, value)| value.trim().chars().next())
        .filter(|escape| matches!(escape, '\\' | '`'))
        .unwrap_or('\\')
}
