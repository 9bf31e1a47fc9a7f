use serde_json::Value;

use super::{Checker, Expectation};
use crate::yaml::{Node, Tree};

/// The most characters of a text that are repeated in a sentence.
const MOST_SHOWN: usize = 40;

impl<'a> Checker<'a> {
    /// What a schema takes, in words.
    pub(super) fn wanted(&self, expectation: Expectation<'a>) -> String {
        let expectation = self.resolve(expectation);
        match expectation.name {
            Some("Duration") => return "a time such as 10s".to_owned(),
            Some("ByteSize") => return "a size such as 64MiB".to_owned(),
            Some("StatusSet") => {
                return "a status such as 201, a class such as 2xx or a list of these".to_owned();
            }
            Some("StatusClass") => return "a status such as 201 or a class such as 2xx".to_owned(),
            _ => {}
        }
        if let Some(branches) = expectation.each("anyOf") {
            let mut wanted: Vec<String> = branches
                .iter()
                .map(|branch| self.wanted(Expectation::of(branch)))
                .filter(|words| words != "nothing")
                .collect();
            wanted.dedup();
            return wanted.join(" or ");
        }
        if let Some(constants) = expectation.each("oneOf") {
            let names = constants
                .iter()
                .filter_map(|branch| branch.get("const")?.as_str());
            if let Some(list) = crate::suggestion::either(names) {
                return list;
            }
        }
        let types = expectation.types();
        let named: Vec<&str> = types
            .iter()
            .filter(|name| **name != "null" || types.len() == 1)
            .map(|name| match *name {
                "string" => "a string",
                "integer" => "a whole number",
                "number" => "a number",
                "boolean" => "true or false",
                "array" => "a list",
                "object" => "an object",
                _ => "nothing",
            })
            .collect();
        named.join(" or ")
    }
}

/// What stands in the file, in words.
pub(crate) fn found(node: &Node) -> String {
    match &node.tree {
        Tree::Null => "nothing".to_owned(),
        Tree::Bool(value) => format!("`{value}`"),
        Tree::Number(number) => format!("the number {number}"),
        Tree::Text(text) if text.is_empty() => "an empty string".to_owned(),
        Tree::Text(text) if text.chars().count() > MOST_SHOWN => {
            let start: String = text.chars().take(MOST_SHOWN).collect();
            format!("the string `{start}...`")
        }
        Tree::Text(text) => format!("the string `{text}`"),
        Tree::List(_) => "a list".to_owned(),
        Tree::Map(_) => "an object".to_owned(),
    }
}

/// A constant of the schema.
pub(super) fn value(constant: &Value) -> String {
    format!("`{constant}`")
}

/// `Step` is a step, `Service` a service.
pub(super) fn noun(name: Option<&str>) -> String {
    name.unwrap_or("value").to_lowercase()
}
