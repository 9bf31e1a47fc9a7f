//! What a submission prints, read from a real engine.

use report::model::{CheckReport, Evidence, Outcome, Printed};
use serde_json::{Value, json};

use crate::bench::{fails, graded, graded_by, only, passes, told};

fn print(stream: &str, text: &str, times: u32) -> Value {
    json!({ "request": { "send": "POST /print", "json": [stream, text, times] } })
}

fn logs(step: &Value) -> Value {
    json!({ "logs": step })
}

fn printed(check: &CheckReport) -> &Printed {
    let found = check.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Printed(printed) => Some(&**printed),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{}", told(check)))
}

const NONE: fn() -> Value = || json!({});

#[tokio::test]
async fn lines_of_both_streams_count_also_very_long_ones() {
    let long = "x".repeat(40_000);
    let line = format!(r#"{{"id": "b", "long": "{long}"}}"#);
    let steps = json!([
        print("stdout", r#"{"id": "a", "ms": 1.5}"#, 1),
        print("stdout", "no JSON", 3),
        print("stderr", &line, 2),
        logs(
            &json!({ "where": { "id": "a" }, "count": 1, "json": { "ms": { "$type": "number" } } })
        ),
        logs(
            &json!({ "where": { "id": "b" }, "count": 2, "json": { "long": { "$length": 40_000 } } })
        ),
    ]);
    passes(&graded(&NONE(), &json!([]), &steps).await);
}

/// Each check counts from its own beginning, by the engine's clock.
#[tokio::test]
async fn what_an_earlier_check_printed_is_not_this_ones() {
    let check = |id: &str, steps: &Value| json!({ "id": id, "title": id, "skill": "observability", "points": 1, "steps": steps });
    let checks = json!([
        check(
            "one",
            &json!([
                print("stdout", r#"{"id": "a"}"#, 2),
                logs(&json!({ "count": 2 }))
            ])
        ),
        check(
            "two",
            &json!([
                print("stdout", r#"{"id": "a"}"#, 1),
                logs(&json!({ "count": 1 }))
            ])
        ),
        check(
            "three",
            &json!([logs(&json!({ "within": "200ms", "where": { "id": "a" } }))])
        ),
    ]);
    let report = graded_by(&NONE(), &json!([]), &checks).await;
    let outcomes: Vec<_> = report.checks.iter().map(|check| check.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::Passed, Outcome::Passed, Outcome::Failed],
        "{}",
        report.checks.iter().map(told).collect::<String>()
    );
    assert_eq!(printed(&report.checks[2]).seen, 0);
}

#[tokio::test]
async fn the_closest_line_is_the_evidence() {
    let steps = json!([
        print("stdout", r#"{"id": "a", "status": 500}"#, 1),
        logs(&json!({ "within": "300ms", "where": { "id": "a", "status": 200 } })),
    ]);
    let report = graded(&NONE(), &json!([]), &steps).await;
    fails(&report, "lines that match should be at least 1, was 0");
    let printed = printed(only(&report));
    assert_eq!((printed.seen, printed.objects, printed.matching), (1, 1, 0));
    assert_eq!(printed.lines[0].mismatches[0].at, "line $.status");
}

/// 40 MiB through a log of 8 MiB: what is left is read, and reading it ends.
#[tokio::test]
async fn a_flood_is_read_in_bounds() {
    let line = "f".repeat(1_000);
    let steps = json!([
        print("stdout", r#"{"id": "a"}"#, 1),
        print("stdout", &line, 40_000),
        logs(&json!({ "within": "1s", "where": { "id": "a" } })),
    ]);
    let report = graded(&NONE(), &json!([]), &steps).await;
    fails(&report, "lines that match should be at least 1, was 0");
    let seen = printed(only(&report)).seen;
    assert!((1..40_000).contains(&seen), "{seen}");
}
