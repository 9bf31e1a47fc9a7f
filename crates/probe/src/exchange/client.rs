use std::{net::SocketAddr, time::Duration};

use chrono::Utc;
use report::model::Trouble;
use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};

use super::{
    Allowance, ExchangeError, Exchanged, failure,
    line::{Arriving, Line},
};
use crate::request::Prepared;

/// Asks one app.
///
/// Each request has a connection of its own: a kept one that the app has meanwhile closed would cost
/// the submission a point that it has not lost. Redirects are not followed, cookies not kept, proxies
/// not used.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    host: String,
}

/// A connection to the app, or why there is none.
pub(crate) type Reached<T> = Result<T, Trouble>;

impl Client {
    /// A client of the app at this address; `Host` is the address.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            host: address.to_string(),
        }
    }

    /// Where the app is.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What `Host` says; to be handed to [`prepare`](crate::request::prepare).
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Sends a request and reads its answer, within `deadline` from now, connecting and undoing the
    /// content encoding included.
    pub async fn exchange(
        &self,
        request: &Prepared,
        deadline: Duration,
    ) -> Result<Exchanged, ExchangeError> {
        let asked_at = (Utc::now(), Instant::now());
        let until = asked_at.1 + deadline;
        Ok(match self.load(request, until, deadline).await? {
            Err(trouble) => Exchanged {
                request: request.clone(),
                answer: None,
                trouble: Some(trouble),
                started_at: asked_at.0,
                duration: asked_at.1.elapsed(),
            },
            Ok(line) => {
                let allowance = Allowance::for_one();
                let fired = Fired::now(line);
                fired.answer(request, until, deadline, &allowance).await
            }
        })
    }

    /// Connects, and lays the request ready.
    pub(crate) async fn load(
        &self,
        request: &Prepared,
        until: Instant,
        deadline: Duration,
    ) -> Result<Reached<Line>, ExchangeError> {
        let Ok(stream) = timeout_at(until, TcpStream::connect(self.address)).await else {
            return Ok(Err(timed_out(deadline)));
        };
        let stream = match stream {
            Ok(stream) => stream,
            Err(error) => return failure::refused(self.address, error).map(Err),
        };
        // Where it cannot be set, a request is merely sent later.
        let _ = stream.set_nodelay(true);
        Ok(timeout_at(until, Line::load(stream, request))
            .await
            .unwrap_or_else(|_| Err(timed_out(deadline))))
    }
}

/// A request that has been sent.
pub(crate) struct Fired {
    line: Line,
    started_at: chrono::DateTime<Utc>,
    started: Instant,
}

impl Fired {
    pub(crate) fn now(line: Line) -> Self {
        let started_at = Utc::now();
        let started = Instant::now();
        line.fire();
        Self {
            line,
            started_at,
            started,
        }
    }

    pub(crate) async fn answer(
        self,
        request: &Prepared,
        until: Instant,
        deadline: Duration,
        allowance: &Allowance,
    ) -> Exchanged {
        let mut arriving = Arriving::default();
        let end = timeout_at(until, self.line.answer(&mut arriving, allowance)).await;
        let duration = self.started.elapsed();
        let (answer, trouble) = match end {
            Ok(Ok(())) => arriving.whole(allowance).await,
            Ok(Err(trouble)) => (arriving.cut(), Some(trouble)),
            Err(_) => (arriving.cut(), Some(timed_out(deadline))),
        };
        Exchanged {
            request: request.clone(),
            answer,
            trouble,
            started_at: self.started_at,
            duration,
        }
    }
}

pub(crate) fn timed_out(deadline: Duration) -> Trouble {
    Trouble::TimedOut(u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX))
}
