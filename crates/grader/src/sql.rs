//! The grader's own view of a PostgreSQL service: one connection, kept, as a role that reads only.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use runner::ServiceEndpoint;
use serde_json::Value;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row,
    postgres::{PgConnectOptions, PgSslMode},
};
use thiserror::Error;

/// How many rows are read; a check that needs more should count them in SQL.
const MOST_ROWS: usize = 1_000;
/// For connecting, and for one query beside the role's own `statement_timeout`.
const PATIENCE: Duration = Duration::from_secs(12);

/// Open connections by service.
#[derive(Default)]
pub(crate) struct Connections(BTreeMap<String, PgConnection>);

/// The rows of a query, as JSON objects by column name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowSet {
    pub(crate) rows: Vec<Value>,
    /// Whether there were more than are read.
    pub(crate) cut: bool,
}

/// Why there are no rows.
#[derive(Debug, Error)]
pub(crate) enum SqlError {
    /// The server answered that it cannot do this; the submission owns the schema.
    #[error("PostgreSQL refuses the query: {message}")]
    Refused {
        /// The server's own words.
        message: String,
    },
    /// The server does not answer.
    #[error("the service `{service}` does not answer the grader's query")]
    Unreachable {
        /// The service's name.
        service: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// The server does not answer in time.
    #[error("the service `{service}` gave no rows within {} s", PATIENCE.as_secs())]
    TooSlow {
        /// The service's name.
        service: String,
    },
    /// What came is not what was asked for.
    #[error("the rows of the service `{service}` cannot be read")]
    Unreadable {
        /// The service's name.
        service: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl RowSet {
    /// No rows.
    pub(crate) const fn empty() -> Self {
        Self {
            rows: Vec::new(),
            cut: false,
        }
    }
}

impl Connections {
    /// Asks for rows. A connection that fails is dropped, and a stale one replaced once.
    pub(crate) async fn rows(
        &mut self,
        service: &str,
        endpoint: &ServiceEndpoint,
        query: &str,
        args: &[Value],
    ) -> Result<RowSet, SqlError> {
        let kept = self.0.remove(service);
        let was_kept = kept.is_some();
        match self.attempt(kept, service, endpoint, query, args).await {
            Err(SqlError::Unreachable { .. }) if was_kept => {
                self.attempt(None, service, endpoint, query, args).await
            }
            settled => settled,
        }
    }

    async fn attempt(
        &mut self,
        kept: Option<PgConnection>,
        service: &str,
        endpoint: &ServiceEndpoint,
        query: &str,
        args: &[Value],
    ) -> Result<RowSet, SqlError> {
        let work = async {
            let mut connection = match kept {
                Some(connection) => connection,
                None => connect(endpoint).await?,
            };
            let rows = fetch(&mut connection, query, args).await?;
            Ok::<_, sqlx::Error>((connection, rows))
        };
        let outcome =
            tokio::time::timeout(PATIENCE, work)
                .await
                .map_err(|_| SqlError::TooSlow {
                    service: service.to_owned(),
                })?;
        let (connection, lines) = outcome.map_err(|error| classify(service, error))?;
        self.0.insert(service.to_owned(), connection);
        read(service, lines)
    }

    /// Ends all connections, so that the server sees them go.
    pub(crate) async fn close(&mut self) {
        for (_, connection) in std::mem::take(&mut self.0) {
            let _ = tokio::time::timeout(PATIENCE, connection.close()).await;
        }
    }
}

async fn connect(endpoint: &ServiceEndpoint) -> Result<PgConnection, sqlx::Error> {
    let ServiceEndpoint::Postgres {
        address,
        database,
        user,
        password,
    } = endpoint
    else {
        return Err(sqlx::Error::Configuration(
            "no PostgreSQL server".to_owned().into(),
        ));
    };
    PgConnectOptions::new_without_pgpass()
        .host(&address.ip().to_string())
        .port(address.port())
        .username(user)
        .password(password)
        .database(database)
        .ssl_mode(PgSslMode::Disable)
        .connect()
        .await
}

/// The parameters are given as quoted literals to `EXECUTE`, so that PostgreSQL casts each to the
/// type which the query implies, as it would for a client that leaves types open.
async fn fetch(
    connection: &mut PgConnection,
    query: &str,
    args: &[Value],
) -> Result<Vec<String>, sqlx::Error> {
    let query = query.trim().trim_end_matches(';');
    let limit = MOST_ROWS + 1;
    let mut text = format!(
        "deallocate all; prepare tryout as select row_to_json(t)::text as line from (\n{query}\n) t limit {limit}; execute tryout"
    );
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
    // Not injectable: the query is the challenge's own, and each argument is a quoted literal.
    let rows = sqlx::raw_sql(AssertSqlSafe(text))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.try_get("line")).collect()
}

fn literal(arg: &Value) -> String {
    let text = match arg {
        Value::Null => return "null".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

fn classify(service: &str, error: sqlx::Error) -> SqlError {
    match error {
        // Class 08 is a broken connection, 57P a server that shuts down; all else is about the query.
        sqlx::Error::Database(error)
            if !error
                .code()
                .is_some_and(|code| code.starts_with("08") || code.starts_with("57P")) =>
        {
            SqlError::Refused {
                message: error.message().to_owned(),
            }
        }
        source => SqlError::Unreachable {
            service: service.to_owned(),
            source,
        },
    }
}

fn read(service: &str, mut lines: Vec<String>) -> Result<RowSet, SqlError> {
    let cut = lines.len() > MOST_ROWS;
    lines.truncate(MOST_ROWS);
    let rows = lines
        .iter()
        .map(|line| serde_json::from_str(line))
        .collect::<Result<_, _>>()
        .map_err(|source| SqlError::Unreadable {
            service: service.to_owned(),
            source,
        })?;
    Ok(RowSet { rows, cut })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::literal;

    #[test]
    fn arguments_cannot_leave_their_quotes() {
        assert_eq!(
            literal(&json!("o'; drop table x; --")),
            "'o''; drop table x; --'"
        );
        assert_eq!(literal(&json!(12)), "'12'");
        assert_eq!(literal(&json!(null)), "null");
        assert_eq!(literal(&json!({ "a": "'" })), r#"'{"a":"''"}'"#);
    }
}
