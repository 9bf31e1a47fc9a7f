//! What a trial sends: chosen by the seed alone, before anything is answered, so that a part of it can
//! be sent again.

use std::collections::{BTreeMap, BTreeSet};

use challenge_spec::model::{Differential, Request};
use probe::expression::{RenderError, Scope};

/// One request of a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// From 0; stays the same when others are left out, and so do the values that follow from it.
    pub(super) number: u32,
    /// Which request of the step, those of `setup` first.
    pub(super) request: usize,
    /// Which earlier call has captured each name that it uses.
    pub(super) uses: BTreeMap<String, u32>,
    /// Whether it is sent in every trial.
    pub(super) is_setup: bool,
}

/// What each request of a step uses and makes.
struct Kinds<'a> {
    requests: Vec<&'a Request>,
    needs: Vec<Vec<String>>,
}

impl<'a> Kinds<'a> {
    fn of(step: &'a Differential, scope: &Scope) -> Self {
        let requests: Vec<&Request> = step.requests().collect();
        let made: BTreeSet<&String> = requests
            .iter()
            .flat_map(|request| request.expect.capture.keys())
            .collect();
        let needs = requests.iter().map(|request| {
            let templates = serde_json::to_value(request).unwrap_or_default();
            let names = scope.names_in_json(&templates);
            names
                .into_iter()
                .filter(|name| made.contains(name))
                .collect()
        });
        Self {
            needs: needs.collect(),
            requests,
        }
    }
}

/// The calls of one trial. `draw` gives a number below a bound for a key.
pub(super) fn choose(
    step: &Differential,
    scope: &Scope,
    draw: &dyn Fn(&str, u64) -> Result<u64, RenderError>,
) -> Result<Vec<Call>, RenderError> {
    let kinds = Kinds::of(step, scope);
    let mut calls: Vec<Call> = Vec::new();
    // By name, the calls that have captured it.
    let mut sources: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let setup = u32::try_from(step.setup.len()).unwrap_or(u32::MAX);
    for number in 0..setup.saturating_add(step.requests) {
        let is_setup = number < setup;
        let request = if is_setup {
            number as usize
        } else {
            let possible = |kind: &usize| {
                let mut needs = kinds.needs[*kind].iter();
                needs.all(|name| sources.contains_key(name.as_str()))
            };
            let weights: Vec<(usize, u64)> = (step.setup.len()..kinds.requests.len())
                .filter(possible)
                .map(|kind| (kind, step.operations[kind - step.setup.len()].weight.into()))
                .collect();
            let all = weights.iter().map(|(_, weight)| weight).sum();
            // Every operation waits for another.
            if all == 0 {
                break;
            }
            let drawn = draw(&format!("operation {number}"), all)?;
            weighted(&weights, drawn)
        };
        let mut uses = BTreeMap::new();
        for name in &kinds.needs[request] {
            let Some(sources) = sources.get(name.as_str()) else {
                continue;
            };
            let drawn = draw(&format!("{name} {number}"), sources.len() as u64)?;
            let place = usize::try_from(drawn).unwrap_or_default();
            uses.insert(name.clone(), sources[place]);
        }
        for name in kinds.requests[request].expect.capture.keys() {
            sources.entry(name).or_default().push(number);
        }
        calls.push(Call {
            number,
            request,
            uses,
            is_setup,
        });
    }
    Ok(calls)
}

fn weighted(weights: &[(usize, u64)], mut drawn: u64) -> usize {
    for (kind, weight) in weights {
        if drawn < *weight {
            return *kind;
        }
        drawn -= weight;
    }
    weights.last().map_or(0, |(kind, _)| *kind)
}

/// The calls without some of them and without those that use what these capture.
pub(super) fn without(calls: &[Call], left_out: impl Fn(&Call) -> bool) -> Vec<Call> {
    let mut gone = BTreeSet::new();
    calls
        .iter()
        .filter(|call| {
            let goes = left_out(call) || call.uses.values().any(|source| gone.contains(source));
            if goes {
                gone.insert(call.number);
            }
            !goes
        })
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use probe::expression::Seeds;
    use serde_json::{Map, json};

    use super::*;

    fn step() -> Differential {
        serde_json::from_value(json!({
            "against": "reference:python",
            "requests": 60,
            "setup": [{ "send": "POST /products", "expect": { "capture": { "product": "$.id" } } }],
            "operations": [
                { "weight": 9, "request": { "send": "GET /orders/{{ order }}" } },
                { "request": { "send": "POST /orders", "json": { "product": "{{ product }}" }, "expect": { "capture": { "order": "$.id" } } } },
                { "request": { "send": "GET /never/{{ never }}", "expect": { "capture": { "never": "$.id" } } } },
            ],
        }))
        .unwrap()
    }

    fn calls(seed: u64) -> Vec<Call> {
        let scope = Scope::for_check(Seeds::new(seed), "one", Map::new());
        let draw = |key: &str, bound: u64| {
            let drawn = scope.render_str(&format!("{{{{ int('{key}', 0, {}) }}}}", bound - 1))?;
            Ok(drawn.as_u64().unwrap())
        };
        choose(&step(), &scope, &draw).unwrap()
    }

    #[test]
    fn what_uses_what_was_captured_comes_after_it() {
        let calls = calls(1);
        assert_eq!(calls.len(), 61);
        assert!(calls[0].is_setup && !calls[1].is_setup);
        // Nothing else can be sent before there is an order, and what waits for itself never can.
        assert_eq!(calls[1].request, 2);
        assert!(calls.iter().all(|call| call.request != 3));
        for call in &calls {
            for (name, source) in &call.uses {
                let source = calls.iter().find(|one| one.number == *source).unwrap();
                assert!(source.number < call.number);
                assert_eq!(source.request, if name == "product" { 0 } else { 2 });
            }
            assert_eq!(call.uses.len(), usize::from(!call.is_setup));
        }
        let reads = calls.iter().filter(|call| call.request == 1).count();
        assert!((40..60).contains(&reads), "9 of 10, was {reads} of 60");
    }

    #[test]
    fn a_seed_gives_the_same_calls_and_another_others() {
        assert_eq!(calls(1), calls(1));
        assert_ne!(calls(1), calls(2));
    }
}
