//! PostgreSQL.
//!
//! The submission owns the database, so it may put anything beside, before and in the tables that the
//! grader asks about. Nothing of that is run with the grader's rights, holds it up, or shows it other
//! rows than the submission sees:
//! - the grader's role may run none of the submission's functions, which is what operators, casts and
//!   aggregates are made of (an event trigger of the prepared server sees to it), and row level
//!   security does not hold for it;
//! - views and foreign tables in place of tables are refused by the server;
//! - whatever the database's owner may set for its sessions is set here, at the start of the session,
//!   which goes before; each query has a transaction of its own, and the session is made as new after it.

mod plan;
mod statements;
mod waits;
mod writers;

use std::{fmt::Write as _, net::SocketAddr};

use futures_util::TryStreamExt as _;
use runner::ServiceEndpoint;
use serde_json::Value;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, Row as _,
    postgres::{PgConnectOptions, PgSslMode},
};

use super::{
    Asked, RowSet, Stop,
    bounds::{MOST_BYTES, MOST_ROWS, Reading},
};

pub(super) use plan::explaining;
pub(crate) use statements::{Count, Statements, Tally};
pub(crate) use waits::{Wait, Waits, behind_others};
pub(crate) use writers::{Writer, bound};

pub(super) const NAME: &str = "PostgreSQL";

/// What could hold a query up, change what it means, or let code run in it.
const PINNED: [(&str, &str); 20] = [
    ("search_path", "public,pg_temp"),
    ("role", "none"),
    ("default_transaction_read_only", "on"),
    ("default_transaction_isolation", "read committed"),
    ("statement_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "11s"),
    ("row_security", "on"),
    ("standard_conforming_strings", "on"),
    ("backslash_quote", "safe_encoding"),
    ("transform_null_equals", "off"),
    ("array_nulls", "on"),
    ("constraint_exclusion", "partition"),
    ("client_min_messages", "error"),
    ("IntervalStyle", "postgres"),
    ("bytea_output", "hex"),
    ("xmloption", "content"),
    ("lc_numeric", "C"),
    ("lc_monetary", "C"),
    ("lc_time", "C"),
];

/// The same, unknown to servers before 17, as a host without containers may have.
const NEWER: [(&str, &str); 2] = [
    ("transaction_timeout", "11s"),
    ("restrict_nonsystem_relation_kind", "view,foreign-table"),
];

/// What an unknown parameter is refused with, and its name: nothing else may cost these guards.
const UNDEFINED_OBJECT: &str = "42704";

/// A session of the grader's own role.
pub(super) struct Session(PgConnection);

impl Session {
    pub(super) async fn open(endpoint: &ServiceEndpoint) -> Result<Self, sqlx::Error> {
        Self::open_in(endpoint, None).await
    }

    /// In another database of the server.
    async fn open_in(endpoint: &ServiceEndpoint, other: Option<&str>) -> Result<Self, sqlx::Error> {
        let ServiceEndpoint::Postgres {
            address,
            database,
            user,
            password,
        } = endpoint
        else {
            return Err(sqlx::Error::Configuration("no PostgreSQL server".into()));
        };
        let options = options(*address, other.unwrap_or(database), (user, password));
        let options = options.options(PINNED);
        let connected = match options.clone().options(NEWER).connect().await {
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some(UNDEFINED_OBJECT)
                    && NEWER.iter().any(|(name, _)| error.message().contains(name)) =>
            {
                options.connect().await
            }
            connected => connected,
        };
        Ok(Self(connected?))
    }

    pub(super) async fn rows(&mut self, asked: &Asked<'_>) -> Result<RowSet, Stop> {
        let text = if asked.for_plan {
            explaining(asked.query, asked.args)
        } else {
            text(asked.query, asked.args)
        };
        // Not injectable: the query is the challenge's own, and each argument is a quoted literal.
        let asked = sqlx::raw_sql(AssertSqlSafe(text));
        let mut lines = asked.fetch(&mut self.0);
        let mut reading = Reading::default();
        while let Some(row) = lines.try_next().await? {
            let line: Option<String> = row.try_get_unchecked(0)?;
            let line = line.ok_or(Stop::TooLarge)?;
            // What is left is read with the end of the statement: it is one row at most.
            reading.take(serde_json::from_str(&line)?, line.len())?;
        }
        Ok(reading.end())
    }

    pub(super) async fn settle(&mut self) -> Result<(), sqlx::Error> {
        self.0.execute("rollback").await?;
        self.0.execute("discard all").await?;
        Ok(())
    }

    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        self.0.close().await
    }
}

/// For a role's name and password.
fn options(
    address: SocketAddr,
    database: &str,
    (user, password): (&str, &str),
) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host(&address.ip().to_string())
        .port(address.port())
        .username(user)
        .password(password)
        .database(database)
        .ssl_mode(PgSslMode::Disable)
}

/// The parameters are given as quoted literals to `EXECUTE`, so that PostgreSQL casts each to the
/// type which the query implies, as it would for a client that leaves types open.
fn text(query: &str, args: &[Value]) -> String {
    let query = query.trim().trim_end_matches(';');
    let limit = MOST_ROWS + 1;
    let mut text = format!(
        "begin read only; prepare tryout as \
         select case when pg_catalog.octet_length(line) <= {MOST_BYTES} then line end as line from \
         (select pg_catalog.row_to_json(t)::pg_catalog.text as line from (\n{query}\n) t \
         limit {limit}) r; execute tryout"
    );
    push_arguments(&mut text, args);
    text
}

/// As `EXECUTE` takes them.
fn push_arguments(text: &mut String, args: &[Value]) {
    for (index, arg) in args.iter().enumerate() {
        let _ = write!(
            text,
            "{}{}",
            if index == 0 { "(" } else { ", " },
            literal(arg)
        );
    }
    if !args.is_empty() {
        text.push(')');
    }
}

/// Means the same whatever a session thinks of backslashes.
fn literal(arg: &Value) -> String {
    let text = match arg {
        Value::Null => return "null".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = text.replace('\0', "").replace('\\', r"\\");
    format!("E'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The server must not have to send what is not read.
    #[test]
    fn the_server_is_told_how_much_is_read() {
        let text = text("select 1 as n;", &[json!(1), json!("a")]);
        assert!(text.contains("case when pg_catalog.octet_length(line) <= 1048576 then"));
        assert!(text.contains("limit 1001"));
        assert!(text.ends_with("execute tryout(E'1', E'a')"));
    }

    #[test]
    fn arguments_cannot_leave_their_quotes() {
        assert_eq!(
            literal(&json!("o'; drop table x; --")),
            "E'o''; drop table x; --'"
        );
        assert_eq!(literal(&json!(r"\'; --")), r"E'\\''; --'");
        assert_eq!(literal(&json!("\\\0'")), r"E'\\'''");
        assert_eq!(literal(&json!(12)), "E'12'");
        assert_eq!(literal(&json!(null)), "null");
        assert_eq!(literal(&json!({ "a": "'" })), r#"E'{"a":"''"}'"#);
    }
}
