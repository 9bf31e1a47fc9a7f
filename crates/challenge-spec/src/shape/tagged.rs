use serde_json::{Map, Value};

use super::{Checker, Expectation, object::keys, words};
use crate::{
    finding::Finding,
    path::{Part, Segment},
    suggestion,
    yaml::{Entry, Node, Tree},
};

impl<'a> Checker<'a> {
    /// An enum: constants, or objects with one key that names the variant.
    pub(super) fn one_of(
        &mut self,
        expectation: Expectation<'a>,
        branches: &'a [Value],
        node: &Node,
    ) -> Value {
        let constants: Vec<&str> = branches
            .iter()
            .filter_map(|branch| branch.get("const")?.as_str())
            .collect();
        if constants.len() == branches.len() {
            return self.constant(expectation, &constants, node);
        }
        let variants: Vec<(&str, &'a Value)> = branches
            .iter()
            .filter_map(|branch| branch.get("properties")?.as_object())
            .flatten()
            .map(|(name, schema)| (name.as_str(), schema))
            .collect();
        let noun = words::noun(expectation.name);
        let kinds = suggestion::either(variants.iter().map(|(name, _)| *name)).unwrap_or_default();
        let Tree::Map(entries) = &node.tree else {
            let finding = self
                .wrong(format!("expected a {noun}, found {}", words::found(node)))
                .label(format!("expected an object with one key: {kinds}"));
            return self.replaced(finding, expectation);
        };
        let known = entries.iter().find_map(|entry| {
            variants
                .iter()
                .find(|(name, _)| *name == entry.key.text)
                .map(|(name, schema)| (*name, *schema, entry))
        });
        let Some((name, schema, entry)) = known else {
            return self.unknown_variant(expectation, &variants, entries);
        };
        self.beside(&noun, (name, schema), &variants, entries);
        let value = self.within(Segment::Key(name.to_owned()), |checker| {
            checker.node(Expectation::of(schema), &entry.value)
        });
        Value::Object(Map::from_iter([(name.to_owned(), value)]))
    }

    fn unknown_variant(
        &mut self,
        expectation: Expectation<'a>,
        variants: &[(&str, &'a Value)],
        entries: &[Entry],
    ) -> Value {
        let noun = words::noun(expectation.name);
        let names = variants.iter().map(|(name, _)| *name);
        let kinds = suggestion::either(names.clone()).unwrap_or_default();
        let finding = match entries.first() {
            None => self
                .wrong(format!("this {noun} is empty"))
                .label(format!("needs one key: {kinds}")),
            Some(entry) => {
                let key = &entry.key.text;
                let help = suggestion::nearest(key, names).map_or_else(
                    || format!("a {noun} is {kinds}"),
                    |near| format!("did you mean `{near}`?"),
                );
                Finding::key(self.path.key(key), format!("`{key}` is no kind of {noun}"))
                    .label(format!("unknown kind of {noun}"))
                    .help(Some(help))
            }
        };
        self.replaced(finding, expectation)
    }

    /// Keys beside the one that names the variant.
    fn beside(
        &mut self,
        noun: &str,
        (name, schema): (&str, &'a Value),
        variants: &[(&str, &'a Value)],
        entries: &[Entry],
    ) {
        let inner = self.resolve(Expectation::of(schema));
        for entry in entries.iter().filter(|entry| entry.key.text != name) {
            let key = &entry.key.text;
            let path = self.path.key(key);
            let help = if variants.iter().any(|(other, _)| other == key) {
                format!("begin another {noun} for it")
            } else if keys(inner).any(|inner| inner == key) {
                format!("indent it further: `{key}` belongs into `{name}`")
            } else {
                "remove it".to_owned()
            };
            let finding = Finding::key(
                path.clone(),
                format!("`{key}` stands beside `{name}`; a {noun} has one key"),
            )
            .label("one key too many")
            .help(Some(help))
            .also(self.path.key(name), Part::Key, format!("the {noun}'s key"));
            self.report(finding, path);
        }
    }
}
