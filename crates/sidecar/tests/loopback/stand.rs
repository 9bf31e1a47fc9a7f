use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, client::conn::http1::SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sidecar::{
    control::{obey, steer},
    protocol::{Answer, Behaviour, Body, Journal, Order, Route},
    stub::Stub,
};
use tokio::net::{TcpListener, TcpStream, UnixListener};

/// For anything that should be there at once.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// A stub that stands until the test's runtime ends.
pub(crate) struct Stand {
    pub(crate) address: SocketAddr,
    pub(crate) socket: PathBuf,
    _folder: tempfile::TempDir,
}

impl Stand {
    pub(crate) async fn new(behaviour: Behaviour) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("stub");
        let stub = Stub::new(behaviour).unwrap();
        let control = UnixListener::bind(&socket).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = stub.clone();
        tokio::spawn(async move { serving.serve(listener).await });
        tokio::spawn(async move { obey(&stub, control).await });
        Self {
            address,
            socket,
            _folder: folder,
        }
    }

    pub(crate) async fn order(&self, order: &Order) -> Answer {
        let order = serde_json::to_string(order).unwrap();
        let answer = steer(&self.socket, &order).await.unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    pub(crate) async fn begin(&self) -> u64 {
        match self.order(&Order::Begin).await {
            Answer::Begun { window } => window,
            answer => panic!("{answer:?}"),
        }
    }

    pub(crate) async fn end(&self, window: u64) -> Journal {
        match self.order(&Order::End { window }).await {
            Answer::Counted(journal) => journal,
            answer => panic!("{answer:?}"),
        }
    }

    pub(crate) async fn connect(&self) -> SendRequest<Full<Bytes>> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let shaken = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (sender, connection) = shaken.await.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// The status and the body, as JSON where it is that.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        call(&mut self.connect().await, "GET", path, "")
            .await
            .unwrap()
    }
}

pub(crate) async fn call(
    sender: &mut SendRequest<Full<Bytes>>,
    method: &str,
    path: &str,
    body: &str,
) -> hyper::Result<(u16, Value)> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "pricing")
        .body(Full::new(Bytes::from(body.to_owned())))
        .unwrap();
    let answer = sender.send_request(request).await?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await?.to_bytes();
    Ok((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

pub(crate) fn route(on: &str, json: Value) -> Route {
    Route {
        on: on.to_owned(),
        status: 200,
        headers: BTreeMap::new(),
        body: Body::Json(json),
        latency: None,
        errors: None,
    }
}

pub(crate) fn prices() -> Behaviour {
    Behaviour {
        seed: 1,
        routes: vec![route(
            "GET /prices/{sku}",
            json!({ "sku": "{sku}", "price_cents": 1000 }),
        )],
        per_second: None,
    }
}
