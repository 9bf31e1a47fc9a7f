//! What a submission calls a stub for, and what a check makes of it.

use report::model::{Blame, Evidence, Outcome, Report, Upstream};
use serde_json::{Value, json};

use crate::bench::{Bench, fails, graded, graded_by, only, passes, told};

/// Prices by their sku, and one that takes a while.
fn services() -> Value {
    json!({ "pricing": { "stub": { "env": "PRICING_URL", "routes": [
        { "on": "GET /prices/{sku}", "json": { "sku": "{sku}", "price": 1000 } },
        { "on": "GET /slow", "latency": "300ms", "json": 1 },
        { "on": "GET /flaky", "json": 1, "errors": { "first": 1 } },
    ] } } })
}

/// The same without what remembers its calls.
fn plain() -> Value {
    let mut services = services();
    let routes = services["pricing"]["stub"]["routes"].as_array_mut();
    routes.unwrap().truncate(2);
    services
}

/// Asks the submission to call these paths, one after another or at once.
fn call(at_once: bool, paths: &[&str], expect: &Value) -> Value {
    let send = if at_once {
        "POST /call-at-once"
    } else {
        "POST /call"
    };
    json!({ "request": { "send": send, "json": paths, "expect": expect } })
}

fn ok() -> Value {
    json!({ "status": 200 })
}

fn upstream(steps: &Value, expect: &Value) -> Value {
    json!({ "upstream": { "steps": steps, "expect": expect } })
}

async fn grade(steps: Value) -> Report {
    graded(&services(), &json!([]), &steps).await
}

fn counted(report: &Report) -> &Upstream {
    let mut evidence = only(report).evidence.iter().rev();
    let found = evidence.find_map(|evidence| match evidence {
        Evidence::Upstream(counted) => Some(&**counted),
        _ => None,
    });
    found.expect("what was counted")
}

#[tokio::test]
async fn calls_are_counted_while_the_steps_are_done_and_no_others() {
    let steps = json!([
        call(false, &["/prices/before"], &ok()),
        upstream(
            &json!([call(
                false,
                &["/prices/a", "/prices/b", "/prices/a"],
                &json!({
                    "json": [{ "sku": "a", "price": 1000 }, { "sku": "b" }, { "sku": "a" }],
                })
            ),]),
            &json!({ "calls": 3, "at_once": 1, "of": [
                { "call": "GET /prices/a", "times": 2 },
                { "call": "GET /prices/c", "times": 0 },
            ] }),
        ),
        upstream(
            &json!([call(true, &["/slow", "/slow", "/slow"], &ok())]),
            &json!({ "calls": 3, "at_once": { "$range": { "min": 2, "max": 3 } } }),
        ),
        call(false, &["/prices/after"], &ok()),
    ]);
    passes(&grade(steps).await);
}

#[tokio::test]
async fn what_is_asked_too_often_costs_the_check_and_is_shown() {
    let twice = call(false, &["/prices/a", "/prices/a", "/prices/b"], &ok());
    let step = upstream(
        &json!([twice]),
        &json!({ "calls": { "$range": { "max": 2 } } }),
    );
    let report = grade(json!([step])).await;
    fails(
        &report,
        "calls to `pricing`: calls should be a number at most 2, was 3",
    );
    let counted = counted(&report);
    assert_eq!((counted.calls, counted.at_once), (3, 1));
    assert_eq!(counted.forms[0].call, "GET /prices/a");
    assert_eq!(counted.forms[0].told(), "2 x 200");
    assert_eq!(counted.mismatches.len(), 1);
}

#[tokio::test]
async fn what_a_failing_step_called_is_shown_with_it() {
    let step = upstream(
        &json!([call(false, &["/prices/a", "/none"], &ok())]),
        &json!({ "calls": 2 }),
    );
    let report = grade(json!([step])).await;
    fails(&report, "status");
    assert_eq!(counted(&report).forms[1].told(), "1 x 404");
}

/// A check of these steps.
fn check(id: &str, steps: &Value) -> Value {
    json!({
        "id": id, "title": "Checked", "skill": "business-logic", "points": 1,
        "vars": { "price": "{{ int('price', 1, 1000000) }}", "sku": "{{ word('sku') }}" },
        "steps": steps,
    })
}

fn all_pass(report: &Report) {
    for check in &report.checks {
        let told = told(check);
        assert_eq!(check.outcome, Outcome::Passed, "{}: {told}", check.id);
    }
}

/// What a check chooses cannot be known before; and the next check finds the stub as it was.
#[tokio::test]
async fn a_check_changes_a_stub_for_itself_alone() {
    let set = json!({ "stub": { "routes": [
        { "on": "GET /prices/{{ sku }}", "json": { "price": "{{ price }}" } },
        { "on": "GET /gone", "status": 410 },
    ] } });
    let seen = json!({ "request": {
        "send": "POST /call", "json": ["/prices/{{ sku }}"],
        "expect": { "json": [{ "price": "{{ price }}" }] },
    } });
    let of = json!({ "of": [{ "call": "GET /prices/{{ sku }}", "times": 1 }] });
    let before = json!({ "json": [{ "price": 1000 }] });
    let checks = json!([
        check("changes", &json!([set, upstream(&json!([seen]), &of)])),
        check("as-before", &json!([call(false, &["/prices/a"], &before)])),
    ]);
    all_pass(&graded_by(&plain(), &json!([]), &checks).await);
}

#[tokio::test]
async fn what_the_first_calls_of_a_check_get_is_the_same_in_each() {
    let steps = json!([
        call(false, &["/flaky"], &json!({ "status": 500 })),
        call(false, &["/flaky"], &ok()),
    ]);
    let checks = json!([check("once", &steps), check("once-again", &steps)]);
    all_pass(&graded_by(&services(), &json!([]), &checks).await);
}

/// Nothing a submission does stops a stub so.
#[tokio::test]
async fn a_stub_that_is_stopped_from_outside_costs_nobody_a_point() {
    let stopped = call(false, &["/prices/a"], &json!({ "status": 500 }));
    let checks = json!([
        check(
            "waits",
            &json!([
                { "eventually": { "within": "50s", "steps": [stopped] } },
                call(false, &["/prices/a"], &ok()),
            ])
        ),
        check(
            "counts",
            &json!([upstream(
                &json!([call(false, &["/prices/a"], &ok())]),
                &json!({ "calls": 1 })
            )])
        ),
    ]);
    let bench = Bench::new(&services(), &json!([]), &checks);
    let (report, ()) = tokio::join!(bench.grade(), bench.kill("pricing"));
    for check in &report.checks {
        let told = told(check);
        assert_eq!(check.outcome, Outcome::Errored, "{told}");
        assert_eq!(check.blame, Some(Blame::Ours));
        assert!(told.contains("`pricing` was ended from outside"), "{told}");
    }
}
