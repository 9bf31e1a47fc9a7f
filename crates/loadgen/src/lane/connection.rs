//! A connection, in clear or encrypted, and how one comes about.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    task::{Context, Poll},
    time::Instant,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Semaphore,
    time::timeout_at,
};
use tokio_rustls::client::TlsStream;

use crate::{
    target::{Tls, is_tls},
    trouble::Trouble,
};

/// How many connections of a worker are asked for at once: a listener's queue is not long, and what
/// does not fit in it is lost for a second.
const AT_ONCE: usize = 64;

/// Makes connections.
pub(crate) struct Connector {
    addresses: Vec<SocketAddr>,
    /// The address that answered last.
    good: AtomicUsize,
    tls: Option<Tls>,
    turns: Semaphore,
    opened: AtomicU64,
}

impl Connector {
    pub(crate) fn new(addresses: Vec<SocketAddr>, tls: Option<Tls>) -> Self {
        Self {
            addresses,
            good: AtomicUsize::new(0),
            tls,
            turns: Semaphore::new(AT_ONCE),
            opened: AtomicU64::new(0),
        }
    }

    /// How many connections there have been.
    pub(crate) fn opened(&self) -> u64 {
        self.opened.load(Ordering::Relaxed)
    }

    pub(crate) async fn connect(&self, until: Instant) -> Result<Connection, Trouble> {
        timeout_at(until.into(), self.connect_unbounded())
            .await
            .unwrap_or(Err(Trouble::TimedOut))
    }

    async fn connect_unbounded(&self) -> Result<Connection, Trouble> {
        // It is never closed.
        let _turn = self.turns.acquire().await;
        let stream = self.reach().await?;
        // Where it cannot be set, a request is merely sent later.
        let _ = stream.set_nodelay(true);
        self.opened.fetch_add(1, Ordering::Relaxed);
        let Some(tls) = &self.tls else {
            return Ok(Connection::Clear(stream));
        };
        let stream = tls
            .connector
            .connect(tls.name.clone(), stream)
            .await
            .map_err(|error| match error {
                error if is_tls(&error) => Trouble::Tls,
                error => Trouble::of_connection(&error),
            })?;
        Ok(Connection::Encrypted(Box::new(stream)))
    }

    /// Tries its addresses in turn, the last good one first.
    async fn reach(&self) -> Result<TcpStream, Trouble> {
        let first = self.good.load(Ordering::Relaxed);
        let mut trouble = Trouble::Unreachable;
        for step in 0..self.addresses.len() {
            let place = (first + step) % self.addresses.len();
            match TcpStream::connect(self.addresses[place]).await {
                Ok(stream) => {
                    self.good.store(place, Ordering::Relaxed);
                    return Ok(stream);
                }
                Err(error) => trouble = Trouble::of_connecting(&error),
            }
        }
        Err(trouble)
    }
}

/// A connection.
#[derive(Debug)]
pub(crate) enum Connection {
    Clear(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

impl Connection {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Clear(stream) => stream,
            Self::Encrypted(stream) => stream.get_ref().0,
        }
    }

    /// Whether something has happened to it while nothing was asked: it was closed, or it speaks
    /// unasked. Costs no call of the system as long as nothing has.
    pub(crate) fn is_disturbed(&self, cx: &mut Context<'_>) -> bool {
        if self.tcp().poll_read_ready(cx).is_pending() {
            return false;
        }
        if let Self::Clear(stream) = self {
            let mut one = [0];
            let read = stream.try_read(&mut one);
            return !matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        }
        // Encrypted connections speak unasked: tickets for the next one. An end shows when it is read.
        false
    }

    /// Ends one that has nothing more to say at once. Who ends a connection as usual keeps its port for a
    /// minute, and a server that leaves it to its clients would use up those of this machine.
    pub(crate) fn end(self) {
        let _ = self.tcp().set_zero_linger();
    }

    /// The version of HTTP that was agreed on is HTTP/2.
    pub(crate) fn agreed_on_http2(&self) -> bool {
        match self {
            Self::Clear(_) => true,
            Self::Encrypted(stream) => stream.get_ref().1.alpn_protocol() == Some(b"h2"),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Encrypted(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Encrypted(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_flush(cx),
            Self::Encrypted(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Encrypted(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
