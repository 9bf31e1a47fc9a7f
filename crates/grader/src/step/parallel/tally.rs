//! How the answers of a burst fell out.

use std::collections::BTreeMap;

use challenge_spec::model::{Expected, StatusClass};
use indexmap::IndexMap;
use probe::{
    exchange::Exchanged,
    expectation::{self, ExpectationError},
    expression::Scope,
    matching,
};
use report::model::{Mismatch, TallyLine};
use serde_json::Value;

use super::trouble;

/// Counts the answers that did not come whole.
pub(super) const TROUBLE: &str = "trouble";

/// How the answers fell out, and where that is not as it must be.
pub(super) struct Tally {
    pub(super) lines: Vec<TallyLine>,
    pub(super) mismatches: Vec<Mismatch>,
}

pub(super) fn judge(
    expected: &IndexMap<String, Expected>,
    answers: &[Exchanged],
    scope: &Scope,
) -> Result<Tally, ExpectationError> {
    let mut mismatches = Vec::new();
    for (key, expected) in expected {
        let matcher = expectation::matcher(expected, scope)?;
        let count = answers.iter().filter(|answer| counts(key, answer)).count();
        let at = format!("number of answers {key}");
        mismatches.extend(matching::evaluate(&matcher, Some(&Value::from(count)), &at));
    }
    Ok(Tally {
        lines: lines(answers),
        mismatches,
    })
}

fn counts(key: &str, answer: &Exchanged) -> bool {
    match (key, answer.whole()) {
        (TROUBLE, whole) => whole.is_none(),
        (_, None) => false,
        (key, Some(received)) => {
            StatusClass::parse(key).is_some_and(|class| class.contains(received.status.as_u16()))
        }
    }
}

fn lines(answers: &[Exchanged]) -> Vec<TallyLine> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for answer in answers {
        let what = match (&answer.trouble, &answer.answer) {
            (Some(trouble), _) => trouble::name(trouble).to_owned(),
            (None, Some(received)) => received.status.as_u16().to_string(),
            (None, None) => "nothing".to_owned(),
        };
        *counts.entry(what).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(what, count)| TallyLine { what, count })
        .collect()
}
