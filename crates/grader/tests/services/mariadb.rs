//! What a submission puts into its MariaDB database does not reach the grader's query.

use report::model::Report;
use serde_json::{Value, json};

use crate::bench::{fails, graded, passes};

const TABLE: [&str; 2] = [
    "create table orders (id int primary key, status varchar(10) not null)",
    "insert into orders values (1, 'new')",
];
const IS_PAID: &str = "select count(*) as n from orders where status = $1";

fn services() -> Value {
    json!({ "db": { "mariadb": {
        "version": "11.8", "database": "my_shop", "limits": { "memory": "384MiB" },
    } } })
}

async fn asked(at_start: Value, query: &str, args: Value, rows: Value) -> Report {
    let steps = json!([{ "sql": { "query": query, "args": args, "expect": { "rows": rows } } }]);
    graded(&services(), &at_start, &steps).await
}

async fn attacked(statements: &[&str]) -> Report {
    let statements: Vec<_> = TABLE.iter().chain(statements).collect();
    let at_start = json!([["mariadb", statements]]);
    asked(at_start, IS_PAID, json!(["paid"]), json!([{ "n": 1 }])).await
}

#[tokio::test]
async fn what_the_table_says_is_what_the_grader_sees() {
    let honest = |rows: Value| async move {
        let at_start = json!([["mariadb", TABLE]]);
        asked(at_start, IS_PAID, json!(["new"]), rows).await
    };
    passes(&honest(json!([{ "n": 1 }])).await);
    fails(&honest(json!([{ "n": 2 }])).await, "should be 2, was 1");
}

#[tokio::test]
async fn values_of_all_kinds_come_as_from_postgresql() {
    let statements = [
        "create table kinds (a tinyint(1), b int unsigned, c bigint, d decimal(10,2), e double, f varchar(9), \
         g text, h datetime(6), i timestamp null, j date, k time, l blob, m json, n uuid, o enum('x','y'), p int, \
         q bit(4), r float, s year)",
        "insert into kinds values (true, 4000000000, -9007199254740993, 12.50, 0.5, 'é', 'long', \
         '2026-11-24 10:00:00.5', '2026-11-24 10:00:00', '2026-11-24', '10:00:00', x'00ff', '{\"a\": 1}', \
         '0189c1ba-6d5c-7cc2-8f5f-3f0f4a8d9a01', 'y', null, b'101', 0.1, 2026)",
    ];
    let row = json!([{
        "a": 1, "b": 4_000_000_000_u64, "c": -9_007_199_254_740_993_i64, "d": 12.5, "e": 0.5, "f": "é", "g": "long",
        "h": "2026-11-24T10:00:00.5", "i": "2026-11-24T10:00:00+00:00", "j": "2026-11-24", "k": "10:00:00",
        "l": "\\x00ff", "m": "{\"a\": 1}", "n": "0189c1ba-6d5c-7cc2-8f5f-3f0f4a8d9a01", "o": "y", "p": null,
        "q": 5, "r": 0.1, "s": 2026, "total": 12.5, "many": 1,
    }]);
    let query = "select kinds.*, sum(d) over () as total, (select count(*) from kinds where c = $4 or \
        n = $2 and f = $1 and d = $3) as many from kinds where b = $5 and a = $6 and f <> '$1'";
    let args = json!([
        "é",
        "0189c1ba-6d5c-7cc2-8f5f-3f0f4a8d9a01",
        12.5,
        "1",
        4_000_000_000_u64,
        true
    ]);
    let at_start = json!([["mariadb", statements]]);
    passes(&asked(at_start, query, args, row).await);
}

#[tokio::test]
async fn a_view_in_place_of_a_table_is_refused() {
    let report = attacked(&[
        "rename table orders to hidden",
        "create function whom() returns varchar(99) not deterministic no sql return user()",
        "create view orders as select id, if(whom() like 'app@%', status, 'paid') as status from hidden",
    ])
    .await;
    fails(
        &report,
        "`orders` is no table of stored values: it is a view",
    );
}

#[tokio::test]
async fn a_column_that_knows_who_reads_it_is_refused() {
    let report = attacked(&[
        "alter table orders rename column status to hidden",
        "alter table orders add column status varchar(10) \
         as (if(user() like 'app@%', hidden, 'paid')) virtual",
    ])
    .await;
    fails(
        &report,
        "`orders.status` is no table of stored values: it is a column",
    );
}

#[tokio::test]
async fn an_honest_column_that_is_not_asked_about_harms_nobody() {
    let statements: Vec<_> = TABLE
        .into_iter()
        .chain([
            "alter table orders add column shout varchar(10) as (upper(status)) virtual",
            "alter table orders add column kept varchar(10) as (lower(status)) stored",
            "create view paid as select * from orders where status = 'paid'",
            "create trigger t before insert on orders for each row set new.status = 'new'",
        ])
        .collect();
    let at_start = json!([["mariadb", statements]]);
    let query = "select count(*) as n, max(kept) as kept from orders where status = $1";
    let rows = json!([{ "n": 1, "kept": "new" }]);
    passes(&asked(at_start.clone(), query, json!(["new"]), rows).await);
    let all = "select * from orders";
    let report = asked(at_start, all, json!([]), json!([])).await;
    fails(&report, "`orders.shout`");
}

#[tokio::test]
async fn stored_functions_of_known_names_are_not_meant() {
    let report = attacked(&[
        "create function `count`(a int) returns int deterministic return 1",
        "create function `lower`(a varchar(99)) returns varchar(99) deterministic return 'paid'",
    ])
    .await;
    fails(&report, "should be 1, was 0");
}

#[tokio::test]
async fn an_argument_that_the_submission_gave_stays_an_argument() {
    let at_start = json!([["mariadb", TABLE]]);
    for argument in [r"\' or true -- ", "' or true -- ", "new\\"] {
        let report = asked(
            at_start.clone(),
            IS_PAID,
            json!([argument]),
            json!([{ "n": 1 }]),
        )
        .await;
        fails(&report, "should be 1, was 0");
    }
}

#[tokio::test]
async fn a_locked_table_does_not_hold_the_grader_up() {
    let at_start = json!([
        ["mariadb", TABLE],
        ["hold mariadb", ["lock tables orders write"]],
    ]);
    let report = asked(at_start, IS_PAID, json!(["new"]), json!([{ "n": 1 }])).await;
    fails(&report, "Lock wait timeout exceeded");
}

#[tokio::test]
async fn a_view_without_end_ends() {
    let report = attacked(&[
        "insert into orders values (2, 'paid')",
        "rename table orders to hidden",
        "create function no_end() returns int not deterministic no sql begin while true do do sleep(1); end while; return 1; end",
        "create view orders as select id, status from hidden where no_end() = 1",
    ])
    .await;
    fails(&report, "max_statement_time exceeded");
}

#[tokio::test]
async fn rows_without_end_end() {
    let statements = ["create table orders as select seq as id from seq_1_to_5000"];
    let at_start = json!([["mariadb", statements]]);
    let many = json!({ "$length": 1000 });
    passes(
        &asked(
            at_start.clone(),
            "select id from orders",
            json!([]),
            many.clone(),
        )
        .await,
    );
    // An author's own limit is larger; the session goes on.
    let own = "select id from orders limit 4000";
    passes(&asked(at_start, own, json!([]), many).await);

    for statement in [
        "create table orders as select repeat('x', 12000000) as status",
        "create table orders as select repeat('x', 100000) as status from seq_1_to_100",
    ] {
        let at_start = json!([["mariadb", [statement]]]);
        let query = "select status from orders";
        let report = asked(at_start, query, json!([]), json!({ "$any": true })).await;
        fails(&report, "too large: more than 1024 KiB");
    }
}

/// The submission swaps a table and a view while the grader asks.
#[tokio::test]
async fn no_moment_is_left_between_asking_and_looking() {
    let statements: Vec<_> = TABLE
        .into_iter()
        .chain(["create view lying as select 1 as id, 'paid' as status"])
        .collect();
    let swap = [
        "rename table orders to hidden, lying to orders",
        "rename table orders to lying, hidden to orders",
    ]
    .repeat(500);
    let at_start = json!([["mariadb", statements], ["repeat mariadb", swap]]);
    let query = json!({ "sql": { "query": IS_PAID, "args": ["paid"], "expect": { "rows": [{ "n": 1 }] } } });
    let steps = json!([{ "eventually": { "within": "5s", "every": "1ms", "steps": [query] } }]);
    let report = graded(&services(), &at_start, &steps).await;
    fails(&report, "still so after 5 s");
}
