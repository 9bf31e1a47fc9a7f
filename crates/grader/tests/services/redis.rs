//! What a real Redis or Valkey server tells of what the submission does with it.

use report::model::{Evidence, Keyspace, Outcome, Report};
use serde_json::{Value, json};

use crate::bench::{fails, graded, only, passes};

fn cache(kind: &str) -> Value {
    json!({ "cache": { kind: { "version": "8", "limits": { "memory": "64MiB" } } } })
}

/// Asks the submission to run commands.
fn ask(commands: &Value) -> Value {
    answered(commands, 200)
}

fn answered(commands: &Value, status: u16) -> Value {
    json!({ "request": {
        "send": "POST /", "json": ["redis", commands], "expect": { "status": status },
    } })
}

async fn grade(steps: Value) -> Report {
    graded(&cache("redis"), &json!([]), &steps).await
}

fn keyspace(report: &Report) -> &Keyspace {
    let mut evidence = only(report).evidence.iter();
    let found = evidence.find_map(|evidence| match evidence {
        Evidence::Keyspace(keyspace) => Some(&**keyspace),
        _ => None,
    });
    found.expect("what the server told")
}

/// One key that is kept for a minute, read three times, and one that is not there.
fn ordinary() -> Value {
    json!([
        ["SET", "a", "1", "EX", "60"],
        ["PING"],
        ["GET", "a"],
        ["GET", "a"],
        ["MGET", "a", "b"],
    ])
}

#[tokio::test]
async fn what_the_submission_does_is_counted_and_what_the_grader_does_is_not() {
    for kind in ["redis", "valkey"] {
        let counts = json!({
            "hits": 3, "misses": 1, "commands": 4,
            "keys": 1, "without_ttl": 0, "longest_ttl": "60s", "memory": "1MiB",
        });
        let none = json!({ "hits": 0, "misses": 0, "commands": 0, "keys": 1 });
        let steps = json!([
            ask(&ordinary()),
            { "redis": { "steps": [ask(&ordinary())], "expect": counts } },
            { "redis": { "expect": { "keys": 1 } } },
            { "redis": { "steps": [ask(&json!([["PING"]]))], "expect": none } },
            ask(&ordinary()),
        ]);
        passes(&graded(&cache(kind), &json!([]), &steps).await);
    }
}

#[tokio::test]
async fn keys_that_live_too_long_are_told_with_their_names() {
    let commands = json!([
        ["SET", "for ever", "1"],
        ["SET", "long", "1", "EX", "3600"],
        ["SELECT", "3"],
        ["SET", "short", "1", "EX", "60"],
        ["GET", "short"],
    ]);
    let step = json!({ "redis": {
        "steps": [ask(&commands)],
        "expect": { "without_ttl": 0, "longest_ttl": "60s" },
    } });
    let report = grade(json!([step])).await;
    fails(&report, "without_ttl should be 0, was 1");
    let keyspace = keyspace(&report);
    assert_eq!((keyspace.keys, keyspace.mismatches.len()), (3, 2));
    let told: Vec<_> = keyspace
        .shown
        .iter()
        .map(|key| (key.database, key.name.as_str(), key.ttl_ms.is_some()))
        .collect();
    let expected = [
        (0, "for ever", false),
        (0, "long", true),
        (3, "short", true),
    ];
    assert_eq!(told, expected);
    let counts = keyspace.counts.as_ref().expect("counts");
    assert_eq!((counts.hits, counts.commands), (1, 4));
    assert_eq!(
        (counts.by_name[0].name.as_str(), counts.by_name[0].calls),
        ("set", 3)
    );
}

#[tokio::test]
async fn of_many_keys_some_are_looked_at_and_all_are_counted() {
    let many = "for i = 1, 12000 do redis.call('set', 'k' .. i, 'x', 'EX', 60) end";
    let fill = ask(&json!([["EVAL", many, "0"]]));
    let all = json!({ "redis": { "expect": { "keys": 12_000, "without_ttl": 0 } } });
    passes(&grade(json!([fill, all])).await);

    let longest = json!({ "redis": { "expect": { "longest_ttl": "60s" } } });
    let report = grade(json!([fill, longest])).await;
    fails(&report, "no more than 10000 keys");
    let keyspace = keyspace(&report);
    assert!(keyspace.cut);
    assert_eq!(keyspace.keys, 12_000);
}

#[tokio::test]
async fn counts_are_not_forgotten_at_the_submissions_wish() {
    let step = json!({ "redis": {
        "steps": [
            ask(&json!([["SET", "a", "1"], ["GET", "a"]])),
            answered(&json!([["CONFIG", "RESETSTAT"]]), 500),
            answered(&json!([["DEBUG", "RELOAD"]]), 500),
            answered(&json!([["SHUTDOWN", "NOSAVE"]]), 500),
            answered(&json!([["EVAL", "return redis.call('config', 'resetstat')", "0"]]), 500),
            ask(&json!([["SWAPDB", "0", "1"], ["SCRIPT", "FLUSH"], ["FLUSHALL"], ["RESET"]])),
        ],
        "expect": { "hits": 1, "commands": 6, "keys": 0 },
    } });
    passes(&grade(json!([step])).await);
}

#[tokio::test]
async fn keys_that_have_expired_are_not_there() {
    let brief = "for i = 1, 9000 do redis.call('set', 'k' .. i, 'x', 'PX', 1) end";
    for kind in ["redis", "valkey"] {
        let expect = json!({ "keys": 1, "without_ttl": 0, "longest_ttl": "60s" });
        let steps = json!([
            ask(&json!([["SET", "a", "1", "EX", "60"], ["EVAL", brief, "0"]])),
            { "redis": { "expect": expect } },
        ]);
        passes(&graded(&cache(kind), &json!([]), &steps).await);
    }
}

#[tokio::test]
async fn what_is_expected_may_be_what_the_steps_captured() {
    let told = json!({ "request": { "send": "POST /document", "json": { "stored": 1 }, "expect": { "status": 200 } } });
    let asked = json!({ "request": {
        "send": "GET /openapi.json",
        "expect": { "status": 200, "capture": { "stored": "$.stored" } },
    } });
    let step = json!({ "redis": {
        "steps": [told, asked, ask(&json!([["SET", "a", "1"]]))],
        "expect": { "keys": "{{ stored }}" },
    } });
    passes(&grade(json!([step])).await);
}

/// It asks all the time, from the start on.
#[tokio::test]
async fn a_submission_that_never_rests_is_counted_nonetheless() {
    let asks = json!(["repeat redis", vec![["GET", "a"]; 200]]);
    let waits = json!(["repeat redis", [["BLPOP", "queue", "1"]]]);
    let at_start = json!([asks, asks, asks, waits]);
    let step = json!({ "redis": {
        "steps": [ask(&json!([["PING"]]))],
        "expect": { "hits": 0, "misses": { "$range": { "min": 1 } }, "keys": 0, "longest_ttl": "1s" },
    } });
    passes(&graded(&cache("redis"), &at_start, &json!([step])).await);
}

#[tokio::test]
async fn names_too_large_to_be_read_cost_points() {
    let large = "redis.call('set', string.rep('k', 3000000), 'x', 'EX', 60)";
    let step = json!({ "redis": {
        "steps": [ask(&json!([["EVAL", large, "0"]]))],
        "expect": { "keys": 1 },
    } });
    let report = grade(json!([step])).await;
    fails(&report, "an answer is larger than 2048 KiB");
}

#[tokio::test]
async fn a_server_that_the_submission_has_filled_still_tells() {
    let flood = json!({ "request": {
        "send": "POST /flood", "json": 65536, "expect": { "status": 200 },
    } });
    let step = json!({ "redis": {
        "steps": [flood],
        "expect": { "keys": { "$range": { "min": 100 } }, "memory": "8MiB" },
    } });
    fails(&grade(json!([step])).await, "memory should be at most 8MiB");
}

#[tokio::test]
async fn a_server_that_the_submission_crowds_costs_points() {
    let crowd = json!({ "request": {
        "send": "POST /crowd", "json": null, "expect": { "json": { "told": { "$contains": "ConnectionError" } } },
    } });
    let step = json!({ "redis": { "expect": { "keys": 0 } } });
    // With less memory, some of a thousand connections are closed for others.
    let roomy =
        json!({ "cache": { "redis": { "version": "8", "limits": { "memory": "512MiB" } } } });
    let report = graded(&roomy, &json!([]), &json!([crowd, step])).await;
    fails(&report, "answer the grader");
}

/// The submission keeps the server from answering anybody.
#[tokio::test]
async fn a_server_that_the_submission_keeps_busy_costs_points() {
    let at_start = json!([["repeat redis", [["EVAL", "while true do end", "0"]]]]);
    let steps = json!([{ "redis": { "expect": { "keys": 0 } } }]);
    let report = graded(&cache("redis"), &at_start, &steps).await;
    fails(&report, "refuses to answer the grader: BUSY");
    assert_eq!(only(&report).outcome, Outcome::Failed);
}

#[tokio::test]
async fn a_server_that_the_submission_kills_costs_points() {
    let script = "local t = {} for i = 1, 100000 do t[i] = string.rep(tostring(i), 1000) end";
    let step = json!({ "redis": {
        "steps": [answered(&json!([["EVAL", script, "0"]]), 500)],
        "expect": { "keys": 0 },
    } });
    let report = grade(json!([step])).await;
    fails(&report, "the service `cache`");
    assert_eq!(only(&report).outcome, Outcome::Failed);
}
