use std::rc::Rc;

use indexmap::IndexMap;

use crate::{
    expression::FUNCTIONS,
    finding::Finding,
    path::{Part, Path},
};

/// Names that minijinja or we give a meaning.
const RESERVED: &[&str] = &[
    "env",
    "index",
    "round",
    "trial",
    "loop",
    "range",
    "dict",
    "debug",
    "namespace",
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
];

/// How a name comes into being.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Var,
    Capture,
}

/// What templates may name at one point of a check.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one name that is there or not"
)]
pub(super) struct Scope {
    /// The challenge's vars, the same in all checks.
    pub(super) shared: Rc<IndexMap<String, Origin>>,
    /// The check's own vars and captures that are there.
    pub(super) names: IndexMap<String, Origin>,
    /// Those that come later in the same list or check, with the place.
    pub(super) later: IndexMap<String, (Origin, Path)>,
    /// The names under `env`; nothing where there is no `env` here.
    pub(super) env: Option<Vec<String>>,
    /// Whether `index` is there.
    pub(super) index: bool,
    /// Whether `round` is there.
    pub(super) round: bool,
    /// Whether `trial` is there.
    pub(super) trial: bool,
    /// Whether all names are known; not where something that might have made one was not read.
    pub(super) complete: bool,
}

impl Scope {
    /// Takes a name in, and reports one that no template could use.
    pub(super) fn make(&mut self, name: &str, origin: Origin, path: Path) -> Option<Finding> {
        self.names.insert(name.to_owned(), origin);
        self.later.swap_remove(name);
        unusable(name, path)
    }

    /// Whether templates may use the name here.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(name) || self.shared.contains_key(name)
    }

    /// All names that templates may use here.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> + Clone {
        self.names
            .keys()
            .chain(self.shared.keys())
            .map(String::as_str)
    }

    /// A name that will be made further on.
    pub(super) fn announce(&mut self, name: &str, origin: Origin, path: Path) {
        if !self.has(name) {
            self.later.entry(name.to_owned()).or_insert((origin, path));
        }
    }
}

fn unusable(name: &str, path: Path) -> Option<Finding> {
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_name {
        return Some(
            Finding::key(path, format!("no template can use the name `{name}`")).help(
                "write letters, digits and underscores, first a letter or underscore".to_owned(),
            ),
        );
    }
    let is_function = FUNCTIONS.iter().any(|function| function.name == name);
    (is_function || RESERVED.contains(&name)).then(|| {
        let what = if is_function { "a function" } else { "a word" };
        Finding::key(path, format!("`{name}` is {what} of templates already"))
            .label("choose another name")
    })
}

impl Origin {
    /// "captured" or "defined".
    pub(super) const fn made(self) -> &'static str {
        match self {
            Self::Var => "defined",
            Self::Capture => "captured",
        }
    }

    /// Which half of the entry that makes it names it.
    pub(super) const fn part(self) -> Part {
        match self {
            Self::Var | Self::Capture => Part::Key,
        }
    }
}
