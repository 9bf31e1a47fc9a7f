//! Lines of a Dockerfile, joined to instructions.

use std::fmt;

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instruction {
    /// In capitals.
    pub(super) keyword: String,
    /// All behind it, in one line.
    pub(super) rest: String,
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.keyword, self.rest)
    }
}

/// The words of an instruction, as far as blanks tell them apart.
pub(super) fn words(rest: &str) -> impl Iterator<Item = &str> {
    rest.split_whitespace()
}

/// What an indented `#` is in a line that continues another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IndentedComments {
    /// A comment.
    Skipped,
    /// Part of the line.
    Kept,
}

pub(super) fn parse(text: &str, indented: IndentedComments) -> Vec<Instruction> {
    let text = text.trim_start_matches('\u{feff}');
    let escape = escape_character(text);
    let mut instructions = Vec::new();
    let mut joined = String::new();
    for line in text.lines() {
        let bare = line.trim();
        // Comments and blank lines do not end an instruction that goes on.
        let is_part = indented == IndentedComments::Kept
            && !joined.is_empty()
            && line.starts_with(char::is_whitespace);
        if bare.is_empty() || (bare.starts_with('#') && !is_part) {
            continue;
        }
        if let Some(part) = bare.strip_suffix(escape) {
            joined.push_str(if joined.is_empty() {
                part
            } else {
                line_part(line, part)
            });
            continue;
        }
        joined.push_str(if joined.is_empty() {
            bare
        } else {
            line_part(line, bare)
        });
        instructions.extend(instruction(&std::mem::take(&mut joined)));
    }
    instructions.extend(instruction(&joined));
    instructions
}

/// A continuing line joins the word before it unless it is indented.
fn line_part<'a>(line: &'a str, bare: &'a str) -> &'a str {
    let indent = line.len() - line.trim_start().len();
    line.get(..indent + bare.len()).unwrap_or(bare)
}

fn instruction(joined: &str) -> Option<Instruction> {
    let joined = joined.trim();
    let (keyword, rest) = joined
        .split_once(char::is_whitespace)
        .unwrap_or((joined, ""));
    (!keyword.is_empty()).then(|| Instruction {
        keyword: keyword.to_uppercase(),
        rest: rest.trim().to_owned(),
    })
}

/// `# escape=` counts only among the comments that a Dockerfile begins with.
fn escape_character(text: &str) -> char {
    text.lines()
        .map_while(|line| line.trim().strip_prefix('#'))
        .map_while(|comment| comment.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("escape"))
        .and_then(|(_, value)| value.trim().chars().next())
        .unwrap_or('\\')
}
