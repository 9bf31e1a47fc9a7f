//! MariaDB.
//!
//! The submission may do anything in its database. Nothing of that is run with the grader's rights,
//! holds it up, or shows it other rows than the submission sees:
//! - the grader's account may read the database's tables and nothing else, so it runs no stored
//!   function, and nothing is triggered by reading;
//! - a view in place of a table, or a column that is computed when it is read, could tell the grader
//!   from the submission: both are refused where the query names them;
//! - the session's own limits and modes are set here; a submission cannot set them for others.

mod stored;
mod value;

use challenge_spec::placeholder::Dialect;
use futures_util::TryStreamExt as _;
use runner::ServiceEndpoint;
use serde_json::{Map, Value};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Executor as _,
    MySqlConnection, Row as _,
    mysql::{MySqlArguments, MySqlConnectOptions, MySqlRow, MySqlSslMode},
    query::Query,
};

use super::{
    RowSet, Stop,
    bounds::{MOST_ROWS, Reading},
};

pub(super) const NAME: &str = "MariaDB";

/// What could hold a query up, or change what it means.
const PINNED: &str = "set session max_statement_time = 10, lock_wait_timeout = 5, \
    innodb_lock_wait_timeout = 5, idle_transaction_timeout = 11, tx_isolation = 'READ-COMMITTED', \
    sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";

/// A session of the grader's own account.
pub(super) struct Session {
    connection: MySqlConnection,
    database: String,
}

impl Session {
    pub(super) async fn open(endpoint: &ServiceEndpoint) -> Result<Self, sqlx::Error> {
        let ServiceEndpoint::MariaDb {
            address,
            database,
            user,
            password,
        } = endpoint
        else {
            return Err(sqlx::Error::Configuration("no MariaDB server".into()));
        };
        let options = MySqlConnectOptions::new()
            .host(&address.ip().to_string())
            .port(address.port())
            .username(user)
            .password(password)
            .database(database)
            .ssl_mode(MySqlSslMode::Disabled);
        let mut connection = options.connect().await?;
        connection.execute(PINNED).await?;
        // One more than is read, of a query that says nothing else.
        let limit = format!("set session sql_select_limit = {}", MOST_ROWS + 1);
        connection.execute(AssertSqlSafe(limit)).await?;
        Ok(Self {
            connection,
            database: database.clone(),
        })
    }

    pub(super) async fn rows(&mut self, query: &str, args: &[Value]) -> Result<RowSet, Stop> {
        self.connection
            .execute("start transaction read only")
            .await?;
        let rows = self.read(query, args).await?;
        // Behind the query: what it has used cannot be changed before the transaction ends.
        stored::check(&mut self.connection, &self.database, query).await?;
        Ok(rows)
    }

    async fn read(&mut self, query: &str, args: &[Value]) -> Result<RowSet, Stop> {
        let (text, order) = positional(query);
        // Not injectable: the query is the challenge's own, and each argument is bound.
        let mut asked = sqlx::query(AssertSqlSafe(text)).persistent(false);
        for number in order {
            asked = bind(asked, args.get(number - 1).unwrap_or(&Value::Null));
        }
        let mut lines = asked.fetch(&mut self.connection);
        let mut reading = Reading::default();
        while let Some(row) = lines.try_next().await? {
            let (row, bytes) = object(&row)?;
            if !reading.take(row, bytes)? {
                // The author's own `limit` goes before ours; the rest is not wanted.
                break;
            }
        }
        Ok(reading.end())
    }

    pub(super) async fn settle(&mut self) -> Result<(), sqlx::Error> {
        self.connection.execute("rollback").await?;
        Ok(())
    }

    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        self.connection.close().await
    }
}

/// `$2` becomes `?`, and which arguments these take, in their order.
fn positional(query: &str) -> (String, Vec<usize>) {
    let query = query.trim().trim_end_matches(';');
    let mut text = String::new();
    let mut order = Vec::new();
    let mut at = 0;
    for placeholder in Dialect::MariaDb.placeholders(query) {
        text.push_str(&query[at..placeholder.at.start]);
        text.push('?');
        order.push(placeholder.number);
        at = placeholder.at.end;
    }
    text.push_str(&query[at..]);
    (text, order)
}

type Asked<'q> = Query<'q, sqlx::MySql, MySqlArguments>;

fn bind<'q>(asked: Asked<'q>, arg: &Value) -> Asked<'q> {
    match arg {
        Value::Null => asked.bind(None::<String>),
        Value::Bool(truth) => asked.bind(*truth),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), _, _) => asked.bind(whole),
            (_, Some(whole), _) => asked.bind(whole),
            (_, _, fraction) => asked.bind(fraction),
        },
        Value::String(text) => asked.bind(text.clone()),
        structured => asked.bind(structured.to_string()),
    }
}

fn object(row: &MySqlRow) -> Result<(Value, usize), Stop> {
    let mut fields = Map::new();
    let mut bytes = 0;
    for column in row.columns() {
        let value = value::of(row, column.ordinal())?;
        bytes += column.name().len() + value.as_str().map_or(8, str::len);
        fields.insert(column.name().to_owned(), value);
    }
    Ok((Value::Object(fields), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_arguments_become_positions() {
        let (text, order) = positional("select $2, '$1' from t where a = $1 or b = $2; ");
        assert_eq!(text, "select ?, '$1' from t where a = ? or b = ?");
        assert_eq!(order, [2, 1, 2]);
    }
}
