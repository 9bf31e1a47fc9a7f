//! Undoing content encodings, bounded.

use std::{
    future::Future,
    io,
    pin::pin,
    task::{Context, Poll, Waker},
};

use async_compression::{
    tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder},
    zstd::DParameter,
};
use bytes::Bytes;
use http::HeaderMap;
use report::model::Trouble;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::allowance::{Allowance, Exceeded};

/// More codings than any server needs, and few enough to bound the work.
const MAX_CODINGS: usize = 3;

/// What RFC 9659 lets a server ask of a client: a window of 8 MiB.
const ZSTD_WINDOW_LOG: u32 = 23;

/// The body without its content codings; as it is where one of them is unknown.
pub(super) async fn decode(
    body: Bytes,
    headers: &HeaderMap,
    allowance: &Allowance,
) -> Result<Bytes, Trouble> {
    let mut codings = Vec::new();
    for value in headers.get_all(http::header::CONTENT_ENCODING) {
        let value = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        codings.extend(
            value
                .split(',')
                .map(|coding| coding.trim().to_owned())
                .filter(|coding| !coding.is_empty() && coding != "identity"),
        );
    }
    if codings.len() > MAX_CODINGS {
        return Err(Trouble::Invalid(format!(
            "{} content codings, one over another",
            codings.len()
        )));
    }
    let mut body = body;
    for coding in codings.iter().rev() {
        if body.is_empty() {
            break;
        }
        body = match coding.as_str() {
            "gzip" | "x-gzip" => {
                let mut decoder = GzipDecoder::new(&*body);
                decoder.multiple_members(true);
                bounded(decoder, coding, allowance).await?
            }
            "br" => bounded(BrotliDecoder::new(&*body), coding, allowance).await?,
            "zstd" => {
                let window = [DParameter::window_log_max(ZSTD_WINDOW_LOG)];
                let mut decoder = ZstdDecoder::with_params(&*body, &window);
                decoder.multiple_members(true);
                bounded(decoder, coding, allowance).await?
            }
            // By the standard zlib's format; some servers send the bare stream.
            "deflate" if is_zlib(&body) => {
                bounded(ZlibDecoder::new(&*body), coding, allowance).await?
            }
            "deflate" => bounded(DeflateDecoder::new(&*body), coding, allowance).await?,
            _ => break,
        };
    }
    Ok(body)
}

/// The same at once, for callers that cannot wait: decoding what is in memory waits for nothing.
pub(super) fn decode_now(
    body: Bytes,
    headers: &HeaderMap,
    allowance: &Allowance,
) -> Result<Bytes, Trouble> {
    let mut decoding = pin!(decode(body, headers, allowance));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        // Pending is only its stepping aside between chunks, whose number is bounded.
        if let Poll::Ready(decoded) = decoding.as_mut().poll(&mut context) {
            return decoded;
        }
    }
}

fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..]
        if first & 0xf == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31))
}

async fn bounded(
    mut decoder: impl AsyncRead + Unpin,
    coding: &str,
    allowance: &Allowance,
) -> Result<Bytes, Trouble> {
    let mut body = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = decoder
            .read(&mut chunk)
            .await
            .map_err(|error| broken(coding, &error))?;
        if read == 0 {
            return Ok(body.into());
        }
        allowance
            .take(body.len(), read)
            .map_err(|Exceeded(limit)| Trouble::TooLarge(limit as u64))?;
        body.extend_from_slice(&chunk[..read]);
        // Decoding never waits, so it would not let anything else run, the deadline included.
        tokio::task::yield_now().await;
    }
}

fn broken(coding: &str, error: &io::Error) -> Trouble {
    Trouble::Invalid(format!("the content coding `{coding}` is broken: {error}"))
}
