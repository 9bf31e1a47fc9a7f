use crate::yaml::{Node, Tree};

/// The most values that templates and references may grow a file to.
pub(super) const MOST_GROWN: usize = 200_000;

/// How many values may still be copied.
#[derive(Debug)]
pub(super) struct Growth(usize);

impl Growth {
    pub(super) const fn new() -> Self {
        Self(MOST_GROWN)
    }

    /// Whether so many more may be copied.
    pub(super) const fn take(&mut self, count: usize) -> bool {
        let is_room = count <= self.0;
        self.0 = self.0.saturating_sub(count);
        is_room
    }
}

/// So many bytes of text count as a value.
const BYTES: usize = 64;

/// How many values there are in one, itself among them; long texts count as several.
pub(super) fn size(node: &Node) -> usize {
    1 + match &node.tree {
        Tree::List(items) => items.iter().map(size).sum(),
        Tree::Map(entries) => entries
            .iter()
            .map(|entry| size(&entry.value) + entry.key.text.len() / BYTES)
            .sum(),
        Tree::Text(text) => text.len() / BYTES,
        Tree::Null | Tree::Bool(_) | Tree::Number(_) => 0,
    }
}

/// The same without what is inside a list or an object.
pub(super) fn own_size(node: &Node) -> usize {
    match &node.tree {
        Tree::Text(text) => 1 + text.len() / BYTES,
        _ => 1,
    }
}
