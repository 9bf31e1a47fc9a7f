//! A connection whose first bytes are held until a gate opens.
//!
//! Behind a shut gate hyper writes a whole request without a byte being sent, so that any number of
//! requests can be laid ready and then sent at one moment; its answers are read by the same parser
//! as those of single requests, which go through the same gate.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Buf, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// The connection as hyper sees it.
pub(super) struct Gated(Gate);

/// The hand on the gate.
#[derive(Clone)]
pub(super) struct Gate {
    stream: Arc<TcpStream>,
    held: Arc<Mutex<Held>>,
}

struct Held {
    open: bool,
    bytes: BytesMut,
}

impl Gate {
    pub(super) fn shut(stream: TcpStream) -> Self {
        Self {
            stream: Arc::new(stream),
            held: Arc::new(Mutex::new(Held {
                open: false,
                bytes: BytesMut::new(),
            })),
        }
    }

    pub(super) fn gated(&self) -> Gated {
        Gated(self.clone())
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a whole request with a body of this length is held.
    pub(super) fn holds(&self, body: usize) -> bool {
        let held = self.held();
        held.bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .is_some_and(|head| held.bytes.len() == head + 4 + body)
    }

    /// Sends what is held, as much of it as the system takes at once; the rest follows when the
    /// connection is polled, which the caller must see to.
    pub(super) fn open(&self) {
        let mut held = self.held();
        held.open = true;
        held.send(&self.stream);
    }
}

impl Held {
    /// Gives up on what a broken connection does not take: an app may answer and close before it has
    /// read a request to its end, and that answer counts.
    fn send(&mut self, stream: &TcpStream) {
        while !self.bytes.is_empty() {
            match stream.try_write(&self.bytes) {
                Ok(sent) => self.bytes.advance(sent),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => self.bytes.clear(),
            }
        }
    }
}

impl Gated {
    /// Sends the rest of what is held.
    fn poll_rest(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut held = self.0.held();
        while !held.bytes.is_empty() {
            ready!(self.0.stream.poll_write_ready(cx))?;
            held.send(&self.0.stream);
        }
        Poll::Ready(Ok(()))
    }

    fn is_open(&self) -> bool {
        self.0.held().open
    }
}

impl AsyncRead for Gated {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.is_open() {
            // Who opens the gate polls anew.
            return Poll::Pending;
        }
        let _ = self.poll_rest(cx)?;
        loop {
            ready!(self.0.stream.poll_read_ready(cx))?;
            match self.0.stream.try_read(buffer.initialize_unfilled()) {
                Ok(read) => {
                    buffer.advance(read);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Gated {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut held = self.0.held();
        held.bytes.extend_from_slice(bytes);
        if held.open {
            held.send(&self.0.stream);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_open() {
            self.poll_rest(cx)
        } else {
            Poll::Ready(Ok(()))
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The connection ends when both of its handles are dropped.
        Poll::Ready(Ok(()))
    }
}
