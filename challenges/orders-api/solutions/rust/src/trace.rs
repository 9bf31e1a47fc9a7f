//! What holds for every request: it has an id, it is answered, and it leaves one line in the log.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tokio::time::timeout;
use tracing::Instrument;
use uuid::Uuid;

use crate::{error::Problem, headers::is_visible};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MAX_REQUEST_ID: usize = 128;
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

/// Writes the log to standard output, a JSON object a line.
pub fn start_log() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .init();
}

/// Gives every answer a request id, and writes a line for each. Whatever else is logged on the way
/// has the id in its `span`.
pub async fn trace(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let request_id = request_id(request.headers());

    let span = tracing::info_span!("request", request_id);
    let mut response = next.run(request).instrument(span).await;

    tracing::info!(
        request_id,
        method = method.as_str(),
        path,
        status = response.status().as_u16(),
        duration_ms = started.elapsed().as_micros() as f64 / 1000.0,
        "answered"
    );
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Answers also where a handler panics or takes too long. What such a handler has begun in the
/// database is rolled back.
pub async fn always_answer(request: Request, next: Next) -> Response {
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    match timeout(ANSWER_WITHIN, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Problem::internal().into_response(),
        Err(_) => Problem::unavailable().into_response(),
    }
}

/// The client's own if it is one, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .filter(|id| is_visible(id, MAX_REQUEST_ID))
        .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}
