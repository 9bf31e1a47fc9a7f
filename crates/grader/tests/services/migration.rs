//! Migrations that are run anew while writers write, on a real server.

use report::model::{Evidence, Migration, Outcome, Report};
use serde_json::{Value, json};

use crate::bench::{fails, graded_by, only, passes, told};

/// The grade of a submission whose migration runs these statements, by a check that writes beside it.
async fn grade(migration: &[&str], writes: &Value, longest: &str, then: &[Value]) -> Report {
    let services = json!({ "db": { "postgres": { "version": "17", "database": "shop", "seed": ["seed.sql"] } } });
    let at_start = json!([["migrate postgres", migration]]);
    let mut steps = vec![json!({ "migration": {
        "writers": 3,
        "writes": writes,
        "expect": { "longest_wait": longest },
    } })];
    steps.extend_from_slice(then);
    let checks = json!([{
        "id": "one",
        "title": "One",
        "skill": "business-logic",
        "points": 3,
        "reset": "database",
        "steps": steps,
    }]);
    graded_by(&services, &at_start, &checks).await
}

/// An order with two items, as a program places it.
fn places_orders() -> Value {
    json!([
        { "query": "insert into orders (customer, note) values ($1, $2)", "args": ["{{ index }}", "written"] },
        { "query": "insert into items select currval(pg_get_serial_sequence('orders', 'id')), line from generate_series(1, 2) as line" },
    ])
}

fn seen(report: &Report) -> &Migration {
    let mut evidence = only(report).evidence.iter();
    let found = evidence.find_map(|evidence| match evidence {
        Evidence::Migration(migration) => Some(&**migration),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{}", told(only(report))))
}

#[tokio::test]
async fn a_migration_that_lets_others_write_passes_however_they_wait_for_each_other() {
    let mut writes = places_orders();
    let count =
        json!({ "query": "update counts set n = n + 1 where name = $1", "args": ["orders"] });
    // All but one wait for it.
    let waits = json!({ "query": "select pg_sleep(1.4)" });
    writes.as_array_mut().unwrap().extend([count, waits]);
    let migration = [
        "create index concurrently orders_of_customer on orders (customer)",
        "select pg_sleep(3)",
    ];
    // What was written is there, and so is what the migration made.
    let then = [
        json!({ "sql": {
            "query": "select count(*) > 5000 as more, count(*) * 2 - 10000 = (select count(*) from items) as whole from orders",
            "expect": { "rows": [{ "more": true, "whole": true }] },
        } }),
        json!({ "sql": {
            "query": "select count(*) as n from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid where c.relname = 'orders_of_customer' and i.indisvalid",
            "expect": { "rows": [{ "n": 1 }] },
        } }),
        json!({ "request": { "send": "POST /", "json": ["postgres", ["select 7"]], "expect": { "json": { "rows": [["7"]] } } } }),
    ];
    let report = grade(&migration, &writes, "1s", &then).await;
    passes(&report);
    let run = &seen(&report).runs[0];
    assert!(run.transactions > 0, "{run:?}");
    assert!(run.took_ms >= 3_000, "{run:?}");
}

#[tokio::test]
async fn who_keeps_writers_waiting_is_told_by_what() {
    let migration = [
        "begin",
        "alter table items add column note text",
        "update counts set n = 1\n    where pg_sleep(1.5) is not null",
        "commit",
    ];
    let report = grade(&migration, &places_orders(), "500ms", &[]).await;
    fails(
        &report,
        "in each of 3 runs of the migration a writer beside it waited for longer than 500 ms",
    );
    fails(
        &report,
        "behind `update counts set n = 1 where pg_sleep(1.5) is not null`",
    );
    let seen = seen(&report);
    assert_eq!(seen.runs.len(), 3);
    for run in &seen.runs {
        assert!(run.longest_wait_ms >= 1_000, "{run:?}");
        assert_eq!(run.waits[0].lock, "RowExclusiveLock");
        let behind = &run.waits[0].behind;
        assert!(!behind.iter().any(|by| by.contains('\n')), "{behind:?}");
        assert!((1..=3).contains(&run.waits[0].writer));
    }
}

#[tokio::test]
async fn a_writer_that_fails_loses_at_once() {
    for (migration, because) in [
        (
            "alter table orders drop column note",
            "column \"note\" of relation \"orders\" does not exist",
        ),
        (
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app' and pid <> pg_backend_pid()",
            "terminating connection due to administrator command",
        ),
    ] {
        let report = grade(
            &[migration, "select pg_sleep(1)"],
            &places_orders(),
            "2s",
            &[],
        )
        .await;
        fails(
            &report,
            "transactions failed that wrote beside the migration: ",
        );
        fails(&report, because);
        assert_eq!(seen(&report).runs.len(), 1);
    }
}

#[tokio::test]
async fn a_migration_that_writers_make_fail_is_lost() {
    let migration = [
        "select pg_sleep(1)",
        "create unique index on orders (note) where note <> 'x'",
    ];
    let report = grade(&migration, &places_orders(), "2s", &[]).await;
    fails(
        &report,
        "with writers beside its migration, the submission did not start again",
    );
    assert_eq!(seen(&report).runs.len(), 1);
}

#[tokio::test]
async fn writes_that_cannot_be_done_before_it_are_the_challenges_mistake() {
    let writes = json!([{ "query": "insert into nowhere values (1)" }]);
    let report = grade(&["select 1"], &writes, "2s", &[]).await;
    let check = only(&report);
    assert_eq!(check.outcome, Outcome::Errored, "{}", told(check));
    assert!(
        told(check).contains("before the migration began, a writer could not write"),
        "{}",
        told(check)
    );
    assert!(told(check).contains("nowhere"), "{}", told(check));
}
