//! Whether a tree has the shape that a JSON Schema wants: all mistakes at once, in our own words.
//!
//! Reads the part of JSON Schema that `schemars` writes for the types of this crate and no more:
//! `$ref`, `type`, `properties`, `required`, `additionalProperties`, `items`, `minItems`, `const`, `enum`,
//! `minimum`, `maximum`, `exclusiveMinimum`, `pattern`, `anyOf`, and `oneOf` of one-key objects
//! (externally tagged enums) or of constants. So the types stay the one source of truth.

use serde_json::Value;

use crate::{
    finding::Finding,
    path::{Path, Segment},
    problem::ENOUGH,
    yaml::{Node, Tree},
};

mod object;
mod placeholder;
mod quantity;
mod scalar;
mod tagged;
mod words;

pub(crate) use words::found;

/// What came of the check.
#[derive(Debug)]
pub(crate) struct Shaped {
    /// The tree as JSON, with a placeholder of the right shape for each thing at fault, so that the
    /// rest can be looked at further.
    pub(crate) value: Value,
    /// All mistakes.
    pub(crate) findings: Vec<Finding>,
    /// Where placeholders were put or something was left out.
    pub(crate) repaired: Repaired,
}

/// Places that do not hold what the author wrote.
#[derive(Debug, Default)]
pub(crate) struct Repaired(Vec<Path>);

impl Repaired {
    /// Whether `path` or something around it was repaired.
    pub(crate) fn covers(&self, path: &Path) -> bool {
        self.0
            .iter()
            .any(|repaired| path.segments().starts_with(repaired.segments()))
    }

    /// Whether something at or inside `path` was repaired.
    pub(crate) fn touches(&self, path: &Path) -> bool {
        self.covers(path)
            || self
                .0
                .iter()
                .any(|repaired| repaired.segments().starts_with(path.segments()))
    }

    /// Whether nothing was.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Checks `root` against `schema`, whose definitions are under `$defs`.
pub(crate) fn check(schema: &Value, text: &str, root: &Node) -> Shaped {
    let mut checker = Checker {
        definitions: &schema["$defs"],
        text,
        findings: Vec::new(),
        repaired: Vec::new(),
        path: Path::root(),
    };
    if matches!(root.tree, Tree::Null) {
        let finding = checker.wrong("the file is empty");
        checker.findings.push(finding);
        checker.repaired.push(Path::root());
        return Shaped {
            value: checker.placeholder(Expectation::of(schema)),
            findings: checker.findings,
            repaired: Repaired(checker.repaired),
        };
    }
    let value = checker.node(Expectation::of(schema), root);
    Shaped {
        value,
        findings: checker.findings,
        repaired: Repaired(checker.repaired),
    }
}

/// A schema and the name of the type that it stands for.
#[derive(Debug, Clone, Copy)]
struct Expectation<'a> {
    schema: &'a Value,
    /// Of a definition, such as `Duration`.
    name: Option<&'a str>,
}

struct Checker<'a> {
    definitions: &'a Value,
    text: &'a str,
    findings: Vec<Finding>,
    repaired: Vec<Path>,
    path: Path,
}

impl<'a> Expectation<'a> {
    const fn of(schema: &'a Value) -> Self {
        Self { schema, name: None }
    }

    fn get(self, keyword: &str) -> Option<&'a Value> {
        self.schema.get(keyword)
    }

    /// The members of a list keyword such as `anyOf`.
    fn each(self, keyword: &str) -> Option<&'a [Value]> {
        self.get(keyword)?.as_array().map(Vec::as_slice)
    }

    /// The names under `type`.
    fn types(self) -> Vec<&'a str> {
        match self.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

impl<'a> Checker<'a> {
    fn resolve(&self, expectation: Expectation<'a>) -> Expectation<'a> {
        let mut resolved = expectation;
        while let Some(reference) = resolved.get("$ref").and_then(Value::as_str) {
            let name = reference.trim_start_matches("#/$defs/");
            resolved = Expectation {
                schema: &self.definitions[name],
                name: Some(name),
            };
        }
        resolved
    }

    /// Checks one value and gives it, or a placeholder.
    fn node(&mut self, expectation: Expectation<'a>, node: &Node) -> Value {
        let expectation = self.resolve(expectation);
        if let Some(mistake) = quantity::mistake(expectation.name, node) {
            let finding = self
                .wrong(mistake.message)
                .label(mistake.label)
                .help(mistake.help);
            return self.replaced(finding, expectation);
        }
        if let Some(branches) = expectation.each("anyOf") {
            return self.any_of(expectation, branches, node);
        }
        if let Some(branches) = expectation.each("oneOf") {
            return self.one_of(expectation, branches, node);
        }
        let types = expectation.types();
        match &node.tree {
            Tree::Map(entries) if types.contains(&"object") => self.object(expectation, entries),
            Tree::List(items) if types.contains(&"array") => self.list(expectation, node, items),
            Tree::Map(_) | Tree::List(_) if types.is_empty() => node.to_json(),
            _ => self.scalar(expectation, &types, node),
        }
    }

    fn list(&mut self, expectation: Expectation<'a>, node: &Node, items: &[Node]) -> Value {
        let least = expectation.get("minItems").and_then(Value::as_u64);
        if least.is_some_and(|least| (items.len() as u64) < least) {
            let message = match self.path.segments().last() {
                Some(Segment::Key(key)) => format!("`{key}` is empty"),
                _ => "this list is empty".to_owned(),
            };
            let finding = self.wrong(message).label("needs at least one item");
            return self.replaced(finding, expectation);
        }
        let Some(inner) = expectation.get("items") else {
            return node.to_json();
        };
        items
            .iter()
            .enumerate()
            .map(|(place, item)| {
                self.within(Segment::Index(place), |checker| {
                    checker.node(Expectation::of(inner), item)
                })
            })
            .collect()
    }

    /// Follows the branch that the value's type picks; of several, the first without a mistake.
    fn any_of(
        &mut self,
        expectation: Expectation<'a>,
        branches: &'a [Value],
        node: &Node,
    ) -> Value {
        let fitting: Vec<Expectation<'a>> = branches
            .iter()
            .map(Expectation::of)
            .filter(|branch| self.takes(*branch, node))
            .collect();
        let Some((last, others)) = fitting.split_last() else {
            return self.wrong_type(expectation, node);
        };
        for branch in others {
            let (findings, repaired) = (self.findings.len(), self.repaired.len());
            let value = self.node(*branch, node);
            if self.repaired.len() == repaired {
                return value;
            }
            self.findings.truncate(findings);
            self.repaired.truncate(repaired);
        }
        self.node(*last, node)
    }

    /// Whether a value of this type can be right at all.
    fn takes(&self, expectation: Expectation<'a>, node: &Node) -> bool {
        let expectation = self.resolve(expectation);
        if let Some(branches) = expectation.each("anyOf").or(expectation.each("oneOf")) {
            return branches
                .iter()
                .any(|branch| self.takes(Expectation::of(branch), node));
        }
        let types = expectation.types();
        types.is_empty() || types.iter().any(|name| scalar::is_of(node, name))
    }

    /// A mistake in the value at the current path.
    fn wrong(&self, message: impl Into<String>) -> Finding {
        Finding::value(self.path.clone(), message)
    }

    /// Reports the mistake and gives a placeholder.
    fn replaced(&mut self, finding: Finding, expectation: Expectation<'a>) -> Value {
        let path = self.path.clone();
        self.report(finding, path);
        self.placeholder(expectation)
    }

    /// Reports the mistake and remembers that `path` does not hold what the author wrote.
    fn report(&mut self, finding: Finding, path: Path) {
        if self.findings.len() < ENOUGH {
            self.findings.push(finding);
        }
        if self.repaired.len() < 2 * ENOUGH {
            self.repaired.push(path);
        }
    }

    fn within<T>(&mut self, segment: Segment, check: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let value = check(self);
        self.path.pop();
        value
    }
}
