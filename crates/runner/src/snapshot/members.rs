//! The entries of an archive or a revision as a tree in memory. Entries come in any order and with
//! whatever names; none gets in that could stand for a place elsewhere, or for two things.

mod error;

use std::{
    collections::{BTreeMap, btree_map},
    ffi::{OsStr, OsString},
    io,
    os::unix::ffi::OsStrExt,
};

pub use self::error::MemberError;
pub(super) use self::error::shown;
use super::{SnapshotError, tree::Kind};

/// The longest name that Linux allows, in bytes.
const LONGEST_NAME: usize = 255;
/// The longest path that Linux allows, in bytes, without the zero that ends it.
pub(super) const LONGEST_PATH: usize = 4095;
/// Names and what links say, together: what is held in memory, in bytes.
const MOST_TEXT: usize = 64 << 20;

/// What an entry stands for; `C` says where a file's content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member<C> {
    Folder,
    File { content: C, executable: bool },
    Link { target: OsString },
    Other(&'static str),
}

/// The entries, by folder.
#[derive(Debug)]
pub(super) struct Members<C> {
    nodes: Vec<Node<C>>,
    top: usize,
    top_is_stated: bool,
    most: u64,
    text: usize,
}

#[derive(Debug)]
enum Node<C> {
    Folder(BTreeMap<OsString, usize>),
    Leaf(Member<C>),
}

impl<C> Members<C> {
    /// None yet, and at most so many.
    pub(super) fn new(most: u64) -> Self {
        Self {
            nodes: vec![Node::Folder(BTreeMap::new())],
            top: 0,
            top_is_stated: false,
            most,
            text: 0,
        }
    }

    /// Adds an entry, and the folders above it.
    pub(super) fn insert(&mut self, path: &[u8], member: Member<C>) -> Result<(), MemberError> {
        let names = names(path)?;
        let Some((last, above)) = names.split_last() else {
            return match member {
                Member::Folder => {
                    self.top_is_stated = true;
                    Ok(())
                }
                _ => Err(MemberError::no_name(path)),
            };
        };
        let mut at = self.top;
        for name in above {
            at = self.folder(path, at, name)?;
        }
        match member {
            Member::Folder => {
                self.folder(path, at, last)?;
            }
            member => {
                if self.children(at).is_some_and(|c| c.contains_key(*last)) {
                    return Err(MemberError::duplicate(path));
                }
                if let Member::Link { target } = &member {
                    self.count_text(target.len())?;
                }
                self.add(at, last, Node::Leaf(member))?;
            }
        }
        Ok(())
    }

    /// The folder of a name in another, made where it is not there.
    fn folder(&mut self, path: &[u8], parent: usize, name: &OsStr) -> Result<usize, MemberError> {
        let there = self.children(parent).and_then(|c| c.get(name)).copied();
        match there {
            None => self.add(parent, name, Node::Folder(BTreeMap::new())),
            Some(at) => match &self.nodes[at] {
                Node::Folder(_) => Ok(at),
                Node::Leaf(leaf) => Err(MemberError::through(path, name, leaf)),
            },
        }
    }

    fn add(&mut self, parent: usize, name: &OsStr, node: Node<C>) -> Result<usize, MemberError> {
        let at = self.nodes.len();
        if at as u64 > self.most {
            return Err(MemberError::TooMany { limit: self.most });
        }
        self.count_text(name.len())?;
        self.nodes.push(node);
        if let Node::Folder(children) = &mut self.nodes[parent] {
            children.insert(name.to_owned(), at);
        }
        Ok(at)
    }

    fn count_text(&mut self, length: usize) -> Result<(), MemberError> {
        self.text = self.text.saturating_add(length);
        if self.text > MOST_TEXT {
            return Err(MemberError::TooMuchText { limit: MOST_TEXT });
        }
        Ok(())
    }

    /// Goes down one folder where all entries are in it, as in what code hosts pack; not where the
    /// archive says itself what its top is.
    pub(super) fn strip_single_top(&mut self) {
        if self.top_is_stated {
            return;
        }
        let only = self.children(self.top).filter(|c| c.len() == 1);
        if let Some(at) = only.and_then(|c| c.values().next()).copied()
            && matches!(self.nodes[at], Node::Folder(_))
        {
            self.top = at;
        }
    }

    /// Takes out what macOS adds to archives: `__MACOSX` at the top, `._NAME` beside `NAME`.
    pub(super) fn take_out_leftovers_of_macos(&mut self) {
        if let Node::Folder(children) = &mut self.nodes[self.top] {
            children.remove(OsStr::new("__MACOSX"));
        }
        for node in &mut self.nodes {
            if let Node::Folder(children) = node {
                let leftovers: Vec<OsString> = children
                    .keys()
                    .filter(|name| {
                        let beside = name.as_bytes().strip_prefix(b"._");
                        beside.is_some_and(|name| children.contains_key(OsStr::from_bytes(name)))
                    })
                    .cloned()
                    .collect();
                for name in leftovers {
                    children.remove(&name);
                }
            }
        }
    }

    /// The names in a folder, in order.
    pub(super) fn list(&self, folder: &str) -> Vec<(OsString, Kind)> {
        self.find(folder.as_bytes())
            .and_then(|at| self.children(at))
            .into_iter()
            .flat_map(btree_map::BTreeMap::iter)
            .map(|(name, at)| (name.clone(), self.kind(*at)))
            .collect()
    }

    /// What stands at a path; none where nothing or a folder does.
    pub(super) fn get(&self, path: &[u8]) -> Option<&Member<C>> {
        match &self.nodes[self.find(path)?] {
            Node::Folder(_) => None,
            Node::Leaf(member) => Some(member),
        }
    }

    /// Where a file's content is, and whether it can be run.
    pub(super) fn file(&self, path: &str) -> Result<(&C, bool), SnapshotError> {
        match self.get(path.as_bytes()) {
            Some(Member::File {
                content,
                executable,
            }) => Ok((content, *executable)),
            _ => Err(SnapshotError::read(path, io::ErrorKind::NotFound.into())),
        }
    }

    /// What a link says.
    pub(super) fn link(&self, path: &str) -> Result<OsString, SnapshotError> {
        match self.get(path.as_bytes()) {
            Some(Member::Link { target }) => Ok(target.clone()),
            _ => Err(SnapshotError::read(path, io::ErrorKind::NotFound.into())),
        }
    }

    fn find(&self, path: &[u8]) -> Option<usize> {
        let names = names(path).ok()?;
        names
            .iter()
            .try_fold(self.top, |at, name| self.children(at)?.get(*name).copied())
    }

    fn children(&self, at: usize) -> Option<&BTreeMap<OsString, usize>> {
        match &self.nodes[at] {
            Node::Folder(children) => Some(children),
            Node::Leaf(_) => None,
        }
    }

    fn kind(&self, at: usize) -> Kind {
        match &self.nodes[at] {
            Node::Folder(_) | Node::Leaf(Member::Folder) => Kind::Folder,
            Node::Leaf(Member::File { .. }) => Kind::File,
            Node::Leaf(Member::Link { .. }) => Kind::Link,
            Node::Leaf(Member::Other(kind)) => Kind::Other(kind),
        }
    }
}

/// The names that a path is made of, without those that say nothing.
pub(super) fn names(path: &[u8]) -> Result<Vec<&OsStr>, MemberError> {
    if path.len() > LONGEST_PATH {
        return Err(MemberError::too_long(path, LONGEST_PATH));
    }
    if path.starts_with(b"/") {
        return Err(MemberError::absolute(path));
    }
    if path.contains(&0) {
        return Err(MemberError::no_name(path));
    }
    let mut names = Vec::new();
    for name in path.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => return Err(MemberError::leaves(path)),
            name if name.len() > LONGEST_NAME => {
                return Err(MemberError::too_long(path, LONGEST_NAME));
            }
            name => names.push(OsStr::from_bytes(name)),
        }
    }
    Ok(names)
}
