//! What becomes of a request that cannot be answered as it was asked.

use std::{error::Error as _, io};

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use deadpool_postgres::PoolError;
use serde_json::json;

pub type Result<T, E = Error> = std::result::Result<T, E>;
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// An error that the client is told about, as RFC 9457 has it.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    /// Tells the client what to do, and nothing of the inside.
    detail: String,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { status, detail }
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// For values that break a rule.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    pub fn unavailable() -> Self {
        let detail = "The service cannot do this at the moment. Try again later.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    pub fn internal() -> Self {
        let detail = "Something went wrong here. Try again later.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    #[cfg(test)]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Json(json!({
            "type": "about:blank",
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        }));
        let kind = [(CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status, kind, body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

/// Why a handler did not do what it was asked for.
#[derive(Debug)]
pub enum Error {
    /// It should not: the client is told why.
    Problem(Problem),
    /// It could not, since the database is away.
    Unavailable(Cause),
    /// A mistake of ours.
    Internal(Cause),
}

impl IntoResponse for Error {
    /// What is no problem of the client's goes to the log alone.
    fn into_response(self) -> Response {
        let problem = match self {
            Self::Problem(problem) => problem,
            Self::Unavailable(cause) => {
                tracing::warn!(?cause, "the database is away");
                Problem::unavailable()
            }
            Self::Internal(cause) => {
                tracing::error!(?cause, "a request failed");
                Problem::internal()
            }
        };
        problem.into_response()
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        if is_absence(&error) {
            Self::Unavailable(error.into())
        } else {
            Self::Internal(error.into())
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// Whether it is the database that is away rather than a query that is wrong.
fn is_absence(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        // Exceptions of connections, a lack of resources, somebody who intervened.
        Some(state) => ["08", "53", "57"]
            .iter()
            .any(|class| state.code().starts_with(class)),
        None => error.is_closed() || error.source().is_some_and(|cause| cause.is::<io::Error>()),
    }
}
