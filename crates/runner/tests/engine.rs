//! Connecting to an engine. Needs one; fails where there is none.

use std::io::{Read, Write};

use runner::{Engine, RunnerError};

#[tokio::test]
async fn the_engine_here_answers_and_is_new_enough() {
    let engine = Engine::connect()
        .await
        .expect("a container engine is needed");
    let facts = engine.facts();
    assert!(facts.name.contains(' '), "{facts:?}");
    assert!(facts.platform.starts_with("linux/"), "{facts:?}");
    let (major, minor) = facts.api.split_once('.').unwrap();
    assert!((major, minor.parse::<u32>().unwrap()) >= ("1", 41));
}

#[tokio::test]
async fn an_address_without_an_engine_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("unix://{}/no.sock", folder.path().display());
    match Engine::connect_to(&address).await {
        Err(RunnerError::NoEngine { address: named, .. }) => assert_eq!(named, address),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_address_of_an_unknown_kind_is_no_engine() {
    let error = Engine::connect_to("gopher://localhost").await.unwrap_err();
    assert!(matches!(error, RunnerError::NoEngine { .. }), "{error:?}");
}

#[tokio::test]
async fn an_engine_of_long_ago_is_refused_with_both_versions() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut peer, _) = listener.accept().unwrap();
            let mut seen = Vec::new();
            let mut byte = [0];
            while !seen.ends_with(b"\r\n\r\n") && peer.read(&mut byte).unwrap() == 1 {
                seen.push(byte[0]);
            }
            let body = r#"{"ApiVersion":"1.39","Version":"18.09.1","Os":"linux","Arch":"amd64"}"#;
            write!(
                peer,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
    });
    let error = Engine::connect_to(&address).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Docker Engine 18.09.1 speaks API 1.39; 1.41 or newer is needed"
    );
    server.join().unwrap();
}
