//! A clean start: services in their first state, the submission anew.

use std::time::{Duration, Instant};

use runner::{Alone, Restart, Sandbox, ServiceKind, SqlFile};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _, postgres::PgConnectOptions};

use crate::{opening::grader, stand::Stand};

const ROWS: &str = "create table orders (id bigint primary key, customer text not null, note text not null);
insert into orders select n, 'customer ' || n % 1000, repeat('x', 80) from generate_series(1, 100000) n;
create index on orders (customer);";

fn owner(sandbox: &dyn Sandbox) -> PgConnectOptions {
    grader(sandbox).username("app").password("app")
}

async fn told(options: &PgConnectOptions, query: &'static str) -> String {
    let mut connection = PgConnection::connect_with(options).await.unwrap();
    let row = connection.fetch_one(query).await.unwrap();
    connection.close().await.unwrap();
    row.get::<String, _>(0)
}

/// Prints what it takes, for `docs/benchmarks.md`.
#[tokio::test]
async fn a_database_of_100_000_rows_is_as_at_first() {
    let stand = Stand::new().await;
    let mut spec = stand.spec();
    let ServiceKind::Postgres(postgres) = &mut spec.services[0].kind else {
        panic!("no PostgreSQL");
    };
    postgres.reset = true;
    postgres.seed.push(SqlFile {
        name: "orders.sql".to_owned(),
        sql: ROWS.to_owned(),
    });
    let sandbox = stand.open(&spec).await;
    let mut took = Vec::new();
    for _ in 0..5 {
        // All that an owner may change of its database and its role.
        let mut connection = PgConnection::connect_with(&owner(&*sandbox)).await.unwrap();
        for statement in [
            "delete from orders where id > 10",
            "drop table items",
            "create schema other",
            "create function f() returns int language sql as 'select 1'",
            "alter role app set search_path = other",
            "alter role app password 'changed'",
            "begin",
            "lock table orders",
        ] {
            connection.execute(statement).await.unwrap();
        }
        let began = Instant::now();
        let reset = sandbox.reset(&Alone).await.unwrap();
        took.push((reset.services, began.elapsed()));
        assert_eq!(reset.app, Restart::Ready);
        let facts = "select count(*) || ' ' || (select count(*) from items) || ' ' || current_setting('search_path')
            || ' ' || (select count(*) from pg_namespace where nspname = 'other') from orders";
        assert_eq!(
            told(&owner(&*sandbox), facts).await,
            "100000 3 \"$user\", public 0"
        );
        let counted = "select count(*)::text from orders";
        assert_eq!(told(&grader(&*sandbox), counted).await, "100000");
    }
    took.sort();
    let millis = |duration: Duration| duration.as_millis();
    let (services, all) = took[took.len() / 2];
    eprintln!(
        "reset of 100,000 rows: database {} ms, with the submission's end and start {} ms (median of {})",
        millis(services),
        millis(all),
        took.len()
    );
    // The grader's role still runs nothing of the submission's.
    let mut connection = PgConnection::connect_with(&owner(&*sandbox)).await.unwrap();
    let f = "create function g() returns int language sql as 'select 1'";
    connection.execute(f).await.unwrap();
    let mut connection = PgConnection::connect_with(&grader(&*sandbox))
        .await
        .unwrap();
    assert!(connection.fetch_one("select g()").await.is_err());
}

#[tokio::test]
async fn a_service_that_was_not_made_for_it_is_an_error() {
    let stand = Stand::new().await;
    let sandbox = stand.open(&stand.spec()).await;
    let error = sandbox.reset(&Alone).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "the service `db` could not be given its first state again: it was not made for that"
    );
}
