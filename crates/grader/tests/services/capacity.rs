//! Searches for the capacity of submissions in real sandboxes, alone and beside another subject.

use std::time::{Duration, Instant};

use report::model::{Blame, Capacity, CheckReport, Evidence, Outcome};
use serde_json::{Value, json};

use crate::{
    bench::told,
    load::{graded_by, requests},
};

/// A machine that is busy with other things leaves it open: then it is asked again.
const TRIES: u32 = 4;

/// One that works at one request at a time: a little under 50 a second for 20 ms each.
fn serving(millis: f64) -> Value {
    json!({ "one at a time": millis / 1000.0 })
}

/// Looks for the capacity of a submission, where the starter is of another manner.
async fn searched(submission: &Value, other: &Value, more: &Value) -> CheckReport {
    let mut step = json!({
        "requests": requests(),
        "forms": 5,
        "from": 30,
        "to": 160,
        "precision": 0.4,
        "warm_up": "150ms",
        "duration": "700ms",
        "objective": { "p95": "170ms", "errors": 0.02 },
    });
    for (key, value) in more.as_object().unwrap() {
        step[key] = value.clone();
    }
    let mut tries = 1;
    loop {
        let check = graded_by(submission, other, &json!({ "capacity": step })).await;
        if check.outcome != Outcome::Inconclusive || tries == TRIES {
            return check;
        }
        tries += 1;
    }
}

fn shown(check: &CheckReport) -> &Capacity {
    let found = check.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Capacity(capacity) => Some(&**capacity),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{}", told(check)))
}

fn failed(check: &CheckReport, because: &str) {
    let told = told(check);
    assert_eq!(check.outcome, Outcome::Failed, "{told}");
    assert!(told.contains(because), "{told}");
}

#[tokio::test]
#[ignore = "takes minutes; `make prove` runs it"]
async fn half_the_capacity_is_told_from_the_whole_and_the_same_from_the_same() {
    let narrow = |ratio: f64| {
        let expect = json!({ "ratio": ratio });
        json!({ "against": "starter", "to": 200, "expect": expect })
    };
    let check = searched(&serving(20.0), &serving(10.0), &narrow(0.8)).await;
    failed(&check, "too little: the capacity was ");
    failed(&check, "times that of starter, and should be at least 0.8");
    let capacity = shown(&check);
    let [ours, theirs] = &capacity.sides[..] else {
        panic!("{capacity:?}");
    };
    assert_eq!(
        (&*ours.subject, &*theirs.subject),
        ("submission", "starter")
    );
    // Neither can do more than it can, whatever the machine does.
    for (side, can) in [(ours, 50.0), (theirs, 100.0)] {
        for search in &side.searches {
            assert!(
                search.keeps.is_none_or(|rate| rate < can * 1.35),
                "{search:?}"
            );
        }
    }
    let pairs = &capacity.ratio.as_ref().unwrap().pairs;
    assert!(
        pairs
            .iter()
            .filter(|pair| pair.high.is_some_and(|high| high < 0.8))
            .count()
            >= 2
    );
    assert_eq!(capacity.mismatches[0].at, "ratio");

    let check = searched(&serving(20.0), &serving(20.0), &narrow(0.6)).await;
    assert_eq!(check.outcome, Outcome::Passed, "{}", told(&check));
}

#[tokio::test]
async fn a_least_rate_is_kept_or_missed() {
    let check = searched(
        &serving(4.0),
        &serving(4.0),
        &json!({ "expect": { "rate": 40 } }),
    )
    .await;
    assert_eq!(check.outcome, Outcome::Passed, "{}", told(&check));
    let check = searched(
        &serving(40.0),
        &serving(4.0),
        &json!({ "expect": { "rate": 80 } }),
    )
    .await;
    failed(&check, "in each of 3 searches, and should be at 80");
    assert_eq!(shown(&check).sides[0].searches.len(), 3);
}

#[tokio::test]
async fn a_wrong_body_fails_and_a_refusal_has_only_lost_its_rate() {
    let more = json!({ "expect": { "rate": 40 } });
    let check = searched(&json!({ "wrong every": 7 }), &serving(4.0), &more).await;
    failed(&check, "answers under load were wrong: GET /items/");
    failed(&check, "json $.id should be");
    let check = searched(&json!({ "503 every": 3 }), &serving(4.0), &more).await;
    failed(
        &check,
        "p95 was kept within 170 ms at no rate in each of 3 searches",
    );
}

#[tokio::test]
async fn who_dies_loses_and_who_stalls_holds_nobody_up() {
    let more = json!({ "expect": { "rate": 40 } });
    let check = searched(&json!({ "dies after": 60 }), &serving(4.0), &more).await;
    failed(&check, "the submission died under load: exit code 3");
    let began = Instant::now();
    let check = searched(&json!({ "hangs after": 40 }), &serving(4.0), &more).await;
    failed(&check, "in each of 3 searches, and should be at 40");
    assert!(began.elapsed() < Duration::from_mins(10));
    let more = json!({ "against": "starter", "expect": { "ratio": 0.5 } });
    let check = searched(&serving(4.0), &json!({ "dies after": 60 }), &more).await;
    let ended = (check.outcome, check.blame);
    assert_eq!(
        ended,
        (Outcome::Errored, Some(Blame::Ours)),
        "{}",
        told(&check)
    );
    assert!(
        told(&check).contains("starter under load: it died"),
        "{}",
        told(&check)
    );
}
