//! Servers as they should be.

use std::time::Duration;

use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZstdEncoder};
use probe::exchange::Client;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::mpsc,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, body_string, header, method, path, query_param},
};

use crate::server::{Server, head, prepared};

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_request_arrives_as_it_was_written() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/orders/a%20b"))
        .and(query_param("q", "x y&z"))
        .and(header("content-type", "application/json"))
        .and(header("idempotency-key", "k 1"))
        .and(body_json(json!({ "n": 2, "s": "ü" })))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({ "id": 1 })))
        .mount(&server)
        .await;
    let client = Client::new(*server.address());
    let request = prepared(
        &client,
        json!({ "send": "POST /orders/a b", "query": { "q": "x y&z" }, "headers": { "Idempotency-Key": "k {{ 1 }}" },
                "json": { "n": "{{ 1 + 1 }}", "s": "ü" } }),
    );
    let exchanged = client.exchange(&request, LONG).await.unwrap();
    let answer = exchanged.whole().unwrap();
    assert_eq!(answer.status, 201);
    assert_eq!(&answer.body[..], br#"{"id":1}"#);
    assert_eq!(answer.header("Content-Type").unwrap(), "application/json");
}

#[tokio::test]
async fn a_form_arrives_as_a_form() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string("a+b=1%262&c=x&c=y"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    let client = Client::new(*server.address());
    let form = json!({ "send": "PUT /f", "form": { "a b": "1&2", "c": ["x", "y"] } });
    let exchanged = client
        .exchange(&prepared(&client, form), LONG)
        .await
        .unwrap();
    assert_eq!(exchanged.whole().unwrap().status, 204);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = MockServer::start().await;
    Mock::given(path("/from"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", "/to"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/to"))
        .respond_with(ResponseTemplate::new(200))
        .expect(0)
        .mount(&server)
        .await;
    let client = Client::new(*server.address());
    let request = prepared(&client, json!({ "send": "GET /from" }));
    let exchanged = client.exchange(&request, LONG).await.unwrap();
    assert_eq!(exchanged.whole().unwrap().status, 302);
}

/// Every byte of a request is decided before it is sent, and a burst sends the same.
#[tokio::test]
async fn alone_and_in_a_burst_the_same_bytes_are_sent() {
    let (heard, mut hears) = mpsc::unbounded_channel();
    let server = Server::start(move |mut stream| {
        let heard = heard.clone();
        async move {
            let mut bytes = head(&mut stream).await;
            while !bytes.ends_with(b"}") {
                let mut chunk = vec![0; 65536];
                let read = stream.read(&mut chunk).await.unwrap();
                bytes.extend_from_slice(&chunk[..read]);
            }
            heard.send(bytes).unwrap();
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .await;
        }
    })
    .await;
    let client = Client::new(server.address);
    let long = "x".repeat(900_000);
    for text in [json!(["short"]), json!([long, long, long, long])] {
        let request = prepared(
            &client,
            json!({ "send": "DELETE /a?b=1", "query": { "c": 2 }, "headers": { "x-api-key": "s", "Accept": "text/html" },
                    "json": { "text": text } }),
        );
        let one = client.exchange(&request, LONG).await.unwrap();
        assert_eq!(one.whole().unwrap().status, 200);
        let many = client
            .burst(&[request.clone(), request], LONG)
            .await
            .unwrap();
        assert!(many.iter().all(|one| one.whole().is_some()));
        let expected = format!(
            "DELETE /a?b=1&c=2 HTTP/1.1\r\nHost: {}\r\nUser-Agent: tryout/{}\r\nX-Api-Key: s\r\nAccept: text/html\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{{\"text\":{text}}}",
            server.address,
            env!("CARGO_PKG_VERSION"),
            text.to_string().len() + 9,
        );
        for _ in 0..3 {
            assert!(hears.recv().await.unwrap() == expected.as_bytes());
        }
    }
}

#[tokio::test]
async fn encodings_are_undone() {
    let text = b"{\"a\": \"text that is encoded\"}";
    let (mut gzip, mut br, mut zstd) = (vec![], vec![], vec![]);
    let mut encoder = GzipEncoder::new(&mut gzip);
    encoder.write_all(text).await.unwrap();
    encoder.shutdown().await.unwrap();
    let mut encoder = BrotliEncoder::new(&mut br);
    encoder.write_all(&gzip).await.unwrap();
    encoder.shutdown().await.unwrap();
    let mut encoder = ZstdEncoder::new(&mut zstd);
    encoder.write_all(text).await.unwrap();
    encoder.shutdown().await.unwrap();
    for (coding, body) in [
        ("gzip", &gzip[..]),
        ("gzip, br", &br),
        ("ZSTD", &zstd),
        ("identity", text),
        ("unheard-of", text),
    ] {
        let mut answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        answer.extend_from_slice(body);
        let exchanged = Server::saying(answer).await.ask(LONG).await;
        assert_eq!(&exchanged.whole().unwrap().body[..], text, "{coding}");
    }
}

#[tokio::test]
async fn answers_without_a_body_end() {
    for (line, status) in [("204 No Content", 204), ("304 Not Modified", 304)] {
        let answer = format!("HTTP/1.1 {line}\r\nContent-Encoding: gzip\r\n\r\n");
        let server = Server::start(move |mut stream| {
            let answer = answer.clone();
            async move {
                head(&mut stream).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                // Kept open, as a server that keeps connections does.
                std::future::pending::<()>().await;
            }
        })
        .await;
        let exchanged = server.ask(LONG).await;
        assert_eq!(exchanged.whole().unwrap().status, status);
    }
}

#[tokio::test]
async fn head_has_no_body() {
    let server = Server::start(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
            .await;
        std::future::pending::<()>().await;
    })
    .await;
    let client = Client::new(server.address);
    let request = prepared(&client, json!({ "send": "HEAD /" }));
    let exchanged = client.exchange(&request, LONG).await.unwrap();
    assert_eq!(exchanged.whole().unwrap().status, 200);
}

/// An app that refuses a large request may answer before it has read it.
#[tokio::test]
async fn an_answer_counts_though_the_request_was_not_read() {
    let server = Server::start(|mut stream| async move {
        head(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            .await;
        std::future::pending::<()>().await;
    })
    .await;
    let client = Client::new(server.address);
    let request = prepared(
        &client,
        json!({ "send": "POST /", "body": "x".repeat(30 << 15) }),
    );
    let exchanged = client.exchange(&request, LONG).await.unwrap();
    assert_eq!(exchanged.whole().unwrap().status, 413);
}
