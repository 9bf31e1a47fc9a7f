//! Half of what the starter can serve.

use report::model::{
    Capacity, CapacityBounds, CapacityRatio, CapacitySearch, CapacitySide, CapacityTry, Evidence,
    LoadApart, LoadRequest, Mismatch, TallyLine,
};

/// A server that serves so many a second.
fn side(subject: &str, can: f64) -> CapacitySide {
    let tried = |rate: f64, right: u64| CapacityTry {
        rate,
        kept: Some(rate <= can),
        says_nothing: None,
        latency_ms: Some(if rate <= can {
            12.0 + rate / 10.0
        } else {
            1200.0
        }),
        right,
        failed: Vec::new(),
    };
    let overrun = CapacityTry {
        failed: vec![TallyLine {
            what: "due, but not sent in time".to_owned(),
            count: 17,
        }],
        ..tried(2.0 * can, 80)
    };
    let saturated = CapacityTry {
        kept: None,
        says_nothing: Some("it sent requests later than they were due".to_owned()),
        ..tried(can / 2.0, 80)
    };
    let search = CapacitySearch {
        keeps: Some(can),
        loses: Some(can * 1.09),
        end: "found".to_owned(),
        tries: vec![
            tried(can / 2.0, 90),
            saturated,
            tried(can / 2.0, 90),
            overrun,
            tried(can, 180),
            tried(can * 1.09, 190),
        ],
    };
    CapacitySide {
        subject: subject.to_owned(),
        searches: vec![search.clone(), search],
    }
}

/// The evidence of it.
pub(super) fn half() -> Evidence {
    let pair = CapacityBounds {
        low: 0.46,
        high: Some(0.55),
    };
    Evidence::Capacity(Box::new(Capacity {
        step: "7".to_owned(),
        requests: vec![LoadRequest {
            weight: 1,
            send: "GET /orders?customer={{ int('c' ~ index, 1, 500) }}".to_owned(),
            forms: 20,
        }],
        connections: 64,
        warm_up_ms: 1_000,
        duration_ms: 2_000,
        timeout_ms: 1_200,
        of: "p99".to_owned(),
        within_ms: 300,
        errors: 0.01,
        apart: LoadApart {
            core: Some(1),
            still: Some(true),
            lacks: Vec::new(),
        },
        sides: vec![side("submission", 45.0), side("starter", 90.0)],
        at_least: Some(100.0),
        ratio: Some(CapacityRatio {
            at_least: 0.8,
            pairs: vec![pair, CapacityBounds { high: None, ..pair }],
        }),
        mismatches: vec![Mismatch {
            at: "ratio".to_owned(),
            expected: "at least 0.8".to_owned(),
            actual: "0.46 to 0.55".to_owned(),
        }],
        samples: Vec::new(),
    }))
}
