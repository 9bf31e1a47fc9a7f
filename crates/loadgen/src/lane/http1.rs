//! Requests of HTTP/1.1, one after the other, on a connection that is kept.
//!
//! On the stream itself and not by hyper: a request costs one write, one read and no allocation, and
//! whatever the size of an answer it is read into one buffer that all connections of a worker share.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    Ground,
    answer::{Incoming, Progress},
    connection::Connection,
    patience::Patience,
};
use crate::{
    expectation::{Kept, Whole},
    reading::cost,
    request::Encoded,
    trouble::Trouble,
};

/// A connection of HTTP/1.1, or none as yet.
pub(crate) struct Http1 {
    ground: Arc<Ground>,
    connection: Option<Connection>,
    incoming: Incoming,
    patience: Patience,
    /// What the answer has cost so far.
    cost: Duration,
}

/// Why there is no whole answer, and whether anything of one has come.
struct Cut {
    trouble: Trouble,
    unheard: bool,
}

/// What was read at once.
#[derive(Default)]
struct Read {
    times: u32,
    bytes: usize,
}

impl Http1 {
    pub(crate) fn new(ground: Arc<Ground>) -> Self {
        Self {
            ground,
            connection: None,
            incoming: Incoming::default(),
            patience: Patience::new(),
            cost: Duration::ZERO,
        }
    }

    /// Connects, unless it is connected; whether it had to.
    pub(crate) async fn ready(&mut self, until: Instant) -> Result<bool, Trouble> {
        if self.connection.is_some() {
            return Ok(false);
        }
        self.connection = Some(self.ground.connector.connect(until).await?);
        Ok(true)
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn exchange(
        &mut self,
        request: &Encoded,
        until: Instant,
        keep: Option<usize>,
    ) -> Result<Whole, Trouble> {
        let mut kept = self.still_there().await;
        loop {
            self.ready(until).await?;
            match self.talk(request, until, keep).await {
                Ok(whole) => return Ok(whole),
                // A kept connection that the server has closed in the meantime: as other clients do,
                // once more on a new one.
                Err(cut) if kept && cut.unheard && request.idempotent => {
                    self.ground.resent();
                    kept = false;
                }
                Err(cut) => return Err(cut.trouble),
            }
        }
    }

    /// Whether there is a connection that was not closed while nothing was asked.
    async fn still_there(&mut self) -> bool {
        let Some(connection) = &self.connection else {
            return false;
        };
        let disturbed = poll_fn(|cx| Poll::Ready(connection.is_disturbed(cx))).await;
        if disturbed {
            self.connection = None;
        }
        !disturbed
    }

    async fn talk(
        &mut self,
        request: &Encoded,
        until: Instant,
        keep: Option<usize>,
    ) -> Result<Whole, Cut> {
        let Some(mut connection) = self.connection.take() else {
            return Err(self.cut(Trouble::ClosedEarly));
        };
        self.incoming.begin(request.head_only, keep.map(Kept::new));
        self.patience.lasts(until);
        self.cost = Duration::ZERO;
        let mut unsent = &request.bytes[..];
        let mut was_reset = false;
        let done = poll_fn(|cx| {
            was_reset |= send(&mut connection, cx, &mut unsent);
            match self.receive(&mut connection, cx) {
                Poll::Ready(done) => Poll::Ready(done),
                Poll::Pending => self.patience.poll_over(cx).map(|()| Err(Trouble::TimedOut)),
            }
        })
        .await;
        match done {
            Ok(reusable) => {
                // An answer may come before the request was read to its end; it counts, and the rest
                // is nobody's.
                if reusable && unsent.is_empty() {
                    self.connection = Some(connection);
                } else {
                    connection.end();
                }
                let mut whole = self.incoming.take();
                whole.cost = self.cost;
                Ok(whole)
            }
            // The system tells of a reset once: the read that follows is an end like any other.
            Err(Trouble::ClosedEarly) if was_reset => Err(self.cut(Trouble::Reset)),
            Err(trouble) => Err(self.cut(trouble)),
        }
    }

    fn cut(&self, trouble: Trouble) -> Cut {
        let gone = matches!(trouble, Trouble::ClosedEarly | Trouble::Reset);
        Cut {
            trouble,
            unheard: gone && !self.incoming.has_begun(),
        }
    }

    /// Reads what is there, and notes what that costs; ready with whether the connection can be used again.
    fn receive(
        &mut self,
        connection: &mut Connection,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, Trouble>> {
        let began = Instant::now();
        let mut read = Read::default();
        let progress = self.read(connection, cx, &mut read);
        if read.times > 0 {
            let cost = cost(began.elapsed(), read.times, read.bytes);
            self.cost = self.ground.charge(self.cost, cost);
        }
        progress
    }

    fn read(
        &mut self,
        connection: &mut Connection,
        cx: &mut Context<'_>,
        read: &mut Read,
    ) -> Poll<Result<bool, Trouble>> {
        // Nobody else is on this thread.
        let mut room = self
            .ground
            .room
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        loop {
            let mut buffer = ReadBuf::new(&mut room);
            let progress = match Pin::new(&mut *connection).poll_read(cx, &mut buffer) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => {
                    let trouble = Trouble::of_connection(&error);
                    return Poll::Ready(match self.incoming.ended() {
                        // Encrypted streams that end without saying so.
                        Ok(_) if trouble == Trouble::ClosedEarly => Ok(false),
                        _ => Err(trouble),
                    });
                }
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => self.incoming.ended(),
                Poll::Ready(Ok(())) => {
                    let filled = buffer.filled();
                    self.ground.received(filled.len());
                    read.times += 1;
                    read.bytes += filled.len();
                    self.incoming.feed(filled)
                }
            };
            match progress {
                Ok(Progress::More) => {}
                Ok(Progress::Done { reusable }) => return Poll::Ready(Ok(reusable)),
                Err(trouble) => return Poll::Ready(Err(trouble)),
            }
        }
    }
}

/// Sends what the connection takes; whether it was found to be reset. One that takes nothing any more may
/// still have an answer to read.
fn send(connection: &mut Connection, cx: &mut Context<'_>, unsent: &mut &[u8]) -> bool {
    let mut was_reset = false;
    while !unsent.is_empty() {
        match Pin::new(&mut *connection).poll_write(cx, unsent) {
            Poll::Ready(Ok(sent)) if sent > 0 => *unsent = &unsent[sent..],
            Poll::Ready(Err(error)) => {
                was_reset = error.kind() == io::ErrorKind::ConnectionReset;
                break;
            }
            Poll::Ready(Ok(_)) | Poll::Pending => break,
        }
    }
    if let Connection::Encrypted(_) = connection {
        let _ = Pin::new(connection).poll_flush(cx);
    }
    was_reset
}
