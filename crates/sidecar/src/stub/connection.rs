//! One connection to a stub.

use std::{io, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::Incoming,
    header::{self, HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use super::{Stub, answer::Reply};

/// From the end of one request to the head of the next: longer than clients keep a connection unused.
const HEAD_WITHIN: Duration = Duration::from_secs(300);
/// From the head of a request to the end of its body.
const BODY_WITHIN: Duration = Duration::from_secs(60);
/// Of a head, in bytes.
const HEAD: usize = 16 * 1024;
/// Of a request's body, in bytes; it is read and not kept.
const BODY: usize = 4 * 1024 * 1024;

/// Answers what comes on it until it is closed.
pub(super) async fn serve(stub: &Stub, stream: TcpStream) {
    // Small answers are not to wait for one another.
    let _ = stream.set_nodelay(true);
    let answering = service_fn(|request| answer(stub, request));
    let ended = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), answering)
        .await;
    // However it ended, it is the caller's: there is nobody to tell.
    drop(ended);
}

/// In the error, the connection is closed without an answer.
async fn answer(stub: &Stub, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (method, path) = (request.method().as_str(), request.uri().path());
    // Counted before anything is read or waited for, and until it is answered or given up.
    let mut call = stub.counting.call(method, path);
    let reply = stub.reply(method, path);
    let reply = match tokio::time::timeout(BODY_WITHIN, read(request.into_body())).await {
        Ok(Ok(())) => {
            tokio::time::sleep(reply.after).await;
            reply
        }
        Ok(Err(Unread::TooLarge)) => Reply::saying(413, "the body is too large"),
        Ok(Err(Unread::Broken)) => Reply::default(),
        Err(_) => Reply::saying(408, "the body did not come"),
    };
    let Some(status) = reply.status else {
        return Err(io::ErrorKind::ConnectionAborted.into());
    };
    call.answered(status);
    Ok(response(reply, status))
}

/// Why a body was not read to its end.
enum Unread {
    TooLarge,
    Broken,
}

async fn read(mut body: Incoming) -> Result<(), Unread> {
    let mut left = BODY;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        let length = frame.data_ref().map_or(0, Bytes::len);
        left = left.checked_sub(length).ok_or(Unread::TooLarge)?;
    }
    Ok(())
}

fn response(reply: Reply, status: u16) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = status.try_into().unwrap_or_default();
    let headers = response.headers_mut();
    if let Some(kind) = reply.content_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
    response
}
