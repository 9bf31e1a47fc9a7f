//! What a submission puts into its PostgreSQL database does not reach the grader's query.
//!
//! In each attack the table says 0 paid orders. The check wants 1: it passes only where the grader was
//! lied to.

use report::model::Report;
use serde_json::{Value, json};

use crate::bench::{fails, graded, passes};

const TABLE: [&str; 2] = [
    "create table orders (id int primary key, status varchar(10) not null)",
    "insert into orders values (1, 'new')",
];
const IS_PAID: &str = "select count(*)::int as n from orders where status = $1";

async fn asked(at_start: Value, query: &str, args: Value, rows: Value) -> Report {
    let services = json!({ "db": { "postgres": { "version": "17", "database": "shop" } } });
    let steps = json!([{ "sql": { "query": query, "args": args, "expect": { "rows": rows } } }]);
    graded(&services, &at_start, &steps).await
}

/// The grade of a submission that attacks with these statements after making the table.
async fn attacked(statements: &[&str]) -> Report {
    let statements: Vec<_> = TABLE.iter().chain(statements).collect();
    let at_start = json!([["postgres", statements]]);
    asked(at_start, IS_PAID, json!(["paid"]), json!([{ "n": 1 }])).await
}

#[tokio::test]
async fn what_the_table_says_is_what_the_grader_sees() {
    let honest = |rows: Value| async move {
        let at_start = json!([["postgres", TABLE]]);
        asked(at_start, IS_PAID, json!(["new"]), rows).await
    };
    passes(&honest(json!([{ "n": 1 }])).await);
    fails(&honest(json!([{ "n": 2 }])).await, "should be 2, was 1");
}

#[tokio::test]
async fn functions_and_operators_of_better_fit_are_not_run() {
    let report = attacked(&[
        "create function always(varchar, varchar) returns boolean language plpgsql as 'begin return true; end'",
        "create operator public.= (leftarg = varchar, rightarg = varchar, function = always)",
        "create function always(varchar, text) returns boolean language plpgsql as 'begin return true; end'",
        "create operator public.= (leftarg = varchar, rightarg = text, function = always)",
        "grant execute on all functions in schema public to public",
        "grant execute on all functions in schema public to tryout_grader",
        "grant execute on all functions in schema public to pg_read_all_data",
        "alter default privileges grant execute on functions to public",
    ])
    .await;
    fails(&report, "permission denied for function always");
}

#[tokio::test]
async fn casts_and_types_of_its_own_run_nothing() {
    let statements = [
        "create type state as enum ('new', 'paid')",
        "create table orders (id int primary key, status state not null)",
        "insert into orders values (1, 'new')",
        "create function as_text(state) returns text language sql immutable as $$ select 'paid' $$",
        "create cast (state as text) with function as_text(state)",
        "grant execute on function as_text to public",
    ];
    let report = asked(
        json!([["postgres", statements]]),
        "select count(*)::int as n from orders where status::text = 'paid'",
        json!([]),
        json!([{ "n": 1 }]),
    )
    .await;
    fails(&report, "permission denied for function as_text");
}

#[tokio::test]
async fn a_function_in_an_index_is_not_folded_with_the_graders_rights() {
    let report = attacked(&[
        "create function no_end(int) returns boolean language plpgsql immutable as \
         $$ begin if session_user = 'app' then return true; end if; \
         loop begin perform pg_sleep(60); exception when query_canceled then null; end; end loop; end $$",
        "create index on orders (id) where no_end(1)",
        "grant execute on function no_end to public",
    ])
    .await;
    fails(&report, "permission denied for function no_end");
}

#[tokio::test]
async fn a_view_in_place_of_a_table_is_refused() {
    let report = attacked(&[
        "alter table orders rename to hidden",
        "create view orders as select id, \
         case when session_user = 'app' then status else 'paid' end as status from hidden",
    ])
    .await;
    fails(
        &report,
        "access to non-system view \"orders\" is restricted",
    );
}

#[tokio::test]
async fn rows_are_not_hidden_from_the_grader() {
    let statements: Vec<_> = TABLE
        .into_iter()
        .chain([
            "insert into orders values (2, 'paid')",
            "create policy mine on orders using (session_user = 'app' or status = 'paid')",
            "alter table orders enable row level security",
        ])
        .collect();
    let query = "select id from orders order by id";
    let both = json!([{ "id": 1 }, { "id": 2 }]);
    let report = asked(json!([["postgres", statements]]), query, json!([]), both).await;
    passes(&report);
}

#[tokio::test]
async fn other_schemas_and_settings_of_the_database_mean_nothing() {
    let report = attacked(&[
        "create schema elsewhere",
        "create table elsewhere.orders as select 1 as id, 'paid'::varchar as status",
        "create schema tryout_grader",
        "create table tryout_grader.orders as select 1 as id, 'paid'::varchar as status",
        "create temporary table orders as select 1 as id, 'paid'::varchar as status",
        "alter database shop set search_path = elsewhere, public",
        "alter database shop set statement_timeout = 0",
        "alter database shop set default_transaction_read_only = off",
        "alter database shop set restrict_nonsystem_relation_kind = ''",
        "alter database shop set role = 'app'",
    ])
    .await;
    fails(&report, "should be 1, was 0");
}

#[tokio::test]
async fn settings_of_the_database_do_not_change_what_a_value_looks_like() {
    let statements = [
        "create table orders as select '\\x00ff'::bytea as digest, interval '1 day' as age, null::int as total",
        "alter database shop set bytea_output = 'escape'",
        "alter database shop set \"IntervalStyle\" = 'iso_8601'",
        "alter database shop set transform_null_equals = on",
    ];
    let query = "select digest, age::text as age, (total = null) is true as nothing from orders";
    let row = json!([{ "digest": "\\x00ff", "age": "1 day", "nothing": false }]);
    let at_start = json!([["postgres", statements]]);
    passes(&asked(at_start, query, json!([]), row).await);
}

/// The session is kept, and as new for each.
#[tokio::test]
async fn one_query_leaves_nothing_to_the_next() {
    let services = json!({ "db": { "postgres": { "version": "17", "database": "shop" } } });
    let sets = "select set_config('search_path', 'pg_catalog', false) as path, pg_advisory_lock(1)::text as lock";
    let looks = "select current_setting('search_path') as path, \
        (select count(*)::int from pg_locks where locktype = 'advisory') as locks, pg_backend_pid() as pid";
    let fresh = json!([{ "path": "public,pg_temp", "locks": 0 }]);
    let steps = json!([
        { "sql": { "query": looks, "expect": { "rows": fresh, "capture": { "pid": "$[0].pid" } } } },
        { "sql": { "query": sets, "expect": { "rows": [{ "path": "pg_catalog" }] } } },
        { "sql": { "query": looks, "expect": { "rows": [{ "path": "public,pg_temp", "locks": 0, "pid": "{{ pid }}" }] } } },
    ]);
    passes(&graded(&services, &json!([]), &steps).await);
}

/// With another setting, a backslash would end the argument's quotes too early.
#[tokio::test]
async fn an_argument_that_the_submission_gave_stays_an_argument() {
    let statements: Vec<_> = TABLE
        .into_iter()
        .chain(["alter database shop set standard_conforming_strings = off"])
        .collect();
    let at_start = json!([["postgres", statements]]);
    for argument in [r"\' or true) --", "' or true) --", r"\\' or true) --"] {
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
        ["postgres", TABLE],
        [
            "hold postgres",
            ["begin", "lock table orders in access exclusive mode"]
        ],
    ]);
    let report = asked(at_start, IS_PAID, json!(["new"]), json!([{ "n": 1 }])).await;
    fails(&report, "canceling statement due to lock timeout");
}

#[tokio::test]
async fn rows_without_end_end() {
    let statements = [
        "create table orders as select n as id, repeat('x', 100) as status from generate_series(1, 5000) n",
    ];
    let at_start = json!([["postgres", statements]]);
    let many = json!({ "$length": 1000 });
    let query = "select id from orders";
    passes(&asked(at_start, query, json!([]), many).await);

    for statement in [
        // One that is larger than all may be, and many that are together.
        "create table orders as select repeat('x', 50000000) as status",
        "create table orders as select repeat('x', 100000) as status from generate_series(1, 900)",
    ] {
        let at_start = json!([["postgres", [statement]]]);
        let query = "select status from orders";
        let report = asked(at_start, query, json!([]), json!({ "$any": true })).await;
        fails(&report, "too large: more than 1024 KiB");
    }
}

#[tokio::test]
async fn what_a_server_says_is_cut() {
    let statement = "create table orders as select repeat('x', 1000000) as status";
    let at_start = json!([["postgres", [statement]]]);
    let query = "select status::int as n from orders";
    let report = asked(at_start, query, json!([]), json!([])).await;
    fails(&report, "invalid input syntax for type integer");
    let report = serde_json::to_string(&report).unwrap();
    assert!(report.len() < 20_000, "{} bytes", report.len());
}

/// The submission grants while the grader asks; the server takes it back in the same transaction.
#[tokio::test]
async fn no_moment_is_left_between_granting_and_asking() {
    let statements: Vec<_> = TABLE
        .into_iter()
        .chain([
            "create function always(varchar, text) returns boolean language plpgsql as 'begin return true; end'",
            "create operator public.= (leftarg = varchar, rightarg = text, function = always)",
        ])
        .collect();
    let at_start = json!([
        ["postgres", statements],
        [
            "repeat postgres",
            ["grant execute on function always to public"]
        ],
    ]);
    let services = json!({ "db": { "postgres": { "version": "17", "database": "shop" } } });
    let query = json!({ "sql": { "query": IS_PAID, "args": ["paid"], "expect": { "rows": [{ "n": 1 }] } } });
    let steps = json!([{ "eventually": { "within": "5s", "every": "1ms", "steps": [query] } }]);
    let report = graded(&services, &at_start, &steps).await;
    fails(&report, "permission denied for function always");
}
