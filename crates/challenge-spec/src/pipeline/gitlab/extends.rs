//! Jobs that extend others.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use crate::{
    pipeline::{
        Mistakes,
        growth::{Growth, MOST_GROWN, size},
    },
    suggestion,
    yaml::{Entry, Node, Tree},
};

/// How many templates may stand on each other, the job itself among them.
const MOST_LEVELS: usize = 11;

/// The entries of a file, each over what it extends.
pub(super) fn resolve(
    entries: &[Entry],
    with_include: bool,
    growth: &mut Growth,
    mistakes: &mut Mistakes,
) -> Vec<Entry> {
    let by_name = entries
        .iter()
        .map(|entry| (entry.key.text.as_str(), entry))
        .collect();
    let mut extension = Extension {
        by_name,
        with_include,
        growth,
        mistakes,
        done: HashMap::new(),
        told: HashSet::new(),
    };
    entries
        .iter()
        .map(|entry| {
            let merged = extension.merged(entry, &mut Vec::new());
            Entry {
                key: entry.key.clone(),
                value: Node::clone(&merged.node),
            }
        })
        .collect()
}

struct Extension<'a, 'b> {
    by_name: BTreeMap<&'a str, &'a Entry>,
    with_include: bool,
    growth: &'b mut Growth,
    mistakes: &'b mut Mistakes,
    done: HashMap<&'a str, Merged>,
    /// Jobs of circles and of too many levels that are told already.
    told: HashSet<&'a str>,
}

#[derive(Clone)]
struct Merged {
    node: Rc<Node>,
    levels: usize,
}

impl<'a> Extension<'a, '_> {
    fn merged(&mut self, entry: &'a Entry, above: &mut Vec<&'a str>) -> Merged {
        let name = entry.key.text.as_str();
        if let Some(merged) = self.done.get(name) {
            return merged.clone();
        }
        let alone = |entry: &Entry| Merged {
            node: Rc::new(entry.value.clone()),
            levels: 1,
        };
        let Some(extends) = entry.value.get("extends") else {
            let merged = alone(entry);
            self.done.insert(name, merged.clone());
            return merged;
        };
        above.push(name);
        let mut below: Option<Node> = None;
        let mut levels = 1;
        for base in bases(extends) {
            let Tree::Text(base_name) = &base.tree else {
                let found = crate::shape::found(base);
                let message = format!("expected a string, found {found}");
                "expected a string".clone_into(&mut self.mistakes.value(base, message).label);
                continue;
            };
            let Some(&base_entry) = self.by_name.get(base_name.as_str()) else {
                self.unknown(base, base_name);
                continue;
            };
            if let Some(start) = above.iter().position(|name| *name == base_name) {
                if self.told.insert(above[start]) {
                    let way = above[start..].join(", ");
                    let message = format!("`extends` run in a circle: {way}, {base_name}");
                    self.mistakes.value(base, message);
                }
                continue;
            }
            if above.len() > MOST_LEVELS {
                self.too_deep(base, above[0]);
                continue;
            }
            let merged = self.merged(base_entry, above);
            levels = levels.max(merged.levels + 1);
            below = Some(if let Some(below) = below {
                self.over(below, &merged.node, base)
            } else {
                self.afford(&merged.node, base);
                Node::clone(&merged.node)
            });
        }
        above.pop();
        if levels > MOST_LEVELS {
            self.too_deep(extends, name);
        }
        let node = match below {
            Some(below) => Rc::new(self.over(below, &entry.value, extends)),
            None => Rc::new(entry.value.clone()),
        };
        let merged = Merged { node, levels };
        self.done.insert(name, merged.clone());
        merged
    }

    fn unknown(&mut self, base: &Node, name: &str) {
        if self.with_include {
            return;
        }
        let message = format!("there is no job or template `{name}`");
        self.mistakes.value(base, message).help =
            suggestion::help(name, self.by_name.keys().copied());
    }

    fn too_deep(&mut self, place: &Node, name: &'a str) {
        if self.told.insert(name) {
            let message = format!("more than {MOST_LEVELS} jobs extend each other");
            self.mistakes.value(place, message);
        }
    }

    /// Whether a copy of the value may be made; says so once where not.
    fn afford(&mut self, node: &Node, place: &Node) -> bool {
        let affords = self.growth.take(size(node));
        if !affords {
            grown(place, self.mistakes);
        }
        affords
    }

    /// `above` over `below`: objects key by key, anything else as a whole.
    fn over(&mut self, below: Node, above: &Node, place: &Node) -> Node {
        if !self.afford(above, place) {
            return below;
        }
        deep(below, above)
    }
}

/// Says that templates and references make too much of a file.
pub(super) fn grown(place: &Node, mistakes: &mut Mistakes) {
    let message =
        format!("templates and references grow the file to more than {MOST_GROWN} values");
    mistakes.value(place, message);
}

fn bases(extends: &Node) -> &[Node] {
    match &extends.tree {
        Tree::List(items) => items,
        Tree::Null => &[],
        _ => std::slice::from_ref(extends),
    }
}

fn deep(below: Node, above: &Node) -> Node {
    let (Tree::Map(mut entries), Tree::Map(over)) = (below.tree, &above.tree) else {
        return above.clone();
    };
    let places: HashMap<String, usize> = entries
        .iter()
        .enumerate()
        .map(|(place, entry)| (entry.key.text.clone(), place))
        .collect();
    for entry in over {
        match places.get(&entry.key.text) {
            Some(place) => {
                let nothing = Node {
                    tree: Tree::Null,
                    written: 0..0,
                    used: 0..0,
                };
                let below = std::mem::replace(&mut entries[*place].value, nothing);
                entries[*place] = Entry {
                    key: entry.key.clone(),
                    value: deep(below, &entry.value),
                };
            }
            None => entries.push(entry.clone()),
        }
    }
    Node {
        tree: Tree::Map(entries),
        written: above.written.clone(),
        used: above.used.clone(),
    }
}
