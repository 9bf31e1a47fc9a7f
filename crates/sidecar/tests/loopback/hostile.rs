use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::stand::{SOON, Stand, call, prices};

#[tokio::test]
async fn a_body_is_read_as_far_as_it_is_bounded() {
    let stand = Stand::new(prices()).await;
    let mut sender = stand.connect().await;
    let small = "x".repeat(1024 * 1024);
    assert_eq!(call(&mut sender, "POST", "/", &small).await.unwrap().0, 404);
    let huge = "x".repeat(16 * 1024 * 1024);
    // The answer may be lost to the client, which is still writing.
    if let Ok((status, _)) = call(&mut stand.connect().await, "POST", "/", &huge).await {
        assert_eq!(status, 413);
    }
    assert_eq!(stand.get("/prices/a").await.0, 200);
}

#[tokio::test]
async fn a_head_is_bounded() {
    let stand = Stand::new(prices()).await;
    let mut stream = TcpStream::connect(stand.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx: ")
        .await
        .unwrap();
    let flood = vec![b'x'; 64 * 1024];
    let ended = async {
        // It is cut off in the end, whatever was said before.
        for _ in 0..1_000 {
            if stream.write_all(&flood).await.is_err() {
                return;
            }
        }
        panic!("64 MiB of a head were taken");
    };
    timeout(SOON, ended).await.unwrap();
    assert_eq!(stand.get("/prices/a").await.0, 200);
}

#[tokio::test]
async fn those_who_say_nothing_take_their_own_places_and_no_other() {
    let stand = Stand::new(prices()).await;
    let window = stand.begin().await;
    let mut kept = stand.connect().await;
    assert_eq!(
        call(&mut kept, "GET", "/prices/a", "").await.unwrap().0,
        200
    );
    let mut silent = Vec::new();
    for _ in 0..1_400 {
        let mut stream = TcpStream::connect(stand.address).await.unwrap();
        let _ = stream.write_all(b"GET /prices").await;
        silent.push(stream);
    }
    // Those that are beyond the bound are closed; who was there before is answered, and orders are heard.
    let mut one = silent.pop().unwrap();
    let mut said = Vec::new();
    let read = timeout(SOON, one.read_to_end(&mut said)).await.unwrap();
    assert!(read.is_err() || said.is_empty());
    assert_eq!(
        call(&mut kept, "GET", "/prices/a", "").await.unwrap().0,
        200
    );
    let journal = stand.end(window).await;
    assert_eq!(journal.calls, 2);
    assert_eq!(journal.connections_refused, 1_400 - 899);
    drop(silent);
    let again = async {
        loop {
            let mut sender = stand.connect().await;
            if let Ok((status, _)) = call(&mut sender, "GET", "/prices/a", "").await {
                return status;
            }
        }
    };
    assert_eq!(timeout(SOON, again).await.unwrap(), 200);
}

#[tokio::test]
async fn what_is_no_http_ends_its_own_connection() {
    let stand = Stand::new(prices()).await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\nzzz",
        b"GET /\0 HTTP/1.1\r\n\r\n",
        b"\r\n\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(stand.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut said = Vec::new();
        // A reset is an end too.
        let _ = timeout(SOON, stream.read_to_end(&mut said)).await.unwrap();
        assert_eq!(stand.get("/prices/a").await.0, 200);
    }
}
