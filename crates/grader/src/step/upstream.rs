//! `upstream`: what the submission calls a stub for while steps are done, as the stub counts it.

use challenge_spec::{matcher::Matcher, model::Upstream};
use probe::{
    evidence::{self, Secrets, shown_mismatch},
    expectation::{ExpectationError, matcher},
    expression::Scope,
    matching::evaluate,
};
use report::model::{Evidence, Mismatch, Upstream as Shown, UpstreamForm};
use serde_json::Value;
use sidecar::protocol::{Answer, Journal, Order};

use super::{Place, all_inside, blame, matchers, stub::unsteered};
use crate::{finish, session::Session, stubs::stub_of, verdict::StepEnd};

/// How many forms of calls stand in the evidence.
const FORMS: usize = 50;

pub(super) async fn run(
    session: &Session<'_>,
    step: &Upstream,
    scope: &mut Scope,
    place: &Place,
) -> StepEnd {
    let Some(service) = stub_of(session.file, step.service.as_deref()) else {
        return StepEnd::errored(format!("step {place}: no service that is a stub"));
    };
    let window = match session.sandbox.steer(service, &Order::Begin).await {
        Ok(Answer::Begun { window }) => window,
        other => return unsteered(session, service, place, Vec::new(), other).await,
    };
    let (mut seen, ended) = all_inside(session, &step.steps, scope, place).await;
    let counted = session.sandbox.steer(service, &Order::End { window }).await;
    let secrets = session.secrets(scope);
    if let Some(ended) = ended {
        // What came of the calls may say why.
        if let Ok(Answer::Counted(journal)) = counted {
            seen.push(shown(place, service, &journal, Vec::new(), &secrets));
        }
        return ended.after(seen);
    }
    let journal = match counted {
        Ok(Answer::Counted(journal)) => journal,
        other => return unsteered(session, service, place, seen, other).await,
    };
    let expected = match Expected::read(step, scope) {
        Ok(expected) => expected,
        Err((captures, error)) => return blame(place, &captures, &*error).after(seen),
    };
    let mismatches = expected.against(&journal);
    let shown_mismatches = mismatches.iter().map(|one| shown_mismatch(one, &secrets));
    let shown_mismatches: Vec<Mismatch> = shown_mismatches.collect();
    let before = format!("the submission's calls to `{service}`: ");
    let reason = finish::differs(&before, &shown_mismatches);
    seen.push(shown(place, service, &journal, shown_mismatches, &secrets));
    if mismatches.is_empty() {
        StepEnd::Held(seen)
    } else {
        StepEnd::Failed {
            reason,
            evidence: seen,
        }
    }
}

/// What the calls must be.
struct Expected {
    /// By their keys.
    totals: Vec<(&'static str, Matcher)>,
    /// By method and path.
    of: Vec<(String, Matcher)>,
}

/// Why it cannot be said, and what the submission gave that took part.
type Unread = (Vec<String>, Box<dyn std::error::Error + Send + Sync>);

impl Expected {
    /// With its templates rendered: what the steps have captured may be in it.
    fn read(step: &Upstream, scope: &Scope) -> Result<Self, Unread> {
        let unread = |error: ExpectationError| (error.captures.clone(), error.into());
        let expect = &step.expect;
        let totals = [
            ("calls", expect.calls.as_ref()),
            ("at_once", expect.at_once.as_ref()),
        ];
        let of = expect.of.iter().map(|of| {
            let call = scope.render_text(&of.call);
            let call = call.map_err(|error| (error.captures.clone(), error.into()))?;
            Ok((call, matcher(&of.times, scope).map_err(unread)?))
        });
        Ok(Self {
            totals: matchers(totals, scope).map_err(unread)?,
            of: of.collect::<Result<_, Unread>>()?,
        })
    }

    fn against(&self, journal: &Journal) -> Vec<Mismatch> {
        let totals = self.totals.iter().flat_map(|(key, matcher)| {
            let value = match *key {
                "calls" => journal.calls,
                _ => journal.at_once,
            };
            evaluate(matcher, Some(&Value::from(value)), key)
        });
        let of = self.of.iter().flat_map(|(call, matcher)| {
            let form = journal.forms.iter().find(|form| form.call == *call);
            let times = form.map_or(0, |form| form.calls);
            evaluate(matcher, Some(&Value::from(times)), call)
        });
        let mut mismatches: Vec<Mismatch> = totals.chain(of).collect();
        if journal.calls_omitted > 0 && !self.of.is_empty() {
            mismatches.push(Mismatch {
                at: "paths called".to_owned(),
                expected: "no more than the stub keeps count of".to_owned(),
                actual: format!("{} calls to yet others", journal.calls_omitted),
            });
        }
        mismatches
    }
}

fn shown(
    place: &Place,
    service: &str,
    journal: &Journal,
    mismatches: Vec<Mismatch>,
    secrets: &Secrets,
) -> Evidence {
    let kept = journal.forms.len().min(FORMS);
    let (some, others) = journal.forms.split_at(kept);
    let omitted: u64 = others.iter().map(|form| form.calls).sum();
    let forms = some.iter().map(|form| UpstreamForm {
        call: evidence::text(&form.call, secrets),
        calls: form.calls,
        at_once: form.at_once,
        answers: form.answers.clone(),
        first_ms: form.first_ms,
        last_ms: form.last_ms,
    });
    Evidence::Upstream(Box::new(Shown {
        step: place.to_string(),
        service: service.to_owned(),
        calls: journal.calls,
        at_once: journal.at_once,
        connections_refused: journal.connections_refused,
        forms: forms.collect(),
        calls_omitted: journal.calls_omitted + omitted,
        mismatches,
    }))
}

#[cfg(test)]
mod tests {
    use probe::expression::Seeds;
    use serde_json::{Map, json};
    use sidecar::protocol::Form;

    use super::*;

    fn expected(expect: &Value) -> Expected {
        let step: Upstream =
            serde_json::from_value(json!({ "steps": [], "expect": expect })).unwrap();
        let mut scope = Scope::for_check(Seeds::new(1), "a", Map::new());
        scope.set("sku", json!("a"));
        Expected::read(&step, &scope).unwrap()
    }

    fn journal() -> Journal {
        let form = |call: &str, calls| Form {
            call: call.to_owned(),
            calls,
            ..Form::default()
        };
        Journal {
            calls: 3,
            at_once: 2,
            forms: vec![form("GET /prices/a", 2), form("GET /prices/b", 1)],
            ..Journal::default()
        }
    }

    #[test]
    fn counts_are_held_against_what_came() {
        let holds = |expect: Value| expected(&expect).against(&journal()).is_empty();
        assert!(holds(
            json!({ "calls": 3, "at_once": { "$range": { "max": 2 } } })
        ));
        assert!(!holds(json!({ "calls": 2 })));
        assert!(!holds(json!({ "at_once": 1 })));
        assert!(holds(
            json!({ "of": [{ "call": "GET /prices/{{ sku }}", "times": 2 }] })
        ));
        assert!(holds(
            json!({ "of": [{ "call": "GET /prices/c", "times": 0 }] })
        ));
        let missed = expected(&json!({ "of": [{ "call": "GET /prices/b", "times": 2 }] }));
        let missed = missed.against(&journal());
        assert_eq!(missed[0].at, "GET /prices/b");
    }

    #[test]
    fn what_was_not_kept_apart_is_not_taken_for_nothing() {
        let flooded = Journal {
            calls_omitted: 1,
            ..journal()
        };
        let of = expected(&json!({ "of": [{ "call": "GET /prices/c", "times": 0 }] }));
        assert_eq!(of.against(&flooded).len(), 1);
        assert!(
            expected(&json!({ "calls": 3 }))
                .against(&flooded)
                .is_empty()
        );
    }
}
