//! What only a burst shows.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use probe::exchange::{Client, Exchanged};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::{Barrier, oneshot},
};

use crate::server::{Server, head, prepared};

const LONG: Duration = Duration::from_secs(30);

async fn answer(stream: &mut TcpStream, status: u16) {
    let text = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
    let _ = stream.write_all(text.as_bytes()).await;
}

/// Where a shop keeps its stock; what is read and written is a line.
#[derive(Clone, Copy)]
struct Database(SocketAddr);

impl Database {
    async fn start() -> (Self, Server) {
        let stock = Arc::new(AtomicI64::new(1));
        let server = Server::start(move |stream| {
            let stock = Arc::clone(&stock);
            async move {
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                while stream.read_line(&mut line).await.unwrap() > 0 {
                    if let Ok(number) = line.trim().parse() {
                        stock.store(number, Ordering::SeqCst);
                    }
                    let now = format!("{}\n", stock.load(Ordering::SeqCst));
                    // As long as a commit takes.
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    stream.write_all(now.as_bytes()).await.unwrap();
                    line.clear();
                }
            }
        })
        .await;
        (Self(server.address), server)
    }

    async fn ask(&self, question: &str) -> i64 {
        let mut stream = BufReader::new(TcpStream::connect(self.0).await.unwrap());
        stream.write_all(question.as_bytes()).await.unwrap();
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        line.trim().parse().unwrap()
    }

    async fn read(&self) -> i64 {
        self.ask("read\n").await
    }

    async fn write(&self, stock: i64) {
        self.ask(&format!("{stock}\n")).await;
    }
}

/// Sells what it believes to have: it looks at the stock, and then writes what it has worked out.
async fn shop(stock: Database) -> Server {
    Server::start(move |mut stream| async move {
        head(&mut stream).await;
        let seen = stock.read().await;
        if seen < 1 {
            return answer(&mut stream, 409).await;
        }
        stock.write(seen - 1).await;
        answer(&mut stream, 201).await;
    })
    .await
}

/// How many of the orders of a burst the shop took; it has one piece to sell.
async fn sold(shop: SocketAddr, times: usize) -> usize {
    let client = Client::new(shop);
    let order = prepared(
        &client,
        json!({ "send": "POST /orders", "json": { "n": 1 } }),
    );
    let answers = client.burst(&vec![order; times], LONG).await.unwrap();
    let created = |one: &&Exchanged| one.whole().unwrap().status == 201;
    answers.iter().filter(created).count()
}

/// The shop runs beside the client, on a thread of its own, and asks a database on another.
#[tokio::test]
async fn a_check_then_update_race_shows_every_time() {
    let (_database_thread, database) = beside(async {
        let (database, server) = Database::start().await;
        (database.0, server)
    });
    for _ in 0..20 {
        Database(database).write(1).await;
        let (_shop_thread, shop) = beside(async move {
            let server = shop(Database(database)).await;
            (server.address, server)
        });
        let sold = sold(shop, 40).await;
        assert!(sold > 1, "sold {sold} of 1");
    }
}

/// Runs a server on a thread of its own until the first value is dropped.
fn beside(
    start: impl Future<Output = (SocketAddr, Server)> + Send + 'static,
) -> (oneshot::Sender<()>, SocketAddr) {
    let (end, ended) = oneshot::channel();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                let (address, _server) = start.await;
                tell.send(address).unwrap();
                let _ = ended.await;
            });
    });
    (end, told.recv().unwrap())
}

/// The server answers nobody until all requests have come: a client that waited for an answer
/// before it sent them all would wait for ever. And once it has read the first request it finds the
/// others sent.
#[tokio::test]
async fn all_requests_are_sent_before_any_answer_is_read() {
    for times in [2, 50, 200] {
        let all = Arc::new(Barrier::new(times));
        let server = Server::start(move |mut stream| {
            let all = Arc::clone(&all);
            async move {
                head(&mut stream).await;
                all.wait().await;
                answer(&mut stream, 200).await;
            }
        })
        .await;
        let client = Client::new(server.address);
        let requests: Vec<_> = (0..times)
            .map(|index| prepared(&client, json!({ "send": format!("GET /{index}") })))
            .collect();
        let answers = client.burst(&requests, LONG).await.unwrap();
        assert_eq!(answers.len(), times);
        for (index, one) in answers.iter().enumerate() {
            assert_eq!(one.whole().unwrap().status, 200);
            assert_eq!(one.request.target, format!("/{index}").as_str());
        }
    }
}

/// No request may be sent while a connection is still being opened.
#[tokio::test]
async fn all_connections_are_open_before_anything_is_sent() {
    let open = Arc::new(AtomicUsize::new(0));
    let fewest = Arc::new(AtomicUsize::new(usize::MAX));
    let (count, least) = (Arc::clone(&open), Arc::clone(&fewest));
    let server = Server::start(move |mut stream| {
        let seen = count.fetch_add(1, Ordering::SeqCst) + 1;
        let (count, least) = (Arc::clone(&count), Arc::clone(&least));
        async move {
            head(&mut stream).await;
            // Accepting may lag behind connecting, never the other way round.
            while count.load(Ordering::SeqCst) < 40 {
                tokio::task::yield_now().await;
            }
            least.fetch_min(seen, Ordering::SeqCst);
            answer(&mut stream, 200).await;
        }
    })
    .await;
    let client = Client::new(server.address);
    let request = prepared(&client, json!({ "send": "GET /" }));
    let answers = client.burst(&vec![request; 40], LONG).await.unwrap();
    assert!(answers.iter().all(|one| one.whole().is_some()));
    assert_eq!(open.load(Ordering::SeqCst), 40);
    assert_eq!(fewest.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn one_that_is_never_answered_costs_the_others_nothing() {
    let server = Server::start(|mut stream| async move {
        let read = head(&mut stream).await;
        if read.starts_with(b"GET /never") {
            std::future::pending::<()>().await;
        }
        answer(&mut stream, 200).await;
    })
    .await;
    let client = Client::new(server.address);
    let requests =
        ["GET /a", "GET /never", "GET /b"].map(|send| prepared(&client, json!({ "send": send })));
    let answers = client
        .burst(&requests, Duration::from_millis(500))
        .await
        .unwrap();
    let whole: Vec<_> = answers.iter().map(|one| one.whole().is_some()).collect();
    assert_eq!(whole, [true, false, true]);
}
