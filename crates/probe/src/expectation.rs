//! What an answer, or the rows of a query, must be, against what came.

mod answer;
mod body;
mod diff;
mod error;
mod pick;
mod rows;

pub use answer::Expectation;
pub use error::{ExpectationError, ExpectationReason};
pub use rows::RowsExpectation;

use challenge_spec::{matcher::Matcher, model::Expected};
use report::model::Mismatch;
use serde_json::Value;

use crate::expression::Scope;

/// How an answer, or the rows of a query, compare with what they must be.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judged {
    /// Where they differ; empty where they are as they must be.
    pub mismatches: Vec<Mismatch>,
    /// What is kept, by name, as far as it was found.
    pub captures: Vec<(String, Value)>,
    /// A unified diff of what was expected and what came, where both are structured and differ.
    pub diff: Option<String>,
}

impl Judged {
    /// Whether all is as it must be.
    pub fn holds(&self) -> bool {
        self.mismatches.is_empty()
    }
}

/// Reads an expectation, its templates rendered.
pub fn matcher(expected: &Expected, scope: &Scope) -> Result<Matcher, ExpectationError> {
    Matcher::parse_rendered(&expected.0, |text| scope.render_str(text)).map_err(|source| {
        ExpectationError {
            captures: scope.captures_in_json(&expected.0),
            reason: Box::new(source).into(),
        }
    })
}
