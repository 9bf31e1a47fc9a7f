//! A search for capacity for the report.

use loadgen::capacity::{Capacity as Found, End, Tried};
use report::model::{
    Capacity, CapacityBounds, CapacityRatio, CapacitySearch, CapacitySide, CapacityTry, Mismatch,
};

use super::{Trial, decision, patience};
use crate::{
    finish,
    step::measure::{self, CONNECTIONS, Run, Sent, Side, millis, rounded},
};

pub(super) fn of(trial: &Trial<'_>) -> Capacity {
    let step = trial.step;
    let ours = &trial.sides[0];
    let secrets = ours.session.secrets(&ours.scope);
    let sent = Sent {
        setup: &step.setup,
        requests: &step.requests,
        forms: step.forms,
    };
    let bounds = decision::bounds(&trial.found);
    let sides = trial.sides.iter().zip(&trial.found);
    Capacity {
        step: trial.place.to_string(),
        requests: measure::requests(sent, &secrets),
        connections: step.connections.unwrap_or(CONNECTIONS),
        warm_up_ms: finish::millis(step.warm_up.get()),
        duration_ms: finish::millis(step.duration.get()),
        timeout_ms: finish::millis(patience(ours.session.file, step)),
        of: trial.of.key.to_owned(),
        within_ms: finish::millis(trial.of.within),
        errors: step.objective.errors.unwrap_or(0.0),
        apart: trial.apart.told(),
        sides: sides
            .map(|(side, found)| self::side(trial, side, found))
            .collect(),
        at_least: step.expect.rate,
        ratio: step.expect.ratio.map(|at_least| CapacityRatio {
            at_least,
            pairs: bounds
                .iter()
                .map(|pair| CapacityBounds {
                    low: rounded(pair.low),
                    high: pair.high.is_finite().then(|| rounded(pair.high)),
                })
                .collect(),
        }),
        mismatches: mismatches(trial, &bounds),
        samples: measure::samples(ours, trial.place),
    }
}

/// Tries that no search has taken yet, of one that ended in the middle, come last.
fn side(trial: &Trial<'_>, side: &Side<'_>, found: &[Found]) -> CapacitySide {
    let mut runs = side.runs.iter();
    let mut searches: Vec<CapacitySearch> = found
        .iter()
        .map(|found| CapacitySearch {
            keeps: rate(found.keeps),
            loses: rate(found.loses),
            end: ended(found.end).to_owned(),
            tries: runs
                .by_ref()
                .take(found.tries.len())
                .map(|run| tried(trial, run))
                .collect(),
        })
        .collect();
    let left: Vec<CapacityTry> = runs.map(|run| tried(trial, run)).collect();
    if !left.is_empty() {
        searches.push(CapacitySearch {
            keeps: None,
            loses: None,
            end: ended(End::Stopped).to_owned(),
            tries: left,
        });
    }
    CapacitySide {
        subject: side.name.to_owned(),
        searches,
    }
}

fn tried(trial: &Trial<'_>, run: &Run) -> CapacityTry {
    let measured = &run.measured;
    let share = trial
        .step
        .objective
        .latencies()
        .next()
        .map(|(_, share, _)| share);
    let latency = share.filter(|_| measured.latency.count() > 0);
    CapacityTry {
        rate: rounded(measured.load.rate_from.unwrap_or_default()),
        kept: run
            .says_nothing()
            .is_none()
            .then(|| trial.objective.is_kept(measured)),
        says_nothing: run.says_nothing().map(|why| why.says().to_owned()),
        latency_ms: latency.map(|share| millis(measured.latency.quantile(share))),
        right: measured.right,
        failed: measure::tally(run),
    }
}

fn rate(tried: Option<Tried>) -> Option<f64> {
    tried.map(|tried| rounded(tried.rate.per_second()))
}

fn ended(end: End) -> &'static str {
    match end {
        End::Found => "found",
        End::AtLeast => "kept at the highest rate that is tried",
        End::Never => "lost at the lowest rate that is tried",
        End::Saturated => "the load generator was the limit itself",
        End::Budget | End::Stopped => "ended early",
    }
}

fn mismatches(trial: &Trial<'_>, bounds: &[decision::Bounds]) -> Vec<Mismatch> {
    let expect = &trial.step.expect;
    let mut found = Vec::new();
    let keeps = trial.found[0].iter().filter_map(|found| rate(found.keeps));
    let best = keeps.reduce(f64::max).unwrap_or_default();
    let is_known = trial.found[0].iter().any(|found| found.loses.is_some());
    if let Some(rate) = expect.rate.filter(|rate| is_known && best < *rate) {
        found.push(Mismatch {
            at: "capacity".to_owned(),
            expected: format!("at least {rate} requests a second"),
            actual: format!("{best:.1} at best"),
        });
    }
    let missed = bounds
        .iter()
        .find(|pair| expect.ratio.is_some_and(|ratio| pair.high < ratio));
    if let (Some(ratio), Some(missed)) = (expect.ratio, missed) {
        found.push(Mismatch {
            at: "ratio".to_owned(),
            expected: format!("at least {ratio}"),
            actual: decision::told(*missed),
        });
    }
    found
}
