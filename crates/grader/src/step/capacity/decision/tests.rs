use std::time::Duration;

use loadgen::{
    capacity::{Search, Searching, Try},
    load::Rate,
};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const OF: Of = Of {
    key: "p99",
    within: Duration::from_millis(300),
};

fn found(keeps: Option<f64>, loses: Option<f64>) -> Capacity {
    let tried = |rate: f64| Tried {
        rate: Rate::new(rate).unwrap(),
        kept: 2,
        lost: 2,
    };
    Capacity {
        keeps: keeps.map(tried),
        loses: loses.map(tried),
        end: End::Found,
        tries: Vec::new(),
    }
}

fn around(rate: f64) -> Capacity {
    found(Some(rate * 0.97), Some(rate * 1.05))
}

fn step(expect: &serde_json::Value) -> Step {
    serde_json::from_value(json!({
        "requests": [],
        "from": 10.0,
        "to": 1000.0,
        "duration": "2s",
        "objective": { "p99": "300ms" },
        "against": "starter",
        "expect": expect,
    }))
    .unwrap()
}

fn decided(expect: &serde_json::Value, ours: &[Capacity], theirs: &[Capacity]) -> Decision {
    let sides = [ours.to_vec(), theirs.to_vec()];
    let sides = if theirs.is_empty() {
        &sides[..1]
    } else {
        &sides
    };
    decide(sides, &step(expect), OF)
}

#[test]
fn one_search_that_keeps_a_rate_decides_and_three_that_lose_it_do() {
    let decide = |rates: &[f64]| {
        let ours: Vec<_> = rates.iter().map(|rate| around(*rate)).collect();
        decided(&json!({ "rate": 100.0 }), &ours, &[])
    };
    assert_eq!(decide(&[]), Decision::More);
    assert_eq!(decide(&[110.0]), Decision::Held);
    assert_eq!(decide(&[50.0, 50.0]), Decision::More);
    assert_eq!(decide(&[50.0, 50.0, 110.0]), Decision::Held);
    let Decision::Failed(why) = decide(&[50.0, 60.0, 40.0]) else {
        panic!("three lost it");
    };
    assert_eq!(
        why,
        "p99 was kept within 300 ms at 58.2 requests a second at best in each of 3 searches, and should be at 100"
    );
    // What is as near as that is neither.
    assert_eq!(decide(&[100.0; 4]), Decision::More);
    assert!(matches!(decide(&[100.0; 5]), Decision::Open(_)));
    let never = vec![found(None, Some(10.0)); 3];
    let Decision::Failed(why) = decided(&json!({ "rate": 100.0 }), &never, &[]) else {
        panic!("it never kept it");
    };
    assert!(why.contains("at no rate"), "{why}");
}

#[test]
fn a_ratio_takes_a_lead_of_two_pairs() {
    let theirs = vec![around(100.0); 5];
    let decide = |rates: &[f64]| {
        let ours: Vec<_> = rates.iter().map(|rate| around(*rate)).collect();
        decided(&json!({ "ratio": 0.8 }), &ours, &theirs)
    };
    assert_eq!(decide(&[100.0]), Decision::More);
    assert_eq!(decide(&[100.0, 95.0]), Decision::Held);
    assert_eq!(decide(&[50.0]), Decision::More);
    let Decision::Failed(why) = decide(&[50.0, 40.0]) else {
        panic!("both say so");
    };
    assert_eq!(
        why,
        "too little: the capacity was 0.46 to 0.54, 0.37 to 0.43 times that of starter, and should be at least 0.8"
    );
    assert_eq!(decide(&[50.0, 100.0, 100.0]), Decision::More);
    assert_eq!(decide(&[50.0, 100.0, 100.0, 100.0]), Decision::Held);
    assert_eq!(decide(&[50.0, 100.0, 80.0, 80.0]), Decision::More);
    assert!(matches!(
        decide(&[50.0, 100.0, 80.0, 80.0, 80.0]),
        Decision::Open(_)
    ));
}

#[test]
fn ends_that_nobody_knows_decide_nothing() {
    let high = found(Some(1000.0), None);
    let low = found(None, Some(10.0));
    let decide = |ours: &Capacity, theirs: &Capacity| {
        let (ours, theirs) = (vec![ours.clone(); 2], vec![theirs.clone(); 2]);
        decided(&json!({ "ratio": 2.0 }), &ours, &theirs)
    };
    assert_eq!(decide(&high, &around(100.0)), Decision::Held);
    assert_eq!(decide(&high, &low), Decision::Held);
    assert_eq!(decide(&high, &high), Decision::More);
    assert_eq!(decide(&low, &low), Decision::More);
    assert!(matches!(decide(&low, &around(100.0)), Decision::Failed(_)));
    assert!(matches!(decide(&around(100.0), &high), Decision::Failed(_)));
}

#[test]
fn both_must_hold() {
    let expect = json!({ "ratio": 0.8, "rate": 500.0 });
    let (ours, theirs) = (vec![around(100.0); 3], vec![around(100.0); 3]);
    assert!(matches!(
        decided(&expect, &ours, &theirs),
        Decision::Failed(_)
    ));
    let expect = json!({ "ratio": 0.8, "rate": 50.0 });
    assert_eq!(decided(&expect, &ours, &theirs), Decision::Held);
}

proptest! {
    /// Whatever one search of five says: it alone decides nothing against what all others say.
    #[test]
    fn one_search_that_lies_fails_nobody(place in 0..5usize, lie in 1.0..40.0f64) {
        let mut seen = Vec::new();
        for number in 0..5 {
            seen.push(around(if number == place { lie } else { 100.0 }));
            let theirs = vec![around(100.0); seen.len()];
            let decision = decided(&json!({ "ratio": 0.7 }), &seen, &theirs);
            prop_assert!(!matches!(decision, Decision::Failed(_)), "{:?}", decision);
        }
    }

    /// Wherever it begins, and whatever is said: the time that a check has for it is enough.
    #[test]
    fn a_search_takes_no_more_tries_than_are_counted_on(
        began in 10.0..1000.0f64,
        precision in 0.02..1.0f64,
        said in prop::collection::vec(prop::option::weighted(0.8, any::<bool>()), 400),
    ) {
        let mut step = step(&json!({ "rate": 50.0 }));
        step.precision = precision;
        let rate = |rate| Rate::new(rate).unwrap();
        let mut searching = Searching::new(Search {
            from: rate(began),
            to: rate(step.to),
            lowest: Some(rate(step.from)),
            tries: Step::TRIES,
            precision,
            budget: Duration::MAX,
        })
        .unwrap();
        let mut said = said.into_iter();
        while let (Some(rate), Some(kept)) = (searching.next_rate(), said.next()) {
            searching.told(Try {
                rate,
                kept,
                latency: Duration::ZERO,
                error_rate: 0.0,
                saturated: None,
            });
        }
        prop_assert!(searching.next_rate().is_none());
        let tries = u32::try_from(searching.found().tries.len()).unwrap();
        prop_assert!(tries <= step.most_rates() * (2 * Step::TRIES - 1), "{tries}");
    }
}
