use serde_json::Value;

use super::{Checker, Expectation, words};
use crate::{
    path::Segment,
    suggestion,
    yaml::{Node, Tree},
};

impl<'a> Checker<'a> {
    pub(super) fn scalar(
        &mut self,
        expectation: Expectation<'a>,
        types: &[&str],
        node: &Node,
    ) -> Value {
        if let Some(constant) = expectation.get("const")
            && *constant != node.to_json()
        {
            let message = format!(
                "must be {}, found {}",
                words::value(constant),
                words::found(node)
            );
            let finding = self.wrong(message);
            return self.replaced(finding, expectation);
        }
        if !types.is_empty() && !types.iter().any(|name| is_of(node, name)) {
            return self.wrong_type(expectation, node);
        }
        if let Some(bound) = out_of_bounds(expectation, node) {
            let message = match self.path.segments().last() {
                Some(Segment::Key(key)) => format!("`{key}` must be {bound}"),
                _ => format!("must be {bound}"),
            };
            let finding = self
                .wrong(message)
                .label(format!("{} is not", words::found(node)));
            return self.replaced(finding, expectation);
        }
        node.to_json()
    }

    pub(super) fn wrong_type(&mut self, expectation: Expectation<'a>, node: &Node) -> Value {
        let wanted = self.wanted(expectation);
        let found = words::found(node);
        let help = self.type_help(expectation, node);
        let finding = self
            .wrong(format!("expected {wanted}, found {found}"))
            .label(format!("expected {wanted}"))
            .help(help);
        self.replaced(finding, expectation)
    }

    fn type_help(&self, expectation: Expectation<'a>, node: &Node) -> Option<String> {
        let types = expectation.types();
        let takes = |name: &str| types.contains(&name);
        let raw = self.text.get(node.written.clone()).unwrap_or_default();
        match &node.tree {
            Tree::Number(number) if expectation.name == Some("Duration") => Some(format!(
                "write the unit too, such as `{number}s` or `{number}ms`"
            )),
            Tree::Number(number) if expectation.name == Some("ByteSize") => Some(format!(
                "write the unit too, such as `{number}MiB` or `{number}GiB`"
            )),
            Tree::Number(_) | Tree::Bool(_) if takes("string") => {
                Some(format!("put it in quotes: \"{raw}\""))
            }
            Tree::Text(text)
                if (takes("integer") || takes("number")) && text.trim().parse::<f64>().is_ok() =>
            {
                Some(format!("leave the quotes out: {}", text.trim()))
            }
            Tree::Map(entries) if takes("array") && !entries.is_empty() => {
                Some("begin each item of a list with `- `".to_owned())
            }
            Tree::Text(_) | Tree::Number(_) | Tree::Bool(_) if takes("array") => {
                Some(format!("a list of one is written [{raw}]"))
            }
            Tree::Null => Some("write a value, or leave the key out".to_owned()),
            _ => None,
        }
    }

    /// A string among constants.
    pub(super) fn constant(
        &mut self,
        expectation: Expectation<'a>,
        names: &[&str],
        node: &Node,
    ) -> Value {
        match &node.tree {
            Tree::Text(text) if names.contains(&text.as_str()) => node.to_json(),
            Tree::Text(text) => {
                let list = suggestion::either(names.iter().copied()).unwrap_or_default();
                let help = suggestion::nearest(text, names.iter().copied())
                    .map(|near| format!("did you mean `{near}`?"));
                let finding = self
                    .wrong(format!("expected {list}, found `{text}`"))
                    .label(format!("expected {list}"))
                    .help(help);
                self.replaced(finding, expectation)
            }
            _ => self.wrong_type(expectation, node),
        }
    }
}

pub(super) fn is_of(node: &Node, name: &str) -> bool {
    match &node.tree {
        Tree::Null => name == "null",
        Tree::Bool(_) => name == "boolean",
        Tree::Text(_) => name == "string",
        Tree::List(_) => name == "array",
        Tree::Map(_) => name == "object",
        Tree::Number(number) => match name {
            "integer" => number.is_u64() || number.is_i64(),
            "number" => true,
            _ => false,
        },
    }
}

/// The bound that a number breaks, in words.
fn out_of_bounds(expectation: Expectation<'_>, node: &Node) -> Option<String> {
    let Tree::Number(number) = &node.tree else {
        return None;
    };
    let number = number.as_f64()?;
    let bound = |keyword: &str| expectation.get(keyword).and_then(Value::as_f64);
    let most = bound("maximum").or_else(|| {
        let format = expectation.get("format").and_then(Value::as_str)?;
        match format {
            "uint16" => Some(f64::from(u16::MAX)),
            "uint32" => Some(f64::from(u32::MAX)),
            _ => None,
        }
    });
    let least = bound("minimum");
    if bound("exclusiveMinimum").is_some_and(|above| number <= above) {
        return bound("exclusiveMinimum").map(|above| format!("more than {above}"));
    }
    let is_outside =
        least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most);
    match (is_outside, least, most) {
        (true, Some(least), Some(most)) if bound("maximum").is_some() => {
            Some(format!("from {least} to {most}"))
        }
        (true, Some(least), _) if number < least => Some(format!("at least {least}")),
        (true, _, Some(most)) => Some(format!("at most {most}")),
        _ => None,
    }
}
