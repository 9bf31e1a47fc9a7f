//! Sessions that write with the rights of the submission, as a version before it would.

use challenge_spec::placeholder::Dialect;
use runner::ServiceEndpoint;
use serde_json::Value;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};

use super::{literal, options};

/// A session that writes.
pub(crate) struct Writer {
    connection: PgConnection,
    /// Of the server's process for it.
    pub(crate) pid: i32,
}

impl Writer {
    pub(crate) async fn open(endpoint: &ServiceEndpoint) -> Result<Self, sqlx::Error> {
        let (
            ServiceEndpoint::Postgres {
                address, database, ..
            },
            Some(role),
        ) = (endpoint, endpoint.submissions_role())
        else {
            return Err(sqlx::Error::Configuration("no PostgreSQL server".into()));
        };
        // What triggers say is nothing to it.
        let quiet = [("client_min_messages", "error")];
        let options = options(*address, database, role).options(quiet);
        let mut connection = options.connect().await?;
        let pid = sqlx::query_scalar("select pg_catalog.pg_backend_pid()")
            .fetch_one(&mut connection)
            .await?;
        Ok(Self { connection, pid })
    }

    /// One transaction of these statements, taken back where one of them fails.
    pub(crate) async fn write(&mut self, statements: &[String]) -> Result<(), sqlx::Error> {
        self.connection.execute("begin").await?;
        let done = self.all(statements).await;
        let end = if done.is_ok() { "commit" } else { "rollback" };
        let ended = self.connection.execute(end).await;
        done.and(ended.map(drop))
    }

    async fn all(&mut self, statements: &[String]) -> Result<(), sqlx::Error> {
        for statement in statements {
            // Not injectable: the statement is the challenge's own, and each value a quoted literal.
            let asked = sqlx::raw_sql(AssertSqlSafe(statement.clone()));
            asked.execute(&mut self.connection).await?;
        }
        Ok(())
    }

    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        self.connection.close().await
    }
}

/// A statement with literals in place of its parameters, which take the types that they are used as.
pub(crate) fn bound(query: &str, args: &[Value]) -> String {
    let mut text = String::new();
    let mut at = 0;
    for placeholder in Dialect::Postgres.placeholders(query) {
        text.push_str(&query[at..placeholder.at.start]);
        text.push_str(&literal(
            args.get(placeholder.number - 1).unwrap_or(&Value::Null),
        ));
        at = placeholder.at.end;
    }
    text.push_str(&query[at..]);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_become_literals() {
        assert_eq!(
            bound(
                "insert into t values ($2, '$1', $1::int)",
                &[json!(7), json!("a'$1")]
            ),
            "insert into t values (E'a''$1', '$1', E'7'::int)"
        );
        assert_eq!(bound("select $1", &[json!(null)]), "select null");
    }
}
