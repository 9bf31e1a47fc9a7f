//! The database: its pool, its migrations, and how it is asked.

use std::{error::Error, time::Duration};

use deadpool_postgres::{Client, GenericClient, Manager, Pool, Runtime};
use tokio::time::sleep;
use tokio_postgres::{Config, NoTls, Row, types::ToSql};

use crate::error::Result;

const CONNECTIONS: usize = 10;
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// To wait for one of the connections, or for the database to greet a new one.
const CLIENT_WITHIN: Duration = Duration::from_secs(5);

/// In the order in which they are run.
const MIGRATIONS: [(&str, &str); 3] = [
    (
        "001_versions",
        include_str!("../migrations/001_versions.sql"),
    ),
    (
        "002_idempotency_keys",
        include_str!("../migrations/002_idempotency_keys.sql"),
    ),
    ("003_lists", include_str!("../migrations/003_lists.sql")),
];

/// A number of our own, so that instances that start together migrate one after the other.
const MIGRATION_LOCK: i64 = 7_240_853;

pub type Parameter<'a> = &'a (dyn ToSql + Sync);

/// Prepares a pool. It does not connect yet.
pub fn open(url: &str) -> Result<Pool, Box<dyn Error>> {
    let mut config: Config = url.parse()?;
    config
        .connect_timeout(CONNECT_WITHIN)
        // A database that is gone without a word is noticed by what it does not acknowledge.
        .tcp_user_timeout(CLIENT_WITHIN);
    let pool = Pool::builder(Manager::new(config, NoTls))
        .max_size(CONNECTIONS)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(CLIENT_WITHIN))
        .create_timeout(Some(CLIENT_WITHIN))
        .build()?;
    Ok(pool)
}

/// Waits for the database, then runs the migrations that it has not seen yet.
pub async fn migrate(pool: &Pool) -> Result<(), tokio_postgres::Error> {
    let mut client = first_connection(pool).await;
    let tx = client.transaction().await?;
    tx.execute("select pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK])
        .await?;
    tx.batch_execute("create table if not exists migrations (name text primary key)")
        .await?;
    for (name, script) in MIGRATIONS {
        let note = "insert into migrations (name) values ($1) on conflict do nothing";
        if tx.execute(note, &[&name]).await? == 1 {
            tx.batch_execute(script).await?;
        }
    }
    tx.commit().await
}

async fn first_connection(pool: &Pool) -> Client {
    loop {
        match pool.get().await {
            Ok(client) => return client,
            Err(error) => tracing::warn!(?error, "the database does not answer yet"),
        }
        sleep(Duration::from_millis(200)).await;
    }
}

// What is asked is prepared once on each connection.

pub async fn rows(
    db: &impl GenericClient,
    sql: &str,
    parameters: &[Parameter<'_>],
) -> Result<Vec<Row>> {
    let statement = db.prepare_cached(sql).await?;
    Ok(db.query(&statement, parameters).await?)
}

pub async fn row(
    db: &impl GenericClient,
    sql: &str,
    parameters: &[Parameter<'_>],
) -> Result<Option<Row>> {
    let statement = db.prepare_cached(sql).await?;
    Ok(db.query_opt(&statement, parameters).await?)
}

/// How many rows it concerned.
pub async fn execute(
    db: &impl GenericClient,
    sql: &str,
    parameters: &[Parameter<'_>],
) -> Result<u64> {
    let statement = db.prepare_cached(sql).await?;
    Ok(db.execute(&statement, parameters).await?)
}

/// A query whose conditions are added one by one.
pub struct Select<'a> {
    sql: String,
    parameters: Vec<Parameter<'a>>,
    has_conditions: bool,
}

impl<'a> Select<'a> {
    pub fn from(sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            parameters: Vec::new(),
            has_conditions: false,
        }
    }

    /// Adds a condition with a `?` for each of its parameters.
    pub fn and(&mut self, condition: &str, parameters: &[Parameter<'a>]) {
        self.sql.push_str(if self.has_conditions {
            " and "
        } else {
            " where "
        });
        self.has_conditions = true;
        self.append(condition, parameters);
    }

    /// Adds what stands behind the conditions, in the same way.
    pub fn then(&mut self, clause: &str, parameters: &[Parameter<'a>]) {
        self.sql.push(' ');
        self.append(clause, parameters);
    }

    pub async fn rows(&self, db: &impl GenericClient) -> Result<Vec<Row>> {
        rows(db, &self.sql, &self.parameters).await
    }

    fn append(&mut self, text: &str, parameters: &[Parameter<'a>]) {
        let mut pieces = text.split('?');
        self.sql.push_str(pieces.next().unwrap_or_default());
        for (piece, parameter) in pieces.zip(parameters) {
            self.parameters.push(*parameter);
            self.sql
                .push_str(&format!("${}{piece}", self.parameters.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_number_their_parameters() {
        let mut select = Select::from("select 1 from orders");
        select.and("a = ?", &[&1]);
        select.and("(b, c) < (?, ?)", &[&2, &3]);
        select.then("order by a limit ?", &[&4]);
        let sql = "select 1 from orders where a = $1 and (b, c) < ($2, $3) order by a limit $4";
        assert_eq!(select.sql, sql);
        assert_eq!(select.parameters.len(), 4);
    }
}
