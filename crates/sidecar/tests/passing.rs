//! A proxy over loopback between a client and a service of the test's.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::{
    io::ErrorKind,
    net::SocketAddr,
    time::{Duration, Instant},
};

use sidecar::{
    control::Steered as _,
    protocol::{Answer, Order},
    proxy::Proxy,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// For anything that is not held up.
const SOON: Duration = Duration::from_secs(30);
const MIB: usize = 1024 * 1024;

/// A proxy that stands until the test's runtime ends, and the service behind it.
struct Stand {
    proxy: Proxy,
    address: SocketAddr,
    service: TcpListener,
}

impl Stand {
    async fn new() -> Self {
        let service = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::new(service.local_addr().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = proxy.clone();
        tokio::spawn(async move { serving.serve(listener).await });
        Self {
            proxy,
            address,
            service,
        }
    }

    async fn delay(&self, by: Duration) {
        let by_ms = u64::try_from(by.as_millis()).unwrap();
        let answer = self.proxy.follow(Order::Delay { by_ms }).await;
        assert_eq!(answer, Answer::Done);
    }

    /// The client's end of a connection, and the service's.
    async fn connect(&self) -> (TcpStream, TcpStream) {
        let client = TcpStream::connect(self.address).await.unwrap();
        let (server, _) = soon(self.service.accept()).await.unwrap();
        (client, server)
    }
}

async fn soon<T>(work: impl Future<Output = T>) -> T {
    timeout(SOON, work).await.expect("in time")
}

/// So many bytes, each like no other near it.
fn bytes(many: usize) -> Vec<u8> {
    (0..many)
        .map(|n| u8::try_from(n * 7 % 251).unwrap())
        .collect()
}

async fn says(stream: &mut TcpStream, many: usize) -> Vec<u8> {
    let mut said = vec![0; many];
    soon(stream.read_exact(&mut said)).await.unwrap();
    said
}

#[tokio::test]
async fn what_the_service_says_comes_later_and_what_it_is_told_does_not() {
    let stand = Stand::new().await;
    let (mut client, mut server) = stand.connect().await;
    let by = Duration::from_millis(700);
    stand.delay(by).await;
    for word in [b"one", b"two"] {
        let began = Instant::now();
        client.write_all(word).await.unwrap();
        assert_eq!(says(&mut server, 3).await, word);
        assert!(began.elapsed() < by, "{:?}", began.elapsed());
        let answers = Instant::now();
        server.write_all(word).await.unwrap();
        assert_eq!(says(&mut client, 3).await, word);
        assert!(answers.elapsed() >= by, "{:?}", answers.elapsed());
    }
    // What was said on one and the same connection before is in force no more.
    stand.delay(Duration::ZERO).await;
    let began = Instant::now();
    server.write_all(b"now").await.unwrap();
    says(&mut client, 3).await;
    assert!(began.elapsed() < by, "{:?}", began.elapsed());
}

/// Each of some thousand pieces is as late; all together are no later.
#[tokio::test]
async fn a_delay_takes_nothing_of_the_throughput_and_changes_no_order() {
    let stand = Stand::new().await;
    let (mut client, mut server) = stand.connect().await;
    let by = Duration::from_millis(200);
    stand.delay(by).await;
    let sent = bytes(24 * MIB);
    let began = Instant::now();
    let sending = async {
        server.write_all(&sent).await.unwrap();
        server.shutdown().await.unwrap();
    };
    let mut received = Vec::new();
    let receiving = soon(client.read_to_end(&mut received));
    let ((), read) = tokio::join!(sending, receiving);
    read.unwrap();
    assert!(received == sent, "{} bytes", received.len());
    assert!(began.elapsed() >= by);
}

#[tokio::test]
async fn what_is_on_its_way_comes_at_once_when_the_delay_ends() {
    let stand = Stand::new().await;
    let (mut client, mut server) = stand.connect().await;
    stand.delay(SOON * 4).await;
    server.write_all(b"late").await.unwrap();
    let mut byte = [0; 4];
    let waiting = timeout(Duration::from_millis(100), client.read(&mut byte));
    assert!(waiting.await.is_err());
    stand.delay(Duration::ZERO).await;
    assert_eq!(says(&mut client, 4).await, b"late");
}

#[tokio::test]
async fn an_end_of_one_direction_is_passed_on_and_the_other_goes_on() {
    let stand = Stand::new().await;
    stand.delay(Duration::from_millis(50)).await;
    let mut all = Vec::new();
    let (mut client, mut server) = stand.connect().await;
    client.write_all(b"question").await.unwrap();
    client.shutdown().await.unwrap();
    soon(server.read_to_end(&mut all)).await.unwrap();
    assert_eq!(all, b"question");
    server.write_all(b"answer").await.unwrap();
    assert_eq!(says(&mut client, 6).await, b"answer");

    let (mut client, mut server) = stand.connect().await;
    server.write_all(b"bye").await.unwrap();
    server.shutdown().await.unwrap();
    all.clear();
    soon(client.read_to_end(&mut all)).await.unwrap();
    assert_eq!(all, b"bye");
    client.write_all(b"still").await.unwrap();
    assert_eq!(says(&mut server, 5).await, b"still");
    drop(client);
    assert_eq!(soon(server.read(&mut [0; 1])).await.unwrap(), 0);
}

#[tokio::test]
async fn a_reset_is_passed_on_and_the_services_as_late_as_its_words() {
    let stand = Stand::new().await;
    let (client, mut server) = stand.connect().await;
    client.set_zero_linger().unwrap();
    drop(client);
    let error = soon(server.read(&mut [0; 1])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);

    let by = Duration::from_millis(300);
    stand.delay(by).await;
    let (mut client, mut server) = stand.connect().await;
    client.write_all(b"hello").await.unwrap();
    says(&mut server, 5).await;
    let began = Instant::now();
    server.set_zero_linger().unwrap();
    drop(server);
    let error = soon(client.read(&mut [0; 1])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert!(began.elapsed() >= by, "{:?}", began.elapsed());
}

/// What was said before the service ended comes all the same, whatever it is told meanwhile.
#[tokio::test]
async fn who_writes_to_a_service_that_has_ended_hears_its_last_words_first() {
    let stand = Stand::new().await;
    stand.delay(Duration::from_millis(300)).await;
    let (mut client, mut server) = stand.connect().await;
    server.write_all(b"last words").await.unwrap();
    drop(server);
    // The first is refused by the service's kernel, the next by the proxy's.
    for _ in 0..4 {
        client.write_all(b"are you there?").await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(says(&mut client, 10).await, b"last words");
}

#[tokio::test]
async fn who_cannot_be_reached_is_reset() {
    let stand = Stand::new().await;
    drop(stand.service);
    let mut client = TcpStream::connect(stand.address).await.unwrap();
    let error = soon(client.read(&mut [0; 1])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

/// A client that does not read is not read for without bounds, and takes nothing from others.
#[tokio::test]
async fn what_nobody_takes_is_not_kept_without_bounds() {
    let stand = Stand::new().await;
    stand.delay(Duration::from_millis(20)).await;
    let (deaf, mut server) = stand.connect().await;
    let piece = bytes(MIB);
    let mut written = 0;
    while let Ok(wrote) = timeout(Duration::from_secs(2), server.write(&piece)).await {
        written += wrote.unwrap();
        assert!(written < 200 * MIB, "it takes in whatever comes");
    }
    assert!(written > 16 * MIB, "{written}");
    let (mut other, mut others) = stand.connect().await;
    let sent = bytes(4 * MIB);
    let sending = async { others.write_all(&sent).await.unwrap() };
    let ((), received) = tokio::join!(sending, says(&mut other, sent.len()));
    assert!(received == sent);
    drop(deaf);
    // Its place is free again.
    let freed = async { while server.write(&piece).await.is_ok() {} };
    soon(freed).await;
}

#[tokio::test]
async fn orders_for_a_stub_are_refused() {
    let stand = Stand::new().await;
    for order in [Order::Begin, Order::End { window: 1 }] {
        let answer = stand.proxy.follow(order).await;
        assert!(matches!(answer, Answer::Refused { .. }), "{answer:?}");
    }
}
