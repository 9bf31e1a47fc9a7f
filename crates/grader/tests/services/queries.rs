//! What a real server counts of the submission's statements, and how it finds rows.

use report::model::{Evidence, Report, Statements};
use serde_json::{Value, json};

use crate::bench::{fails, graded, only, passes};

const ROWS: u32 = 20_000;

/// Asks the submission to run statements.
fn ask(statements: &[String]) -> Value {
    json!({ "request": { "send": "POST /", "json": ["postgres", statements], "expect": { "status": 200 } } })
}

/// The grade of a submission that makes a table of this many rows, and what else is said, by these steps.
async fn grade(more: &[&str], steps: Value) -> Report {
    let services = json!({ "db": { "postgres": { "version": "17", "database": "shop" } } });
    let rows =
        format!("insert into orders select n, n % 500, 'x' from generate_series(1, {ROWS}) as n");
    let mut statements = vec![
        "create table orders (id int primary key, customer int not null, note text not null)",
        &rows,
    ];
    statements.extend(more);
    statements.push("analyze orders");
    let at_start = json!([["postgres", statements]]);
    graded(&services, &at_start, &steps).await
}

fn counted(report: &Report) -> &Statements {
    let mut evidence = only(report).evidence.iter();
    let found = evidence.find_map(|evidence| match evidence {
        Evidence::Statements(counted) => Some(&**counted),
        _ => None,
    });
    found.expect("what was counted")
}

/// One for each of five rows, the last of them prepared by a statement, a look through the whole table, and what is no question.
fn one_for_each() -> Vec<String> {
    let one = |id: u32| format!("select note from orders where id = {id}");
    let mut statements = vec!["begin".to_owned(), "set local work_mem = '1MB'".to_owned()];
    statements.extend((1..=4).map(one));
    statements.push(format!("prepare one as {}", one(5)));
    statements.push("execute one".to_owned());
    statements
        .extend(["close all", "select pg_advisory_unlock_all()", "select 1"].map(str::to_owned));
    statements.push("select count(*) from orders".to_owned());
    statements.push("commit".to_owned());
    statements
}

#[tokio::test]
async fn statements_are_counted_while_the_steps_are_done_and_no_others() {
    let expect = json!({ "calls": 6, "repeats": 5, "rows": 6, "blocks": { "$range": { "min": 85, "max": 400 } } });
    let steps = json!([
        ask(&one_for_each()),
        { "queries": { "steps": [ask(&one_for_each())], "expect": expect } },
        // The grader's own are not the submission's.
        { "queries": {
            "steps": [{ "sql": { "query": "select count(*) from orders" } }],
            "expect": { "calls": 0, "repeats": 0, "blocks": 0 },
        } },
        ask(&one_for_each()),
    ]);
    passes(&grade(&[], steps).await);
}

#[tokio::test]
async fn how_many_statements_may_be_what_the_steps_captured() {
    let told = json!({ "request": { "send": "POST /document", "json": { "calls": 2 }, "expect": { "status": 200 } } });
    let asked = json!({ "request": {
        "send": "GET /openapi.json",
        "expect": { "status": 200, "capture": { "calls": "$.calls" } },
    } });
    let two = ["select count(*) from orders", "select max(id) from orders"].map(str::to_owned);
    let step = json!({ "queries": {
        "steps": [told, asked, ask(&two)],
        "expect": { "calls": "{{ calls }}" },
    } });
    passes(&grade(&[], json!([step])).await);
}

#[tokio::test]
async fn what_is_asked_once_for_each_row_is_named() {
    let step = json!({ "queries": {
        "steps": [ask(&one_for_each())],
        "expect": { "repeats": { "$range": { "max": 2 } } },
    } });
    let report = grade(&[], json!([step])).await;
    fails(&report, "repeats should be a number at most 2, was 5");
    fails(&report, "5 times: select note from orders where id = $1");
    let counted = counted(&report);
    assert_eq!((counted.calls, counted.repeats, counted.rows), (6, 5, 6));
    assert_eq!(counted.statements[0].text, "select count(*) from orders");
    assert_eq!(counted.mismatches.len(), 1);
}

/// So many forms that the server forgets those that were asked for most.
#[tokio::test]
async fn a_flood_of_forms_hides_nothing() {
    let form = |number: u32| {
        let digits = (0..6).map(|place| number / 5_u32.pow(place) % 5);
        let operators: Vec<_> = digits
            .map(|digit| ["+", "-", "*", "/", "%"][digit as usize])
            .collect();
        format!("select 1 {} 1", operators.join(" 1 "))
    };
    let mut statements = one_for_each();
    statements.extend((0..6_000).map(form));
    let step = json!({ "queries": {
        "steps": [ask(&statements)],
        "expect": { "repeats": { "$range": { "max": 100 } } },
    } });
    fails(
        &grade(&[], json!([step])).await,
        "no more than the server keeps count of",
    );
}

fn explain(expect: &Value) -> Value {
    json!([{ "explain": {
        "query": "select id from orders where customer = $1 order by id desc limit 5",
        "args": [7],
        "expect": expect,
    } }])
}

#[tokio::test]
async fn a_plan_says_what_was_read() {
    let index = ["create index by_customer on orders (customer, id)"];
    let good = explain(&json!({
        "indexes": ["by_customer"], "rows_read": 5, "rows_scanned": 0, "rows_sorted": 0,
    }));
    passes(&grade(&index, good).await);

    // The index of the key has them in order, and is of no use here.
    let without = ["alter table orders drop constraint orders_pkey"];
    let report = grade(&without, explain(&json!({ "rows_scanned": 0 }))).await;
    fails(&report, &format!("rows_scanned should be 0, was {ROWS}"));
    let plan = only(&report)
        .evidence
        .iter()
        .find_map(|evidence| match evidence {
            Evidence::Plan(plan) => Some(&plan.nodes),
            _ => None,
        });
    let nodes = plan.expect("a plan").join("\n");
    assert!(
        nodes.contains("Seq Scan on orders") && nodes.contains("19960 more read in vain"),
        "{nodes}"
    );
}

#[tokio::test]
async fn a_view_in_place_of_the_table_has_no_plan() {
    let mut steps = explain(&json!({ "rows_scanned": 0 }));
    steps[0]["explain"]["query"] = json!("select id from orders where customer = $1");
    let services = json!({ "db": { "postgres": { "version": "17", "database": "shop" } } });
    let at_start = json!([[
        "postgres",
        ["create view orders as select 1 as id, 7 as customer"]
    ]]);
    fails(
        &graded(&services, &at_start, &steps).await,
        "access to non-system view",
    );
}
