//! `assert`: an expression over what was captured.

use challenge_spec::model::Assert;
use probe::expression::Scope;
use report::model::Evidence;
use serde_json::Value;

use super::Place;
use crate::verdict::StepEnd;

pub(super) fn run(assert: &Assert, scope: &Scope, place: &Place) -> StepEnd {
    match scope.render(&assert.that) {
        Ok(Value::Bool(true)) => StepEnd::Held(Vec::new()),
        Ok(Value::Bool(false)) => StepEnd::Failed {
            reason: assert.because.clone(),
            evidence: vec![Evidence::Note(format!(
                "step {place}: {} is false",
                assert.that.0
            ))],
        },
        Ok(other) => StepEnd::errored(format!(
            "step {place}: `{}` gives {other}, neither true nor false",
            assert.that.0
        )),
        Err(error) => StepEnd::errored(format!("step {place}: {}", crate::finish::chain(&error))),
    }
}
