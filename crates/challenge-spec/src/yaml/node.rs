use std::ops::Range;

use serde_json::{Map, Number, Value};

use crate::path::{Part, Path, Segment};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// What it is.
    pub(crate) tree: Tree,
    /// The bytes where it is written; for lists and objects those of the first line.
    pub(crate) written: Range<usize>,
    /// Where it is used: the `*alias` or merge that brought it here, else the same as `written`.
    pub(crate) used: Range<usize>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value. A key may come several times in one object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) value: Node,
}

/// A key and where it stands, as for [`Node`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) written: Range<usize>,
    pub(crate) used: Range<usize>,
}

impl Node {
    /// The value of the first entry with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.tree {
            Tree::Map(entries) => entries.iter().find(|entry| entry.key.text == key),
            _ => None,
        }
    }

    /// The value at `path`, if it leads anywhere.
    pub(crate) fn at(&self, path: &Path) -> Option<&Self> {
        path.segments()
            .iter()
            .try_fold(self, |node, segment| match (segment, &node.tree) {
                (Segment::Key(key), _) => node.get(key),
                (Segment::Index(index), Tree::List(items)) => items.get(*index),
                (Segment::Index(_), _) => None,
            })
    }

    /// Where the key or value at `path` is written and used. A path that leads nowhere gives the
    /// nearest place around it.
    pub(crate) fn place(&self, path: &Path, part: Part) -> (Range<usize>, Range<usize>) {
        let mut node = self;
        let mut key: Option<&Key> = None;
        for segment in path.segments() {
            let inner = match (segment, &node.tree) {
                (Segment::Key(name), _) => node.entry(name).map(|entry| {
                    key = Some(&entry.key);
                    &entry.value
                }),
                (Segment::Index(index), Tree::List(items)) => items.get(*index).inspect(|_| {
                    key = None;
                }),
                (Segment::Index(_), _) => None,
            };
            match inner {
                Some(inner) => node = inner,
                None => return node.head(key),
            }
        }
        match (part, key) {
            (Part::Key, _) => node.head(key),
            (Part::Value, Some(key)) if node.written.is_empty() => {
                (key.written.clone(), key.used.clone())
            }
            (Part::Value, _) => (node.written.clone(), node.used.clone()),
        }
    }

    /// The key of a value, or where it has none its first line.
    fn head(&self, key: Option<&Key>) -> (Range<usize>, Range<usize>) {
        match key {
            Some(key) => (key.written.clone(), key.used.clone()),
            None => (self.written.clone(), self.used.clone()),
        }
    }

    /// The same without places; of a key that comes twice the first counts.
    pub(crate) fn to_json(&self) -> Value {
        match &self.tree {
            Tree::Null => Value::Null,
            Tree::Bool(value) => Value::Bool(*value),
            Tree::Number(value) => Value::Number(value.clone()),
            Tree::Text(value) => Value::String(value.clone()),
            Tree::List(items) => items.iter().map(Self::to_json).collect(),
            Tree::Map(entries) => {
                let mut map = Map::new();
                for entry in entries {
                    map.entry(&entry.key.text)
                        .or_insert_with(|| entry.value.to_json());
                }
                Value::Object(map)
            }
        }
    }
}
