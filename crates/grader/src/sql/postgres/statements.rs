//! What the server counts of the submission's statements: `pg_stat_statements`
//! (<https://www.postgresql.org/docs/17/pgstatstatements.html>).
//!
//! It is asked in the database `postgres`, which is not the submission's: what it may do in its own does
//! not reach this, and only a superuser can have the server forget.

use std::{collections::BTreeMap, time::Duration};

use runner::ServiceEndpoint;
use sqlx::{PgConnection, Row as _};
use tokio::time::{Instant, sleep, timeout};

use super::{Session, Stop};
use crate::sql::{PATIENCE, SqlError, classify};

/// The server's own database.
const OWN: &str = "postgres";
/// How long counts must have been the same to be taken for the end of what was asked.
const STILL: Duration = Duration::from_millis(60);
/// For how long that is waited for.
const LONGEST: Duration = Duration::from_secs(2);
/// So many characters of a statement are read.
const TEXT: i32 = 2_000;

/// What asks for nothing that is stored: it begins and ends transactions, sets something of a session, or
/// shows that a connection is alive. No `prepare`: that is how the text of a statement begins which is
/// prepared by one, and it is the statement that is counted.
const CONTROL: &str = r"^\s*(begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|set|reset|show|discard|deallocate|close|listen|unlisten)\M|^\s*select\s+(1|\$1|pg_advisory_unlock_all\(\))\s*$";

/// A session that asks for counts.
pub(crate) struct Statements<'a> {
    connection: PgConnection,
    service: &'a str,
    database: &'a str,
}

/// The counts of all forms of statements, by their number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) forms: BTreeMap<i64, Count>,
    /// How often the server has forgotten some, for want of room.
    forgotten: i64,
}

/// The counts of one form of statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) calls: u64,
    pub(crate) rows: u64,
    pub(crate) blocks: u64,
}

impl Tally {
    /// What has come since an earlier one.
    pub(crate) fn since(&self, earlier: &Self) -> BTreeMap<i64, Count> {
        let mut came = self.forms.clone();
        for (form, count) in &mut came {
            let before = earlier.forms.get(form).copied().unwrap_or_default();
            count.calls = count.calls.saturating_sub(before.calls);
            count.rows = count.rows.saturating_sub(before.rows);
            count.blocks = count.blocks.saturating_sub(before.blocks);
        }
        came.retain(|_, count| *count != Count::default());
        came
    }

    /// Whether the server has forgotten any since then.
    pub(crate) fn has_forgotten_since(&self, earlier: &Self) -> bool {
        self.forgotten != earlier.forgotten
    }
}

impl<'a> Statements<'a> {
    pub(crate) async fn open(
        service: &'a str,
        endpoint: &'a ServiceEndpoint,
    ) -> Result<Self, SqlError> {
        let ServiceEndpoint::Postgres { database, .. } = endpoint else {
            return Err(SqlError::NoPostgres {
                service: service.to_owned(),
            });
        };
        let session = in_time(service, Session::open_in(endpoint, Some(OWN))).await?;
        Ok(Self {
            connection: session.0,
            service,
            database,
        })
    }

    /// The counts, once nothing more comes; what comes all the time is waited for only so long.
    pub(crate) async fn settled(&mut self) -> Result<Tally, SqlError> {
        let deadline = Instant::now() + LONGEST;
        let mut last = self.count().await?;
        loop {
            sleep(STILL).await;
            let now = self.count().await?;
            if now == last || Instant::now() >= deadline {
                return Ok(now);
            }
            last = now;
        }
    }

    async fn count(&mut self) -> Result<Tally, SqlError> {
        let counted = sqlx::query(
            "select s.queryid, sum(s.calls)::int8, sum(s.rows)::int8, \
             sum(s.shared_blks_hit + s.shared_blks_read + s.local_blks_hit + s.local_blks_read \
             + s.temp_blks_read + s.temp_blks_written)::int8 \
             from pg_stat_statements(true) s \
             join pg_catalog.pg_database d on d.oid = s.dbid \
             join pg_catalog.pg_roles r on r.oid = s.userid \
             where d.datname = $1 and s.toplevel and not r.rolsuper and r.rolname <> current_user \
             and coalesce(s.query, '') !~* $2 group by s.queryid",
        )
        .bind(self.database)
        .bind(CONTROL)
        .fetch_all(&mut self.connection);
        let rows = in_time(self.service, counted).await?;
        let read = rows.iter().map(|row| {
            let count = |column| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
            let (calls, rows, blocks) = (count(1)?, count(2)?, count(3)?);
            let count = Count {
                calls,
                rows,
                blocks,
            };
            Ok((row.try_get(0)?, count))
        });
        let forms = read.collect::<Result<_, sqlx::Error>>();
        let forms = forms.map_err(|error| failed(self.service, error))?;
        let forgotten = sqlx::query_scalar("select dealloc from pg_stat_statements_info()")
            .fetch_one(&mut self.connection);
        let forgotten = in_time(self.service, forgotten).await?;
        Ok(Tally { forms, forgotten })
    }

    /// What some forms of statements say.
    pub(crate) async fn texts(&mut self, forms: &[i64]) -> Result<BTreeMap<i64, String>, SqlError> {
        let texts = sqlx::query(
            "select queryid, min(left(query, $2)) from pg_stat_statements(true) \
             where queryid = any($1) group by queryid",
        )
        .bind(forms)
        .bind(TEXT)
        .fetch_all(&mut self.connection);
        let rows = in_time(self.service, texts).await?;
        let read = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        read.collect::<Result<_, sqlx::Error>>()
            .map_err(|error| failed(self.service, error))
    }
}

/// Of its own database a submission can change nothing: what is not there, or cannot be asked, is ours.
fn failed(service: &str, error: sqlx::Error) -> SqlError {
    let ours = ["42", "55000", "0A"];
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    if code.is_some_and(|code| ours.iter().any(|class| code.starts_with(class))) {
        return SqlError::Uncounted {
            service: service.to_owned(),
            source: error,
        };
    }
    classify(service, super::NAME, Stop::Server(error))
}

async fn in_time<T>(
    service: &str,
    asked: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, SqlError> {
    match timeout(PATIENCE, asked).await {
        Ok(answered) => answered.map_err(|error| failed(service, error)),
        Err(_) => Err(SqlError::TooSlow {
            service: service.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(counts: &[(i64, u64)]) -> Tally {
        let count = |calls| Count {
            calls,
            ..Count::default()
        };
        Tally {
            forms: counts
                .iter()
                .map(|(form, calls)| (*form, count(*calls)))
                .collect(),
            forgotten: 0,
        }
    }

    #[test]
    fn only_what_came_meanwhile_counts() {
        let before = tally(&[(1, 5), (2, 7)]);
        let after = tally(&[(1, 5), (2, 9), (3, 1)]);
        assert_eq!(after.since(&before), tally(&[(2, 2), (3, 1)]).forms);
        assert!(!after.has_forgotten_since(&before));
    }
}
