//! A second instance of a submission, beside the first and on the same services.

use report::model::{Evidence, Outcome, Report};
use serde_json::{Value, json};

use crate::bench::{all_told, check, graded_by, outcomes};

fn database() -> Value {
    json!({ "db": { "postgres": { "version": "17", "database": "shop" , "seed": ["seed.sql"] } } })
}

fn post(path: &str, body: &Value, json: &Value) -> Value {
    json!({ "request": {
        "send": format!("POST {path}"), "json": body, "expect": { "status": 200, "json": json },
    } })
}

fn at_second(steps: &Value) -> Value {
    json!({ "replica": { "steps": steps } })
}

/// Counted in the database, and the count so far.
fn counted(count: &str) -> Value {
    let statements = json!(["postgres", ["update counts set n = n + 1 returning n"]]);
    post("/", &statements, &json!({ "rows": [[count]] }))
}

/// Kept by the process, and all that it keeps.
fn kept(what: &str, all: &[&str]) -> Value {
    post("/count", &json!(what), &json!({ "seen": all }))
}

fn reason(report: &Report, check: usize) -> &str {
    report.checks[check].reason.as_deref().unwrap()
}

#[tokio::test]
async fn instances_share_their_services_and_nothing_else_and_each_check_has_a_second_of_its_own() {
    let checks = json!([
        check(
            "in-the-database",
            &json!([
                counted("1"),
                at_second(&json!([counted("2")])),
                counted("3"),
                at_second(&json!([counted("4"), { "sql": {
                    "query": "select n from counts", "expect": { "rows": [{ "n": 4 }] },
                } }])),
                { "queries": {
                    "steps": [at_second(&json!([counted("5")])), counted("6")],
                    "expect": { "calls": { "$range": { "min": 2 } } },
                } },
            ])
        ),
        check(
            "in-the-process",
            &json!([
                kept("a", &["a"]),
                at_second(&json!([kept("b", &["b"])])),
                // It is the same one as before.
                at_second(&json!([kept("c", &["b", "c"])])),
                kept("d", &["a", "d"]),
            ])
        ),
        check("another", &json!([at_second(&json!([kept("e", &["e"])]))])),
        check(
            "believed-to-be-shared",
            &json!([at_second(&json!([kept("f", &["a", "d", "f"])]))])
        ),
    ]);
    let report = graded_by(&database(), &json!([]), &checks).await;
    let expected = [
        ("in-the-database", Outcome::Passed),
        ("in-the-process", Outcome::Passed),
        ("another", Outcome::Passed),
        ("believed-to-be-shared", Outcome::Failed),
    ];
    assert_eq!(outcomes(&report), expected, "{}", all_told(&report));
    let reason = reason(&report, 3);
    assert!(
        reason.starts_with("at a second instance: POST /count: "),
        "{reason}"
    );
}

#[tokio::test]
async fn one_that_does_not_start_beside_another_loses_what_asks_for_it() {
    let at_start = json!([["postgres", ["create table only_once ()"]]]);
    let checks = json!([
        check("alone", &json!([kept("a", &["a"])])),
        check("beside", &json!([at_second(&json!([kept("b", &["b"])]))])),
        check("alone-again", &json!([kept("c", &["a", "c"])])),
    ]);
    let report = graded_by(&database(), &at_start, &checks).await;
    let expected = [
        ("alone", Outcome::Passed),
        ("beside", Outcome::Failed),
        ("alone-again", Outcome::Passed),
    ];
    assert_eq!(outcomes(&report), expected, "{}", all_told(&report));
    let reason = reason(&report, 1);
    assert!(
        reason.starts_with("a second instance of the submission did not start beside the first: "),
        "{reason}"
    );
    assert!(is_shown(&report, 1, "only_once"), "{}", all_told(&report));
}

#[tokio::test]
async fn one_that_dies_loses_that_check_alone() {
    let dies = post("/die", &json!(null), &json!({}));
    let checks = json!([
        check(
            "dies",
            &json!([at_second(&json!([dies])), kept("a", &["a"])])
        ),
        check(
            "is-dead-before",
            &json!([
                at_second(&json!([kept("b", &["b"])])),
                { "eventually": { "within": "300ms", "steps": [at_second(&json!([dies]))] } },
            ])
        ),
        check(
            "lives",
            &json!([at_second(&json!([kept("c", &["c"])])), kept("d", &["d"])])
        ),
    ]);
    let report = graded_by(&database(), &json!([]), &checks).await;
    let expected = [
        ("dies", Outcome::Failed),
        ("is-dead-before", Outcome::Failed),
        ("lives", Outcome::Passed),
    ];
    assert_eq!(outcomes(&report), expected, "{}", all_told(&report));
    let first = reason(&report, 0);
    let died = "at a second instance: the submission died during POST /die: exit code 3";
    assert_eq!(first, died);
    assert!(is_shown(&report, 0, "at the end"), "{}", all_told(&report));
    let second = reason(&report, 1);
    assert!(
        second.contains("the second instance has died: exit code 3"),
        "{second}"
    );
}

/// Whether the report has a line that the second instance printed.
fn is_shown(report: &Report, check: usize, text: &str) -> bool {
    let mut evidence = report.checks[check].evidence.iter();
    evidence.any(|evidence| match evidence {
        Evidence::Log(log) => {
            log.source == "app, second instance" && log.lines.iter().any(|line| line.contains(text))
        }
        _ => false,
    })
}
