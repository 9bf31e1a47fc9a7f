use minijinja::{Environment, context};

use super::super::tokens::{Name, Role};
use crate::{finding::Finding, path::Path, suggestion};

/// For suggestions; what there is, minijinja itself says.
const FILTERS: &[&str] = &[
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "default",
    "dictsort",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pprint",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
    "urlencode",
    "zip",
];
const TESTS: &[&str] = &[
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "even",
    "false",
    "filter",
    "float",
    "ge",
    "gt",
    "in",
    "integer",
    "iterable",
    "le",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "test",
    "true",
    "undefined",
    "upper",
];

/// A filter or test that minijinja does not have.
pub(super) fn unknown(
    environment: &Environment<'static>,
    name: &Name<'_>,
    path: &Path,
) -> Option<Finding> {
    let (noun, known, question) = match name.role {
        Role::Filter => ("filter", FILTERS, "name is filter"),
        _ => ("test", TESTS, "name is test"),
    };
    let is_there = environment
        .compile_expression(question)
        .and_then(|question| question.eval(context! { name => name.text }))
        .is_ok_and(|answer| answer.is_true());
    (!is_there).then(|| {
        let near = suggestion::nearest(name.text, known.iter().copied());
        Finding::value(path.clone(), format!("there is no {noun} `{}`", name.text))
            .label(format!("unknown {noun}"))
            .help(near.map(|near| format!("did you mean `{near}`?")))
    })
}

#[cfg(test)]
mod tests {
    use minijinja::{Environment, context};

    use super::{FILTERS, TESTS};

    #[test]
    fn every_suggestion_is_there() {
        let environment = Environment::new();
        for (names, question) in [(FILTERS, "name is filter"), (TESTS, "name is test")] {
            let question = environment.compile_expression(question).unwrap();
            for name in names {
                let answer = question.eval(context! { name => *name }).unwrap();
                assert!(answer.is_true(), "{name}");
            }
        }
        let question = environment.compile_expression("name is filter").unwrap();
        let answer = question.eval(context! { name => "uper" }).unwrap();
        assert!(!answer.is_true());
    }
}
