//! Steps that are done while requests are under way.

use report::model::Outcome;
use serde_json::{Value, json};

use crate::bench::{fails, graded, told};

/// What the submission has been told by then, asked for now and answered later.
fn later(times: u32, millis: u64, seen: &[&str]) -> Value {
    json!({
        "times": times,
        "request": {
            "send": "POST /later",
            "json": millis,
            "expect": { "status": 200, "json": { "seen": seen } },
        },
        "tally": { "200": times },
        "capture": "answers",
    })
}

fn tell(what: &str) -> Value {
    json!({ "request": { "send": "POST /count", "json": what, "expect": { "status": 200 } } })
}

fn meanwhile(parallel: &Value, steps: &Value) -> Value {
    json!({ "meanwhile": { "parallel": parallel, "after": "300ms", "steps": steps } })
}

fn all_of(which: &str) -> Value {
    json!({ "assert": { "that": which, "because": "they say otherwise" } })
}

#[tokio::test]
async fn requests_are_answered_after_what_was_done_meanwhile() {
    let steps = json!([
        tell("before"),
        meanwhile(
            &later(3, 1_500, &["before", "meanwhile"]),
            &json!([tell("meanwhile")])
        ),
        all_of("{{ answers | length == 3 and answers[2].json.seen[1] == 'meanwhile' }}"),
        // Who is answered earlier has not seen it.
        meanwhile(
            &later(2, 0, &["before", "meanwhile"]),
            &json!([tell("too late")])
        ),
        meanwhile(
            &later(
                2,
                1_000,
                &["before", "meanwhile", "too late", "at the second"]
            ),
            &json!([tell("at the second")])
        ),
    ]);
    let report = graded(&json!({}), &json!([]), &steps).await;
    let check = &report.checks[0];
    assert_eq!(check.outcome, Outcome::Passed, "{}", told(check));
}

#[tokio::test]
async fn what_does_not_hold_is_lost_before_and_after() {
    let tell_it = json!([tell("meanwhile")]);
    let answers = json!([meanwhile(&later(2, 900, &[]), &tell_it)]);
    let report = graded(&json!({}), &json!([]), &answers).await;
    fails(&report, "2 requests at one moment: ");
    let refused = json!([{ "request": {
        "send": "POST /count", "json": "x", "expect": { "status": 418 },
    } }]);
    let steps = json!([meanwhile(&later(2, 900, &["x"]), &refused)]);
    let report = graded(&json!({}), &json!([]), &steps).await;
    fails(&report, "POST /count: status");
}
