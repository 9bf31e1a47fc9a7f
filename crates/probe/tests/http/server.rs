//! Servers written for one test each, on real TCP.

use std::{future::Future, net::SocketAddr, time::Duration};

use challenge_spec::model::Request;
use probe::{
    exchange::{Client, Exchanged},
    expression::{Scope, Seeds},
    request::{self, Prepared},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A listener on a free port; ends with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Hands each connection to `serve`.
    pub(crate) async fn start<F, Fut>(serve: F) -> Self
    where
        F: Fn(TcpStream) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        Self { address, task }
    }

    /// Reads a request's head, then answers with these bytes and closes.
    pub(crate) async fn saying(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |mut stream| {
            let bytes = bytes.clone();
            async move {
                head(&mut stream).await;
                let _ = stream.write_all(&bytes).await;
            }
        })
        .await
    }

    /// Reads a request's head, sends `first`, and then `again` for ever.
    pub(crate) async fn endless(first: &'static [u8], again: &'static [u8]) -> Self {
        Self::start(move |mut stream| async move {
            head(&mut stream).await;
            let _ = stream.write_all(first).await;
            while stream.write_all(again).await.is_ok() {}
        })
        .await
    }

    /// `GET /` with this deadline. The test fails where the client does not keep its word.
    pub(crate) async fn ask(&self, deadline: Duration) -> Exchanged {
        let client = Client::new(self.address);
        let request = Prepared::get("/", client.host()).unwrap();
        let exchange = client.exchange(&request, deadline);
        tokio::time::timeout(deadline + Duration::from_secs(20), exchange)
            .await
            .expect("the exchange ends by its deadline")
            .unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads up to the empty line; gives all that was read.
pub(crate) async fn head(stream: &mut TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    while !read.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => read.extend_from_slice(&chunk[..count]),
            _ => break,
        }
    }
    read
}

/// A request as an author writes it, ready to be sent.
pub(crate) fn prepared(client: &Client, request: serde_json::Value) -> Prepared {
    let request: Request = serde_json::from_value(request).unwrap();
    let scope = Scope::for_check(Seeds::new(1), "check", serde_json::Map::new());
    request::prepare(&request, &scope, client.host()).unwrap()
}
