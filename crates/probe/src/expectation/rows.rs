use challenge_spec::{matcher::Matcher, model::Rows};
use report::model::Mismatch;
use serde_json::Value;

use super::{ExpectationError, Judged, diff::diff, matcher, pick::Pick};
use crate::{
    expression::Scope,
    matching::{MAX_MISMATCHES, evaluate},
};

/// What the rows of a query must be, and what is kept of them; its templates are rendered.
#[derive(Debug, Clone)]
pub struct RowsExpectation {
    rows: Option<Matcher>,
    captures: Vec<(String, Pick)>,
}

impl RowsExpectation {
    /// Renders an author's expectation.
    pub fn new(expect: &Rows, scope: &Scope) -> Result<Self, ExpectationError> {
        Ok(Self {
            rows: expect
                .rows
                .as_ref()
                .map(|expected| matcher(expected, scope))
                .transpose()?,
            captures: expect
                .capture
                .iter()
                .map(|(name, path)| Ok((name.clone(), Pick::parse(path)?)))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Compares the rows that came, each an object by column name, with what is expected.
    pub fn judge(&self, rows: Vec<Value>) -> Judged {
        let rows = Value::Array(rows);
        let mut judged = Judged::default();
        if let Some(matcher) = &self.rows {
            judged.mismatches = evaluate(matcher, Some(&rows), "rows $");
            if !judged.holds() {
                judged.diff = diff(matcher, &rows);
            }
        }
        for (name, pick) in &self.captures {
            match pick.of(&rows) {
                Some(value) => judged.captures.push((name.clone(), value)),
                None => judged.mismatches.push(Mismatch {
                    at: format!("rows {}", pick.written),
                    expected: format!("a value, to be kept as `{name}`"),
                    actual: "nothing".to_owned(),
                }),
            }
        }
        judged.mismatches.truncate(MAX_MISMATCHES);
        judged
    }
}
