//! Services that are paused, stopped and slow while a submission uses them, and as before afterwards.

use report::model::{Blame, Evidence, Fault, FaultKind, Outcome, Report};
use serde_json::{Value, json};

use crate::bench::{all_told, check, fails, graded, graded_by, outcomes};

fn cache(kind: &str) -> Value {
    json!({ "cache": { kind: { "version": "8", "limits": { "memory": "64MiB" } } } })
}

fn post(path: &str, body: &Value, expect: &Value) -> Value {
    json!({ "request": {
        "send": format!("POST {path}"), "json": body, "timeout": "5s", "expect": expect,
    } })
}

/// A value that a submission of this kind takes from here.
fn from(how: &str, source: &str) -> Value {
    let expect = json!({ "status": 200, "json": { "from": source } });
    post("/cached", &json!(how), &expect)
}

/// While the cache is so.
fn fault(is: &str, steps: &Value) -> Value {
    json!({ "fault": { "service": "cache", "is": is, "steps": steps } })
}

fn of(report: &Report) -> Vec<&Fault> {
    let evidence = report.checks.iter().flat_map(|check| &check.evidence);
    let faults = evidence.filter_map(|evidence| match evidence {
        Evidence::Fault(fault) => Some(&**fault),
        _ => None,
    });
    faults.collect()
}

/// That the cache is of use to the submission and to the grader.
fn is_back(careful: &str) -> Value {
    json!([
        { "eventually": { "within": "5s", "steps": [from(careful, "cache")] } },
        { "redis": {
            "steps": [from(careful, "cache")],
            "expect": { "hits": { "$range": { "min": 1 } }, "keys": 1 },
        } },
    ])
}

/// While each answer of the cache comes so much later.
fn slow(by: &str, steps: &Value) -> Value {
    json!({ "fault": { "service": "cache", "is": "slow", "by": by, "steps": steps } })
}

/// What a submission that waits takes from its cache, which takes its time.
fn waits(bound: &str, millis: u64) -> Value {
    let ms = json!({ "$range": { bound: millis } });
    let expect = json!({ "status": 200, "json": { "from": "cache", "ms": ms } });
    post("/cached", &json!("trusting"), &expect)
}

#[tokio::test]
async fn a_careful_submission_lives_through_each_fault_and_its_cache_is_back_in_the_next_check() {
    for (kind, slowed) in [("redis", false), ("valkey", true)] {
        let without = from("careful", "origin without a cache");
        let fill = from("careful", "origin");
        let paused = json!([
            fill,
            fault("paused", &json!([without])),
            from("careful", "cache"),
        ]);
        // What it held is gone with it.
        let stopped = json!([fault("stopped", &json!([without, without])), fill]);
        let told = json!({ "redis": { "expect": { "keys": 1 } } });
        let late = json!([
            waits("max", 1_900),
            slow("2s", &json!([waits("min", 2_000), without, told])),
            waits("max", 1_900),
        ]);
        let mut checks = vec![
            check("paused", &paused),
            check("after-paused", &is_back("careful")),
            check("stopped", &stopped),
            check("after-stopped", &is_back("careful")),
        ];
        if slowed {
            checks.push(check("slow", &late));
            checks.push(check("after-slow", &is_back("careful")));
        }
        let report = graded_by(&cache(kind), &json!([]), &json!(checks)).await;
        let total = report.total.unwrap();
        assert_eq!(total.earned, total.possible, "{}", all_told(&report));
    }
}

/// The cache answers it after a second; it must not take half of that.
#[tokio::test]
async fn a_submission_that_waits_for_a_slow_cache_loses_what_must_be_quick() {
    let checks = json!([
        check("fills", &json!([from("careful", "origin")])),
        check("waits", &json!([slow("1s", &json!([waits("max", 500)]))])),
        check("after", &is_back("careful")),
    ]);
    let report = graded_by(&cache("redis"), &json!([]), &checks).await;
    let expected = [
        ("fills", Outcome::Passed),
        ("waits", Outcome::Failed),
        ("after", Outcome::Passed),
    ];
    assert_eq!(outcomes(&report), expected, "{}", all_told(&report));
    let reason = report.checks[1].reason.as_deref().unwrap();
    assert!(
        reason.starts_with("while `cache` was slow by 1000 ms: POST /cached"),
        "{reason}"
    );
    let fault = of(&report)[0];
    assert_eq!((fault.is, fault.by_ms), (FaultKind::Slow, Some(1_000)));
    assert!(fault.lasted_ms >= 1_000, "{fault:?}");
}

#[tokio::test]
async fn a_submission_that_hangs_or_ends_without_its_cache_loses_that_check_alone() {
    let origin = |how| from(how, "origin");
    let checks = json!([
        check(
            "fills",
            &json!([origin("trusting"), from("brittle", "cache")])
        ),
        check(
            "hangs",
            &json!([fault("paused", &json!([from("trusting", "cache")]))])
        ),
        check("after-hanging", &is_back("careful")),
        check(
            "ends",
            &json!([fault("stopped", &json!([from("brittle", "cache")]))])
        ),
        check(
            "after-ending",
            &json!([origin("careful"), from("brittle", "cache")])
        ),
        // Nobody has asked it anything that it did not answer.
        check(
            "ends-unseen",
            &json!([fault(
                "stopped",
                &json!([
                    post("/print", &json!(["stdout", "x", 1]), &json!({ "status": 200 })),
                    { "parallel": {
                        "times": 2,
                        "request": { "send": "POST /cached", "json": "brittle", "timeout": "5s" },
                    } },
                ])
            )])
        ),
        check("after-all", &json!([origin("careful")])),
    ]);
    let report = graded_by(&cache("redis"), &json!([]), &checks).await;
    let expected = [
        ("fills", Outcome::Passed),
        ("hangs", Outcome::Failed),
        ("after-hanging", Outcome::Passed),
        ("ends", Outcome::Failed),
        ("after-ending", Outcome::Passed),
        ("ends-unseen", Outcome::Failed),
        ("after-all", Outcome::Passed),
    ];
    assert_eq!(outcomes(&report), expected, "{}", all_told(&report));
    let reason = |place: usize| report.checks[place].reason.as_deref().unwrap();
    assert!(
        reason(1).starts_with("while `cache` was paused: POST /cached: too slow"),
        "{}",
        reason(1)
    );
    assert!(
        reason(3).starts_with("while `cache` was stopped: the submission died"),
        "{}",
        reason(3)
    );
    let faults = of(&report);
    let kinds: Vec<_> = faults.iter().map(|fault| fault.is).collect();
    assert_eq!(
        kinds,
        [FaultKind::Paused, FaultKind::Stopped, FaultKind::Stopped]
    );
    for fault in faults {
        assert_eq!((fault.service.as_str(), fault.by_ms), ("cache", None));
        assert!(fault.back_after_ms.is_some(), "{fault:?}");
    }
    assert!(of(&report)[0].lasted_ms >= 5_000, "{:?}", of(&report));
    // It was dead by our doing, which nobody is told as if it were the submission's.
    assert!(
        !all_told(&report).contains("has died"),
        "{}",
        all_told(&report)
    );
}

/// Whatever it had been told to keep is there again.
#[tokio::test]
async fn a_database_that_was_stopped_has_kept_what_was_committed() {
    for (kind, version) in [("postgres", "17"), ("mariadb", "11.8")] {
        let services = json!({ "db": { kind: { "version": version, "database": "shop" } } });
        let run = |statement: &str, status: u16| {
            post(
                "/",
                &json!([kind, [statement]]),
                &json!({ "status": status }),
            )
        };
        let broken = |is: &str, status: u16| {
            let ask = json!({ "request": {
                "send": "POST /", "json": [kind, ["select 1"]], "timeout": "3s",
                "expect": { "status": status },
            } });
            json!({ "fault": { "service": "db", "is": is, "steps": [ask] } })
        };
        let mut slow = broken("slow", 200);
        slow["fault"]["by"] = json!("4s");
        let rows = |n: u32| {
            json!({ "sql": {
            "query": "select count(*) as n from items", "expect": { "rows": [{ "n": n }] },
        } })
        };
        let stopped = json!([
            run("create table items (n int)", 200),
            run("insert into items values (1)", 200),
            rows(1),
            run("insert into items values (2)", 200),
            broken("stopped", 500),
            rows(2),
            run("insert into items values (3)", 200),
        ]);
        let checks = json!([
            check("stopped", &stopped),
            check("paused", &json!([broken("paused", 200)])),
            check("slow", &json!([slow])),
            check(
                "after",
                &json!([rows(3), run("insert into items values (4)", 200), rows(4)])
            ),
        ]);
        let report = graded_by(&services, &json!([]), &checks).await;
        let expected = [
            ("stopped", Outcome::Passed),
            ("paused", Outcome::Failed),
            ("slow", Outcome::Failed),
            ("after", Outcome::Passed),
        ];
        assert_eq!(outcomes(&report), expected, "{}", all_told(&report));
    }
}

/// It keeps the server busy, so that nobody can be told whether it is back.
#[tokio::test]
async fn a_submission_that_keeps_its_cache_from_coming_back_has_lost_the_check() {
    let at_start = json!([["repeat redis", [["EVAL", "while true do end", "0"]]]]);
    let answers = json!([{ "request": { "send": "GET /", "expect": { "status": 200 } } }]);
    let checks = json!([
        check("kept", &json!([fault("paused", &answers)])),
        check("later", &answers),
    ]);
    let report = graded_by(&cache("redis"), &at_start, &checks).await;
    let expected = [("kept", Outcome::Failed), ("later", Outcome::Passed)];
    assert_eq!(outcomes(&report), expected, "{}", all_told(&report));
    let reason = report.checks[0].reason.as_deref().unwrap();
    assert!(
        reason.contains("the submission kept it from coming back"),
        "{reason}"
    );
}

/// One that has died of its use is not brought back to life as if nothing had been.
#[tokio::test]
async fn a_cache_that_died_of_its_use_is_not_stopped_and_started_again() {
    let script = "local t = {} for i = 1, 100000 do t[i] = string.rep(tostring(i), 1000) end";
    let kills = post(
        "/",
        &json!(["redis", [["EVAL", script, "0"]]]),
        &json!({ "status": 500 }),
    );
    let answers = json!([{ "request": { "send": "GET /", "expect": { "status": 200 } } }]);
    let steps = json!([kills, fault("stopped", &answers)]);
    let report = graded(&cache("redis"), &json!([]), &steps).await;
    fails(
        &report,
        "the service `cache` died while the submission used it",
    );
    assert_eq!(report.checks[0].blame, Some(Blame::Submission));
}
