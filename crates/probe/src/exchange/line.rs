//! One connection with one request: laid ready, sent, answered.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::Incoming,
    client::conn::http1::{self, Connection, SendRequest},
};
use hyper_util::rt::TokioIo;
use report::model::Trouble;
use tokio::net::TcpStream;

use super::{
    Allowance, Received,
    allowance::Exceeded,
    decode, failure,
    gate::{Gate, Gated},
};
use crate::request::Prepared;

/// How large the head of an answer may be; also what is read of a body at once.
const HEAD_LIMIT: usize = 128 * 1024;

/// How many headers an answer may have.
const MAX_HEADERS: usize = 256;

type Body = Full<Bytes>;
type Driver = Pin<Box<Connection<TokioIo<Gated>, Body>>>;
type Response = Pin<Box<dyn Future<Output = hyper::Result<http::Response<Incoming>>> + Send>>;

/// A connection on which a request lies ready, or has been sent.
pub(crate) struct Line {
    gate: Gate,
    connection: Option<Driver>,
    response: Response,
    /// Dropping it would end the connection.
    _sender: SendRequest<Body>,
}

/// An answer while it comes in.
#[derive(Default)]
pub(crate) struct Arriving {
    head: Option<(StatusCode, HeaderMap)>,
    body: Vec<u8>,
}

impl Line {
    /// Lays a request ready; nothing of it is sent.
    pub(crate) async fn load(stream: TcpStream, request: &Prepared) -> Result<Self, Trouble> {
        let gate = Gate::shut(stream);
        let (mut sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            .max_headers(MAX_HEADERS)
            .max_buf_size(HEAD_LIMIT)
            .handshake::<_, Body>(TokioIo::new(gate.gated()))
            .await
            .map_err(|error| failure::trouble(&error))?;
        let response = Box::pin(sender.send_request(http_request(request)));
        let mut line = Self {
            gate,
            connection: Some(Box::pin(connection)),
            response,
            _sender: sender,
        };
        // Nothing but the gate is waited for here, and a shut gate takes everything at once.
        poll_fn(|cx| {
            line.poll_connection(cx);
            if line.connection.is_none() || line.gate.holds(request.body.len()) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        Ok(line)
    }

    /// Sends the request, without waiting.
    pub(crate) fn fire(&self) {
        self.gate.open();
    }

    /// Reads the answer into `arriving`. Does not end by itself where the app does not end.
    pub(crate) async fn answer(
        mut self,
        arriving: &mut Arriving,
        allowance: &Allowance,
    ) -> Result<(), Trouble> {
        let response = poll_fn(|cx| {
            self.poll_connection(cx);
            self.response.as_mut().poll(cx)
        })
        .await
        .map_err(|error| failure::trouble(&error))?;
        let (head, mut body) = response.into_parts();
        arriving.head = Some((head.status, head.headers));
        loop {
            let mut frame = pin!(body.frame());
            let frame = poll_fn(|cx| {
                self.poll_connection(cx);
                frame.as_mut().poll(cx)
            })
            .await;
            let Some(frame) = frame else { return Ok(()) };
            let frame = frame.map_err(|error| failure::trouble(&error))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            allowance
                .take(arriving.body.len(), data.len())
                .map_err(|Exceeded(limit)| Trouble::TooLarge(limit as u64))?;
            arriving.body.extend_from_slice(&data);
        }
    }

    /// What goes wrong with the connection is told by the answer.
    fn poll_connection(&mut self, cx: &mut std::task::Context<'_>) {
        if let Some(connection) = &mut self.connection
            && connection.as_mut().poll(cx).is_ready()
        {
            self.connection = None;
        }
    }
}

impl Arriving {
    /// The answer as far as it came.
    pub(crate) fn cut(self) -> Option<Received> {
        let (status, headers) = self.head?;
        Some(Received {
            status,
            headers,
            body: self.body.into(),
        })
    }

    /// The whole answer without its content encoding; as far as it came where that is broken.
    pub(crate) async fn whole(
        mut self,
        allowance: &Allowance,
    ) -> (Option<Received>, Option<Trouble>) {
        let Some((_, headers)) = &self.head else {
            return (None, None);
        };
        let body = Bytes::from(std::mem::take(&mut self.body));
        let (body, trouble) = match decode::decode(body.clone(), headers, allowance).await {
            Ok(body) => (body, None),
            Err(trouble) => (body, Some(trouble)),
        };
        let received = self.cut().map(|received| Received { body, ..received });
        (received, trouble)
    }
}

fn http_request(request: &Prepared) -> http::Request<Body> {
    let mut sent = http::Request::new(Full::new(request.body.clone()));
    *sent.method_mut() = request.method.clone();
    *sent.uri_mut() = request.target.clone();
    *sent.headers_mut() = request.headers.clone();
    sent
}
