//! Checks that begin on services in their first state.

use report::model::Outcome;
use serde_json::{Value, json};

use crate::bench::{graded_by, told};

fn ask(kind: &str, statements: &Value, rows: &Value) -> Value {
    json!({ "request": { "send": "POST /", "json": [kind, statements], "expect": { "json": { "rows": rows } } } })
}

fn check(id: &str, resets: bool, steps: &Value) -> Value {
    let mut check =
        json!({ "id": id, "title": id, "skill": "business-logic", "points": 1, "steps": steps });
    if resets {
        check["reset"] = json!("database");
    }
    check
}

#[tokio::test]
async fn a_check_with_a_reset_sees_what_the_start_made_and_nothing_else() {
    let services = json!({
        "db": { "postgres": { "version": "17", "database": "shop" } },
        "cache": { "redis": { "version": "8" } },
    });
    let at_start = json!([[
        "postgres",
        ["create table t (n int)", "insert into t values (1)"]
    ]]);
    let use_all = |rows: &Value| {
        json!([
            ask("postgres", &json!(["insert into t values (2)", "select count(*) from t"]), rows),
            ask("redis", &json!([["INCR", "n"]]), &json!([rows[0][0].as_str().unwrap().parse::<u32>().unwrap().saturating_sub(1).to_string()])),
            { "sql": { "query": "select count(*) as n from t", "expect": { "rows": [{ "n": rows[0][0].as_str().unwrap().parse::<u32>().unwrap() }] } } },
        ])
    };
    let checks = json!([
        check("one", false, &use_all(&json!([["2"]]))),
        check("two", true, &use_all(&json!([["2"]]))),
        check("three", false, &use_all(&json!([["3"]]))),
        check("four", true, &use_all(&json!([["2"]]))),
    ]);
    let report = graded_by(&services, &at_start, &checks).await;
    for check in &report.checks {
        assert_eq!(
            check.outcome,
            Outcome::Passed,
            "{} {}",
            check.id,
            told(check)
        );
    }
}
