//! Requests of HTTP/2: several at once on a connection, which is hyper's.

use std::{
    error::Error as _,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{sync::Mutex, time::timeout_at};

use super::Ground;
use crate::{
    expectation::{Kept, Whole},
    request::Encoded,
    trouble::Trouble,
};

/// How long a head may be.
const LONGEST_HEAD: u32 = 128 * 1024;

/// How much of bodies is under way at most, of a stream and of a connection.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 4 << 20;

type Sender = SendRequest<Full<Bytes>>;

/// A connection that several lanes share; none before the first request and after its end.
pub(crate) type Shared = Arc<Mutex<Option<Sender>>>;

/// A share of a connection.
pub(crate) struct Http2 {
    ground: Arc<Ground>,
    shared: Shared,
}

impl Http2 {
    pub(crate) fn new(ground: Arc<Ground>, shared: Shared) -> Self {
        Self { ground, shared }
    }

    /// Connects, unless it is connected; whether it had to.
    pub(crate) async fn ready(&mut self, until: Instant) -> Result<bool, Trouble> {
        self.sender(until).await.map(|(_, fresh)| fresh)
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn exchange(
        &mut self,
        request: &Encoded,
        until: Instant,
        keep: Option<usize>,
    ) -> Result<Whole, Trouble> {
        let mut again = true;
        loop {
            let (sender, _) = self.sender(until).await?;
            let talk = self.talk(sender, request, keep);
            match timeout_at(until.into(), talk).await {
                Err(_) => return Err(Trouble::TimedOut),
                // It was never sent: the connection had ended.
                Ok(Err(error)) if again && error.is_canceled() => {
                    self.ground.resent();
                    again = false;
                }
                Ok(Err(error)) => return Err(trouble(&error)),
                Ok(Ok(whole)) => return Ok(whole),
            }
        }
    }

    async fn sender(&self, until: Instant) -> Result<(Sender, bool), Trouble> {
        // Its holder connects, and that has an end.
        let mut shared = self.shared.lock().await;
        if let Some(sender) = shared.as_ref().filter(|sender| !sender.is_closed()) {
            return Ok((sender.clone(), false));
        }
        let connection = self.ground.connector.connect(until).await?;
        if !connection.agreed_on_http2() {
            return Err(Trouble::Tls);
        }
        let handshake = Builder::new(TokioExecutor::new())
            .max_header_list_size(LONGEST_HEAD)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .handshake(TokioIo::new(connection));
        let (sender, driver) = timeout_at(until.into(), handshake)
            .await
            .map_err(|_| Trouble::TimedOut)?
            .map_err(|error| trouble(&error))?;
        // What goes wrong with it is told by its requests.
        tokio::spawn(driver);
        *shared = Some(sender.clone());
        Ok((sender, true))
    }

    async fn talk(
        &self,
        mut sender: Sender,
        request: &Encoded,
        keep: Option<usize>,
    ) -> Result<Whole, hyper::Error> {
        sender.ready().await?;
        let sent = request.parts.clone().map(Full::new);
        let (head, mut body) = sender.send_request(sent).await?.into_parts();
        let mut whole = Whole {
            status: head.status.as_u16(),
            length: 0,
            kept: keep.map(Kept::new),
            cost: Duration::ZERO,
        };
        if let Some(kept) = &mut whole.kept {
            kept.headers = head.headers;
        }
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            self.ground.received(data.len());
            whole.length += data.len() as u64;
            if let Some(kept) = &mut whole.kept {
                kept.keep(&data);
            }
        }
        Ok(whole)
    }
}

fn trouble(error: &hyper::Error) -> Trouble {
    let io = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>());
    match io {
        Some(io) if io.kind() == io::ErrorKind::InvalidData => Trouble::BadAnswer,
        Some(io) => Trouble::of_connection(io),
        None if error.is_closed() || error.is_canceled() || error.is_incomplete_message() => {
            Trouble::ClosedEarly
        }
        None => of_protocol(error),
    }
}

/// What the protocol itself says, which hyper hands on as the cause in words only.
fn of_protocol(error: &hyper::Error) -> Trouble {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    if said.contains("broken pipe") || said.contains("connection reset") {
        Trouble::Reset
    } else if said.contains("reset") || said.contains("refused") || said.contains("go away") {
        // A stream that the server ended.
        Trouble::ClosedEarly
    } else {
        Trouble::BadAnswer
    }
}
