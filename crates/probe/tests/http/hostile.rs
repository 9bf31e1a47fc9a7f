//! Whatever an app does, an exchange ends in bounded time and memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_compression::{
    Level,
    tokio::write::{BrotliEncoder, DeflateEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder},
    zstd::CParameter,
};
use probe::exchange::{ANSWER_LIMIT, Exchanged};
use report::model::Trouble;
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};

use crate::server::{Server, head};

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(300);

fn assert_timed_out(exchanged: &Exchanged) {
    assert_eq!(exchanged.trouble, Some(Trouble::TimedOut(300)));
    assert!(exchanged.whole().is_none());
}

fn assert_invalid(exchanged: &Exchanged, word: &str) {
    match &exchanged.trouble {
        Some(Trouble::Invalid(why)) => assert!(why.contains(word), "{why}"),
        other => panic!("{other:?}"),
    }
}

fn assert_closed(exchanged: &Exchanged) {
    assert!(
        matches!(&exchanged.trouble, Some(Trouble::Closed(_))),
        "{:?}",
        exchanged.trouble
    );
}

fn assert_too_large(exchanged: &Exchanged) {
    let limit = Trouble::TooLarge(ANSWER_LIMIT as u64);
    assert_eq!(exchanged.trouble, Some(limit));
}

#[tokio::test]
async fn nothing_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = probe::exchange::Client::new(address);
    let request = probe::request::Prepared::get("/", client.host()).unwrap();
    let exchanged = client.exchange(&request, LONG).await.unwrap();
    assert!(
        matches!(&exchanged.trouble, Some(Trouble::Refused(_))),
        "{:?}",
        exchanged.trouble
    );
    let burst = client
        .burst(&[request.clone(), request], LONG)
        .await
        .unwrap();
    assert!(
        burst
            .iter()
            .all(|one| matches!(&one.trouble, Some(Trouble::Refused(_))))
    );
}

#[tokio::test]
async fn it_never_accepts() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = probe::exchange::Client::new(listener.local_addr().unwrap());
    let request = probe::request::Prepared::get("/", client.host()).unwrap();
    assert_timed_out(&client.exchange(&request, SHORT).await.unwrap());
}

#[tokio::test]
async fn it_never_answers() {
    let server = Server::start(|mut stream| async move {
        head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    assert_timed_out(&server.ask(SHORT).await);
}

#[tokio::test]
async fn it_answers_a_byte_at_a_time() {
    let server = Server::start(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            .await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let exchanged = server.ask(SHORT).await;
    assert_timed_out(&exchanged);
    let part = exchanged.answer.unwrap();
    assert_eq!(part.status, 200);
    assert!(!part.body.is_empty() && part.body.len() < 1000);
}

#[tokio::test]
async fn its_head_comes_a_byte_at_a_time() {
    let server = Server::start(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let exchanged = server.ask(SHORT).await;
    assert_timed_out(&exchanged);
    assert!(exchanged.answer.is_none());
}

#[tokio::test]
async fn its_headers_never_end() {
    let many = Server::endless(b"HTTP/1.1 200 OK\r\n", b"X-Again: again\r\n").await;
    assert_invalid(&many.ask(LONG).await, "headers");
    let one = Server::endless(b"HTTP/1.1 200 OK\r\nX: ", b"xxxxxxxxxxxxxxxx").await;
    assert_invalid(&one.ask(LONG).await, "headers");
}

#[tokio::test]
async fn interim_answers_never_end() {
    let server = Server::endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").await;
    assert_timed_out(&server.ask(SHORT).await);
}

#[tokio::test]
async fn some_interim_answers_are_passed_over() {
    let mut bytes = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n".to_vec();
    bytes.extend_from_slice(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok");
    let exchanged = Server::saying(bytes).await.ask(LONG).await;
    assert_eq!(exchanged.whole().unwrap().status, 201);
}

/// Counts what the server could write before the client had had enough.
#[tokio::test]
async fn its_body_never_ends() {
    for first in [
        &b"HTTP/1.1 200 OK\r\n\r\n"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    ] {
        let written = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&written);
        let server = Server::start(move |mut stream| {
            let count = Arc::clone(&count);
            async move {
                head(&mut stream).await;
                let _ = stream.write_all(first).await;
                while stream.write_all(&[b'x'; 4096]).await.is_ok() {
                    count.fetch_add(4096, Ordering::Relaxed);
                }
            }
        })
        .await;
        assert_too_large(&server.ask(LONG).await);
        // The rest lies in the sockets' buffers.
        assert!(written.load(Ordering::Relaxed) < 8 * ANSWER_LIMIT);
    }
}

#[tokio::test]
async fn its_chunks_never_end() {
    let tiny = Server::endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"40\r\n0123456789012345678901234567890123456789012345678901234567890123\r\n",
    )
    .await;
    assert_too_large(&tiny.ask(LONG).await);
    let extensions = Server::endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1",
        b";a=b",
    )
    .await;
    assert_invalid(&extensions.ask(LONG).await, "chunk");
    let trailers = Server::endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"X-Again: again\r\n",
    )
    .await;
    assert_invalid(&trailers.ask(LONG).await, "");
}

#[tokio::test]
async fn its_chunks_are_broken() {
    for body in ["zz\r\nab\r\n", "1\r\nabc\r\n", "fffffffffffffffff\r\n"] {
        let answer = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        assert_invalid(&Server::saying(answer).await.ask(LONG).await, "");
    }
}

#[tokio::test]
async fn it_speaks_no_http() {
    for garbage in [
        &b"<html>hello</html>\r\n"[..],
        b"\x16\x03\x01\x00\xee\x01\x00\x00\xea\x03\x03",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na",
    ] {
        let exchanged = Server::saying(garbage).await.ask(LONG).await;
        assert_invalid(&exchanged, "");
        assert!(exchanged.answer.is_none());
    }
}

#[tokio::test]
async fn it_closes_too_early() {
    for part in [
        &b""[..],
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    ] {
        let exchanged = Server::saying(part).await.ask(LONG).await;
        assert_closed(&exchanged);
        assert_eq!(
            exchanged.answer.map(|answer| answer.body.to_vec()),
            (part.len() > 20).then(|| b"abc".to_vec())
        );
    }
}

#[tokio::test]
async fn it_resets_the_connection() {
    let server = Server::start(|stream| async move {
        // Closing with a request unread resets.
        stream.readable().await.unwrap();
        drop(stream);
    })
    .await;
    assert_closed(&server.ask(LONG).await);
}

async fn zeros(mut encoder: impl AsyncWrite + Unpin, mebibytes: usize) {
    let zeros = vec![0; 1024 * 1024];
    for _ in 0..mebibytes {
        encoder.write_all(&zeros).await.unwrap();
    }
    encoder.shutdown().await.unwrap();
}

fn encoded(coding: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    answer
}

#[tokio::test]
async fn its_body_is_a_bomb() {
    let (mut gzip, mut br, mut zstd, mut zlib, mut bare) = (vec![], vec![], vec![], vec![], vec![]);
    zeros(GzipEncoder::new(&mut gzip), 64).await;
    zeros(BrotliEncoder::with_quality(&mut br, Level::Precise(3)), 64).await;
    zeros(ZstdEncoder::new(&mut zstd), 64).await;
    zeros(ZlibEncoder::new(&mut zlib), 64).await;
    zeros(DeflateEncoder::new(&mut bare), 64).await;
    let mut twice = vec![];
    let mut encoder = GzipEncoder::new(&mut twice);
    encoder.write_all(&gzip).await.unwrap();
    encoder.shutdown().await.unwrap();
    for (coding, bomb) in [
        ("gzip", gzip),
        ("br", br),
        ("zstd", zstd),
        ("deflate", zlib),
        ("deflate", bare),
        ("gzip, gzip", twice),
    ] {
        assert!(bomb.len() < ANSWER_LIMIT, "{coding} is a bomb");
        let exchanged = Server::saying(encoded(coding, &bomb)).await.ask(LONG).await;
        assert_too_large(&exchanged);
    }
}

#[tokio::test]
async fn its_zstd_asks_for_too_much_memory() {
    let mut body = vec![];
    let window = [CParameter::window_log(27)];
    zeros(
        ZstdEncoder::with_quality_and_params(&mut body, Level::Fastest, &window),
        1,
    )
    .await;
    let exchanged = Server::saying(encoded("zstd", &body)).await.ask(LONG).await;
    assert_invalid(&exchanged, "zstd");
}

#[tokio::test]
async fn its_encoding_is_broken() {
    for coding in ["gzip", "br", "zstd", "deflate", "gzip,gzip,gzip,gzip"] {
        let answer = encoded(coding, b"no such thing");
        assert_invalid(&Server::saying(answer).await.ask(LONG).await, "coding");
    }
}

/// The bodies of a burst share an allowance: 200 answers of 4 MiB do not fit into it.
#[tokio::test]
async fn a_burst_is_bounded_as_a_whole() {
    let server = Server::start(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n")
            .await;
        let _ = stream.write_all(&vec![b'x'; 4_000_000]).await;
    })
    .await;
    let client = probe::exchange::Client::new(server.address);
    let request = probe::request::Prepared::get("/", client.host()).unwrap();
    let began = Instant::now();
    let answers = client.burst(&vec![request; 60], LONG).await.unwrap();
    let read: usize = answers
        .iter()
        .filter_map(|one| Some(one.answer.as_ref()?.body.len()))
        .sum();
    assert!(read <= probe::exchange::BURST_LIMIT, "{read}");
    assert!(answers.iter().any(|one| one.trouble.is_some()));
    assert!(began.elapsed() < LONG);
}
