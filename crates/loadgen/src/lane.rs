//! One of the things that carry one request at a time: a connection, or a share of one.

mod answer;
mod chunked;
mod connection;
mod http1;
mod http2;
mod patience;

pub(crate) use connection::Connector;
pub(crate) use http2::Shared;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{expectation::Whole, reading::Reading, request::Encoded, trouble::Trouble};

/// How much is read at once. One buffer serves all connections of a worker.
const ROOM: usize = 64 * 1024;

/// What all lanes of a worker stand on.
pub(crate) struct Ground {
    pub(crate) connector: Connector,
    room: Mutex<Box<[u8]>>,
    reading: Mutex<Reading>,
    received: AtomicU64,
    resent: AtomicU64,
}

impl Ground {
    pub(crate) fn new(connector: Connector, reading: Reading) -> Self {
        Self {
            connector,
            reading: Mutex::new(reading),
            room: Mutex::new(vec![0; ROOM].into()),
            received: AtomicU64::new(0),
            resent: AtomicU64::new(0),
        }
    }

    fn received(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// What answers cost beyond what they may. Nobody else is on this thread.
    pub(crate) fn reading<T>(&self, with: impl FnOnce(&mut Reading) -> T) -> T {
        with(&mut self.reading.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// An answer that has cost so much has cost more until now; all that it has cost.
    pub(crate) fn charge(&self, before: Duration, more: Duration) -> Duration {
        let now = Instant::now();
        self.reading(|reading| reading.charge(before, more, now))
    }

    fn resent(&self) {
        self.resent.fetch_add(1, Ordering::Relaxed);
    }

    /// Bytes so far: heads and bodies of HTTP/1, bodies of HTTP/2.
    pub(crate) fn bytes(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Requests sent once more because a kept connection had been closed.
    pub(crate) fn resends(&self) -> u64 {
        self.resent.load(Ordering::Relaxed)
    }
}

/// A lane.
pub(crate) enum Lane {
    Http1(Box<http1::Http1>),
    Http2(http2::Http2),
}

impl Lane {
    /// A connection of its own.
    pub(crate) fn http1(ground: Arc<Ground>) -> Self {
        Self::Http1(Box::new(http1::Http1::new(ground)))
    }

    /// A share of a connection.
    pub(crate) fn http2(ground: Arc<Ground>, shared: Shared) -> Self {
        Self::Http2(http2::Http2::new(ground, shared))
    }

    /// Connects, unless it is connected; whether it had to.
    pub(crate) async fn ready(&mut self, until: Instant) -> Result<bool, Trouble> {
        match self {
            Self::Http1(lane) => lane.ready(until).await,
            Self::Http2(lane) => lane.ready(until).await,
        }
    }

    /// Sends a request, connecting first where it must, and reads its answer to the end. Of the body
    /// so much is kept as `keep` says.
    pub(crate) async fn exchange(
        &mut self,
        request: &Encoded,
        until: Instant,
        keep: Option<usize>,
    ) -> Result<Whole, Trouble> {
        match self {
            Self::Http1(lane) => lane.exchange(request, until, keep).await,
            Self::Http2(lane) => lane.exchange(request, until, keep).await,
        }
    }
}
