//! The one tag of its own that GitLab has, and the header that may stand before the file.

use std::{collections::HashSet, ops::Range};

use crate::yaml::{Node, Tree};

const TAG: &str = "!reference";

/// A text that the YAML reader takes: `!reference` is an anchor of the same length in it.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub(super) text: String,
    anchor: String,
}

/// Rewrites a file without moving a place in it.
pub(super) fn rewrite(source: &str) -> Rewritten {
    let taken: HashSet<&str> = source
        .match_indices("&r")
        .filter_map(|(place, _)| source.get(place..place + TAG.len()))
        .collect();
    let anchor = (0..=taken.len())
        .map(|number| format!("&r{number:08}"))
        .find(|anchor| !taken.contains(anchor.as_str()))
        .expect("one number more than are taken");
    let mut text = String::with_capacity(source.len());
    let header = header(source).unwrap_or(0..0);
    for character in source[header.clone()].chars() {
        // A character is as many spaces as it has bytes, so that no place moves.
        if character == '\n' {
            text.push(character);
        } else {
            text.extend(std::iter::repeat_n(' ', character.len_utf8()));
        }
    }
    text.push_str(&source[header.end..].replace(TAG, &anchor));
    Rewritten { text, anchor }
}

/// The bytes of a document before the file's own that only declares inputs, with the line that ends it.
fn header(source: &str) -> Option<Range<usize>> {
    let first = source
        .lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with('#') && *line != "---")?;
    if !first.starts_with("spec:") {
        return None;
    }
    let start = source.find(first)?;
    let end = source[start..].find("\n---")? + start + "\n---".len();
    Some(0..end)
}

impl Rewritten {
    /// Puts the tag back where it was no tag but part of a text.
    pub(super) fn restore(&self, node: &mut Node) {
        let back = |text: &mut String| {
            if text.contains(&self.anchor) {
                *text = text.replace(&self.anchor, TAG);
            }
        };
        match &mut node.tree {
            Tree::Text(text) => back(text),
            Tree::List(items) => items.iter_mut().for_each(|item| self.restore(item)),
            Tree::Map(entries) => {
                for entry in entries {
                    back(&mut entry.key.text);
                    self.restore(&mut entry.value);
                }
            }
            Tree::Null | Tree::Bool(_) | Tree::Number(_) => {}
        }
    }
}

/// Whether the tag stands before a value.
pub(super) fn is_reference(source: &str, node: &Node) -> bool {
    let before = source.get(..node.written.start).unwrap_or_default();
    matches!(node.tree, Tree::List(_)) && before.trim_end().ends_with(TAG)
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    #[test]
    fn nothing_moves() {
        for source in [
            "a: !reference [b, c]\n",
            "spec:\n  inputs:\n    ä: {}\n---\na: !reference [b]\n",
            "# &r00000000\n---\nspec: 1\na: b\n",
        ] {
            let text = rewrite(source).text;
            assert_eq!(text.len(), source.len(), "{text}");
            assert_eq!(text.find("a:"), source.find("a:"), "{text}");
        }
    }
}
