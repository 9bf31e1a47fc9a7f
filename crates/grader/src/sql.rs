//! The grader's own view of a service that speaks SQL: one connection, kept, as a role that reads
//! only. What a submission made in its database is never run in it: each kind says how.

mod bounds;
mod mariadb;
mod postgres;

use std::{collections::BTreeMap, time::Duration};

use runner::ServiceEndpoint;
use serde_json::Value;
use thiserror::Error;

use bounds::MOST_BYTES;
pub(crate) use postgres::{Count, Statements, Tally, Wait, Waits, Writer, behind_others, bound};

/// For connecting, and for one query beside the server's own limit of 10 s.
const PATIENCE: Duration = Duration::from_secs(12);
/// How much of what a server says stands in a report, in characters; it may quote whole values.
const SAID: usize = 500;

/// Open connections by service.
#[derive(Default)]
pub(crate) struct Connections(BTreeMap<String, Session>);

/// What is asked of a service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The challenge's own.
    pub(crate) query: &'a str,
    /// The values of its parameters.
    pub(crate) args: &'a [Value],
    /// Whether its plan is wanted in place of its rows: one row, as `EXPLAIN` gives it as JSON.
    pub(crate) for_plan: bool,
}

/// One of the kinds.
enum Session {
    Postgres(postgres::Session),
    MariaDb(mariadb::Session),
}

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
    /// The service is none that can be asked; an author's mistake.
    #[error("the service `{service}` does not speak SQL")]
    NoSql {
        /// The service's name.
        service: String,
    },
    /// The service is none that tells of plans and statements; an author's mistake.
    #[error("the service `{service}` is not of PostgreSQL")]
    NoPostgres {
        /// The service's name.
        service: String,
    },
    /// The server answered that it cannot do this; the submission owns the schema.
    #[error("{server} refuses the query: {message}")]
    Refused {
        /// Which kind of server.
        server: &'static str,
        /// Its own words, cut.
        message: String,
    },
    /// What is asked about is not what the brief fixes.
    #[error("`{name}` is no table of stored values: {why}")]
    NotStored {
        /// A view or a column.
        name: String,
        /// What it is.
        why: &'static str,
    },
    /// The server does not count statements, or does not tell: it was not started for it.
    #[error("the service `{service}` does not tell what it counts of statements")]
    Uncounted {
        /// The service's name.
        service: String,
        /// What it said.
        #[source]
        source: sqlx::Error,
    },
    /// There is more than anybody can look at.
    #[error(
        "the rows of the service `{service}` are too large: more than {} KiB are not read",
        MOST_BYTES / 1024
    )]
    TooLarge {
        /// The service's name.
        service: String,
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

/// Why a session gave no rows, before it is known whose it is.
#[derive(Debug, Error)]
enum Stop {
    #[error(transparent)]
    Server(#[from] sqlx::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("too large")]
    TooLarge,
    #[error("`{0}` is {1}")]
    NotStored(String, &'static str),
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
        asked: &Asked<'_>,
    ) -> Result<RowSet, SqlError> {
        if asked.for_plan && !matches!(endpoint, ServiceEndpoint::Postgres { .. }) {
            return Err(SqlError::NoPostgres {
                service: service.to_owned(),
            });
        }
        let kept = self.0.remove(service);
        let was_kept = kept.is_some();
        match self.attempt(kept, service, endpoint, asked).await {
            Err(SqlError::Unreachable { .. }) if was_kept => {
                self.attempt(None, service, endpoint, asked).await
            }
            settled => settled,
        }
    }

    async fn attempt(
        &mut self,
        kept: Option<Session>,
        service: &str,
        endpoint: &ServiceEndpoint,
        asked: &Asked<'_>,
    ) -> Result<RowSet, SqlError> {
        let work = async {
            let mut session = match kept {
                Some(session) => session,
                None => Session::open(service, endpoint).await?,
            };
            let rows = session.rows(asked).await;
            let rows = rows.map_err(|stop| session.classify(service, stop))?;
            // What cannot be ended cleanly is not used again; the rows are what they are.
            let ended = session.settle().await;
            Ok((ended.is_ok().then_some(session), rows))
        };
        let outcome = tokio::time::timeout(PATIENCE, work).await;
        let (session, rows) = outcome.unwrap_or_else(|_| {
            Err(SqlError::TooSlow {
                service: service.to_owned(),
            })
        })?;
        if let Some(session) = session {
            self.0.insert(service.to_owned(), session);
        }
        Ok(rows)
    }

    /// Ends all connections, so that the server sees them go.
    pub(crate) async fn close(&mut self) {
        for (_, session) in std::mem::take(&mut self.0) {
            let _ = tokio::time::timeout(PATIENCE, session.close()).await;
        }
    }
}

impl Session {
    async fn open(service: &str, endpoint: &ServiceEndpoint) -> Result<Self, SqlError> {
        let opened = match endpoint {
            ServiceEndpoint::Postgres { .. } => {
                let session = postgres::Session::open(endpoint).await;
                (session.map(Self::Postgres), postgres::NAME)
            }
            ServiceEndpoint::MariaDb { .. } => {
                let session = mariadb::Session::open(endpoint).await;
                (session.map(Self::MariaDb), mariadb::NAME)
            }
            ServiceEndpoint::Redis { .. } | ServiceEndpoint::Stub { .. } => {
                return Err(SqlError::NoSql {
                    service: service.to_owned(),
                });
            }
        };
        let (session, server) = opened;
        session.map_err(|error| classify(service, server, error.into()))
    }

    async fn rows(&mut self, asked: &Asked<'_>) -> Result<RowSet, Stop> {
        match self {
            Self::Postgres(session) => session.rows(asked).await,
            Self::MariaDb(session) => session.rows(asked.query, asked.args).await,
        }
    }

    /// Makes the session as new.
    async fn settle(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(session) => session.settle().await,
            Self::MariaDb(session) => session.settle().await,
        }
    }

    async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(session) => session.close().await,
            Self::MariaDb(session) => session.close().await,
        }
    }

    fn classify(&self, service: &str, stop: Stop) -> SqlError {
        let server = match self {
            Self::Postgres(_) => postgres::NAME,
            Self::MariaDb(_) => mariadb::NAME,
        };
        classify(service, server, stop)
    }
}

fn classify(service: &str, server: &'static str, stop: Stop) -> SqlError {
    let service = service.to_owned();
    match stop {
        // Class 08 is a broken connection, 57P a server that shuts down; all else is about the query.
        Stop::Server(sqlx::Error::Database(error))
            if !error
                .code()
                .is_some_and(|code| code.starts_with("08") || code.starts_with("57P")) =>
        {
            SqlError::Refused {
                server,
                message: report::neutral::brief(error.message(), SAID),
            }
        }
        Stop::Server(source) => SqlError::Unreachable { service, source },
        Stop::Json(source) => SqlError::Unreadable { service, source },
        Stop::TooLarge => SqlError::TooLarge { service },
        Stop::NotStored(name, why) => SqlError::NotStored { name, why },
    }
}
