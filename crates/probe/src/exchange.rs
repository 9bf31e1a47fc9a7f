//! A request and its answer, in bounded time and memory whatever the app does.

mod allowance;
mod client;
mod decode;
mod failure;
mod gate;
mod line;

pub use allowance::{ANSWER_LIMIT, BURST_LIMIT};
pub use client::Client;
pub use failure::ExchangeError;

pub(crate) use allowance::Allowance;
pub(crate) use client::{Fired, Reached};
pub(crate) use line::Line;

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};
use report::model::Trouble;

use crate::request::Prepared;

/// A request as sent, and what came of it.
#[derive(Debug, Clone)]
pub struct Exchanged {
    /// As sent.
    pub request: Prepared,
    /// What came, as far as it came; none where no head of an answer came.
    pub answer: Option<Received>,
    /// Why the answer is not whole; none where it is.
    pub trouble: Option<Trouble>,
    /// When the first byte was sent, or where none was, when a connection was asked for.
    pub started_at: DateTime<Utc>,
    /// From then to the last byte received.
    pub duration: Duration,
}

/// An answer as received.
#[derive(Debug, Clone)]
pub struct Received {
    /// Of the status line.
    pub status: StatusCode,
    /// In the order received, values of one name together.
    pub headers: HeaderMap,
    /// Without its content encoding; as far as it came, with its encoding, where trouble cut it.
    pub body: Bytes,
}

impl Exchanged {
    /// The answer, where it is whole.
    pub fn whole(&self) -> Option<&Received> {
        match self.trouble {
            None => self.answer.as_ref(),
            Some(_) => None,
        }
    }
}

impl Received {
    /// An answer of these parts, its content encoding undone as that of any other answer.
    ///
    /// # Errors
    /// When the encoding is broken, or the body too large without it.
    pub fn of(status: StatusCode, headers: HeaderMap, body: Bytes) -> Result<Self, Trouble> {
        let body = decode::decode_now(body, &headers, &Allowance::for_one())?;
        Ok(Self {
            status,
            headers,
            body,
        })
    }

    /// A header's values joined by `, `; bytes that are no UTF-8 are replaced.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self
            .headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}
