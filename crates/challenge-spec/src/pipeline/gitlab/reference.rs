//! `!reference [job, key]`: the value that stands there.

use std::collections::BTreeMap;

use super::{extends::grown, tag::is_reference};
use crate::{
    pipeline::{
        Mistakes,
        growth::{Growth, own_size},
    },
    yaml::{Entry, Node, Tree},
};

/// How many references may lead to each other.
const MOST_LEVELS: usize = 10;

/// Fills in references.
pub(super) struct References<'a, 'b> {
    source: &'a str,
    by_name: BTreeMap<&'a str, &'a Node>,
    with_include: bool,
    growth: &'b mut Growth,
}

impl<'a, 'b> References<'a, 'b> {
    pub(super) fn new(
        source: &'a str,
        entries: &'a [Entry],
        with_include: bool,
        growth: &'b mut Growth,
    ) -> Self {
        let by_name = entries
            .iter()
            .map(|entry| (entry.key.text.as_str(), &entry.value))
            .collect();
        Self {
            source,
            by_name,
            with_include,
            growth,
        }
    }

    /// The value with all references in it filled in.
    pub(super) fn filled(&mut self, node: &Node, mistakes: &mut Mistakes) -> Node {
        self.node(node, node, 0, mistakes)
    }

    fn node(&mut self, node: &Node, place: &Node, level: usize, mistakes: &mut Mistakes) -> Node {
        let with = |tree| Node {
            tree,
            written: node.written.clone(),
            used: node.used.clone(),
        };
        if !self.growth.take(own_size(node)) {
            if mistakes.is_empty() {
                grown(place, mistakes);
            }
            return with(Tree::Null);
        }
        if is_reference(self.source, node) {
            return self.reference(node, level, mistakes);
        }
        match &node.tree {
            Tree::List(items) => {
                let items = items
                    .iter()
                    .map(|item| self.node(item, place, level, mistakes));
                with(Tree::List(items.collect()))
            }
            Tree::Map(entries) => {
                let entries = entries.iter().map(|entry| Entry {
                    key: entry.key.clone(),
                    value: self.node(&entry.value, place, level, mistakes),
                });
                with(Tree::Map(entries.collect()))
            }
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => node.clone(),
        }
    }

    fn reference(&mut self, node: &Node, level: usize, mistakes: &mut Mistakes) -> Node {
        let nothing = Node {
            tree: Tree::List(Vec::new()),
            written: node.written.clone(),
            used: node.used.clone(),
        };
        let Some(names) = names(node) else {
            let problem = mistakes.value(node, "a reference takes names of keys");
            problem.help = Some("write `!reference [job, script]`".to_owned());
            return nothing;
        };
        if level >= MOST_LEVELS {
            let message = format!("more than {MOST_LEVELS} references lead to each other");
            mistakes.value(node, message);
            return nothing;
        }
        let start = names
            .first()
            .and_then(|name| self.by_name.get(name).copied());
        let target = names
            .iter()
            .skip(1)
            .try_fold(start, |node, name| Some(node?.get(name)))
            .flatten();
        if let Some(target) = target {
            return self.node(target, node, level + 1, mistakes);
        }
        if !self.with_include {
            let message = format!("there is no `{}` in this file", names.join("."));
            mistakes.value(node, message);
        }
        nothing
    }
}

fn names(node: &Node) -> Option<Vec<&str>> {
    let Tree::List(items) = &node.tree else {
        return None;
    };
    let names: Option<Vec<&str>> = items
        .iter()
        .map(|item| match &item.tree {
            Tree::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    names.filter(|names| !names.is_empty())
}
