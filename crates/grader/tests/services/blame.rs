//! Whose points a dead service takes.

use report::model::{Blame, Outcome};
use serde_json::{Value, json};

use crate::bench::{fails, graded, graded_by, passes, told};

fn cache(kind: &str, memory: &str) -> Value {
    json!({ "cache": { kind: { "version": "8", "limits": { "memory": memory } } } })
}

fn post(path: &str, body: &Value, expect: &Value) -> Value {
    json!({ "request": { "send": format!("POST {path}"), "json": body, "expect": expect } })
}

#[tokio::test]
async fn an_app_with_a_real_client_uses_its_cache() {
    for kind in ["redis", "valkey"] {
        let asked = json!(["redis", [["SET", "a", "1"], ["INCR", "a"]]]);
        let steps = json!([post("/", &asked, &json!({ "json": { "rows": ["2"] } }))]);
        passes(&graded(&cache(kind, "32MiB"), &json!([]), &steps).await);
    }
}

#[tokio::test]
async fn a_flooded_cache_refuses_and_lives() {
    let full = json!({ "json": { "told": { "$contains": { "$contains": "maxmemory" } } } });
    let steps = json!([
        post("/flood", &json!(10_000), &full),
        post(
            "/",
            &json!(["redis", [["GET", "flood:0"]]]),
            &json!({ "status": 200 })
        ),
    ]);
    passes(&graded(&cache("redis", "32MiB"), &json!([]), &steps).await);
}

/// What the submission's use does to a service is the submission's.
#[tokio::test]
async fn a_cache_that_the_app_kills_costs_points_and_is_named() {
    let script = "local t = {} for i = 1, 100000 do t[i] = string.rep(tostring(i), 1000) end";
    let check = |id: &str, asked: Value| {
        json!({
            "id": id, "title": "Kept", "skill": "business-logic", "points": 2,
            "steps": [post("/", &asked, &json!({ "status": 200 }))],
        })
    };
    let checks = json!([
        check("kills", json!(["redis", [["EVAL", script, "0"]]])),
        check("later", json!(["redis", [["SET", "a", "1"]]])),
    ]);
    let report = graded_by(&cache("redis", "32MiB"), &json!([]), &checks).await;
    for check in &report.checks {
        assert_eq!(check.outcome, Outcome::Failed, "{}", told(check));
        let told = told(check);
        assert!(
            told.contains("the service `cache` has died: killed by signal 9 (out of memory)"),
            "{told}"
        );
    }
    let total = report.total.unwrap();
    assert_eq!((total.lost, total.undecided), (4, 0));
}

#[tokio::test]
async fn a_database_that_the_apps_queries_kill_costs_points() {
    let services = json!({ "db": { "mariadb": {
        "version": "11.8", "database": "shop", "limits": { "memory": "256MiB" },
    } } });
    let taking: Vec<_> = (0..40)
        .map(|number| format!("set @v{number} = repeat('x', 16000000)"))
        .collect();
    let steps = json!([
        post("/", &json!(["mariadb", taking]), &json!({ "status": 500 })),
        { "sql": { "query": "select 1 as n", "expect": { "rows": [{ "n": 1 }] } } },
    ]);
    let report = graded(&services, &json!([]), &steps).await;
    fails(
        &report,
        "the service `db` died while the submission used it: killed by signal 9 (out of memory)",
    );
}

/// An image that cannot start within its limits: nobody but us can do anything about it.
#[tokio::test]
async fn a_service_that_dies_before_the_app_started_costs_nobody_a_point() {
    let services = json!({ "cache": { "redis": {
        "version": "8", "limits": { "memory": "32MiB", "pids": 1 },
    } } });
    let steps = json!([post("/", &json!([]), &json!({ "status": 200 }))]);
    let report = graded(&services, &json!([]), &steps).await;
    let check = &report.checks[0];
    assert_eq!(check.outcome, Outcome::Errored, "{}", told(check));
    assert_eq!(check.blame, Some(Blame::Ours));
    let told = told(check);
    assert!(told.contains("the service `cache` died at start"), "{told}");
    let total = report.total.unwrap();
    assert_eq!((total.lost, total.undecided), (0, total.possible));
}
