//! Servers that do as they should not: each a clear result, in bounded time and memory.

use std::time::{Duration, Instant};

use loadgen::{load::Pace, measured::Measured, trouble::Trouble};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

use crate::stub::{Counter, OK, Server, answering, closed, measured, open, request};

/// Under a closed and an open load that are over soon.
async fn both(server: &Server) -> [Measured; 2] {
    both_within(server, Duration::from_secs(10)).await
}

async fn both_within(server: &Server, timeout: Duration) -> [Measured; 2] {
    let mut closed = closed(server.address, 4, 500);
    closed.timeout = timeout;
    let mut open = open(server.address, 100.0, 300);
    open.timeout = timeout;
    [measured(&closed).await, measured(&open).await]
}

const SHORT: Duration = Duration::from_millis(200);

/// Nothing came right, and everything failed in this way.
fn all(measured: &[Measured], kind: Trouble) {
    for measured in measured {
        assert_eq!(measured.right, 0, "{measured:?}");
        assert!(measured.errors[&kind] > 0, "{measured:?}");
        // Where this machine is busy, a request may wait in vain before it is sent.
        let other = |other: &Trouble| *other != kind && *other != Trouble::NotSent;
        assert!(!measured.errors.keys().any(other), "{measured:?}");
        assert!(measured.error_rate() > 0.99);
    }
}

#[tokio::test]
async fn one_that_closes_every_connection() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        Ok(())
    });
    all(&both(&server).await, Trouble::ClosedEarly);
}

#[tokio::test]
async fn one_that_resets_every_connection() {
    let server = Server::start(async |stream: TcpStream| {
        stream.set_zero_linger()?;
        Ok(())
    });
    all(&both(&server).await, Trouble::Reset);
}

#[tokio::test]
async fn one_that_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let measured = measured(&closed(address, 4, 300)).await;
    // It is not hammered.
    let attempts = measured.errors[&Trouble::Refused];
    assert!((1..=4 * 20).contains(&attempts), "{attempts}");
    all(&[measured], Trouble::Refused);
}

#[tokio::test]
async fn one_that_stalls_for_ever() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        std::future::pending().await
    });
    let results = both_within(&server, SHORT).await;
    all(&results, Trouble::TimedOut);
    for measured in results {
        // What was waited for in vain counts with the time it was waited for.
        assert_eq!(measured.latency.count(), measured.failed());
        assert!(measured.latency.quantile(0.5) >= Duration::from_millis(199));
    }
}

#[tokio::test]
async fn one_that_answers_for_a_while_and_then_holds_every_connection() {
    let begun = Instant::now();
    let server = Server::start(move |mut stream| async move {
        while request(&mut stream).await?.is_some() {
            if begun.elapsed() > SHORT {
                std::future::pending::<()>().await;
            }
            stream.write_all(OK).await?;
        }
        Ok(())
    });
    let mut load = closed(server.address, 4, 300);
    load.timeout = Duration::from_secs(2);
    let measured = measured(&load).await;
    // They are waited for after the end, so that they do not pass for what was merely under way.
    assert_eq!(measured.errors[&Trouble::TimedOut], 4, "{measured:?}");
    assert_eq!(measured.unfinished, 0);
}

#[tokio::test]
async fn one_that_never_accepts() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut load = open(listener.local_addr().unwrap(), 50.0, 200);
    load.timeout = Duration::from_millis(300);
    all(&[measured(&load).await], Trouble::TimedOut);
}

#[tokio::test]
async fn one_that_stalls_and_has_too_few_connections() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        std::future::pending().await
    });
    let mut load = open(server.address, 2000.0, 500);
    load.timeout = Duration::from_millis(400);
    if let Pace::Open { connections, .. } = &mut load.pace {
        *connections = 2;
    }
    let measured = measured(&load).await;
    // All that was due is told, also what could never be sent.
    assert_eq!(
        (measured.due, measured.failed()),
        (1000, 1000),
        "{measured:?}"
    );
    assert!(measured.errors[&Trouble::NotSent] > 100, "{measured:?}");
    assert!(measured.errors[&Trouble::TimedOut] > 1, "{measured:?}");
    assert!(measured.audit.queued > 900);
    assert_eq!(measured.latency.count(), 1000);
}

#[tokio::test]
async fn one_that_sends_half_an_answer() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            .await
    });
    all(&both(&server).await, Trouble::ClosedEarly);
}

#[tokio::test]
async fn one_that_sends_half_an_answer_and_stalls() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha")
            .await?;
        std::future::pending().await
    });
    all(&both_within(&server, SHORT).await, Trouble::TimedOut);
}

#[tokio::test]
async fn one_that_sends_garbage() {
    let server = answering(b"\x00\x01garbage\r\n\r\n");
    all(&both(&server).await, Trouble::BadAnswer);
}

#[tokio::test]
async fn one_that_sends_endless_headers() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
        loop {
            stream.write_all(b"X-And-On: and on and on\r\n").await?;
        }
    });
    all(&both(&server).await, Trouble::TooLarge);
}

#[tokio::test]
async fn one_that_sends_an_endless_body() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        loop {
            stream.write_all(&[b'x'; 16 * 1024]).await?;
        }
    });
    all(&both_within(&server, SHORT).await, Trouble::TimedOut);
}

#[tokio::test]
async fn one_that_closes_after_each_answer_without_a_word() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        stream.write_all(OK).await
    });
    for measured in both(&server).await {
        assert!(
            measured.right > 10 && measured.failed() == 0,
            "{measured:?}"
        );
    }
}

#[tokio::test]
async fn one_that_closes_after_each_answer_and_says_so() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            .await
    });
    for measured in both(&server).await {
        assert!(
            measured.right > 10 && measured.failed() == 0,
            "{measured:?}"
        );
        assert!(measured.audit.connections >= measured.right);
        assert_eq!(measured.audit.resent, 0);
    }
}

/// Connections of this machine to a port that are kept for a while after their end.
#[cfg(target_os = "linux")]
fn lingering(port: u16) -> usize {
    let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let far = format!(":{port:04X}");
    let ended = sockets.lines().filter(|line| {
        let mut words = line.split_whitespace().skip(2);
        words.next().is_some_and(|to| to.ends_with(&far)) && words.next() == Some("06")
    });
    ended.count()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn one_that_leaves_closing_to_us_does_not_use_up_our_ports() {
    let server = Server::start(async |mut stream| {
        request(&mut stream).await?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            .await?;
        request(&mut stream).await.map(|_| ())
    });
    let measured = measured(&closed(server.address, 4, 300)).await;
    assert!(measured.right > 10, "{measured:?}");
    let kept = lingering(server.address.port());
    // Those that the end of the run has cut.
    assert!(kept <= 4, "{kept} of {}", measured.audit.connections);
}

#[tokio::test]
async fn one_that_answers_10_mb_a_time_is_read_and_not_kept() {
    const MIB: usize = 1 << 20;
    const PART: &[u8] = &[b'x'; 16 * 1024];
    let answers = Counter::default();
    let counter = answers.clone();
    let server = Server::start(move |mut stream| {
        let counter = counter.clone();
        async move {
            while request(&mut stream).await?.is_some() {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 10 * MIB);
                stream.write_all(head.as_bytes()).await?;
                for _ in 0..10 * MIB / PART.len() {
                    stream.write_all(PART).await?;
                }
                counter.next();
            }
            Ok(())
        }
    });
    let before = peak_kib();
    let mut load = closed(server.address, 50, 1500);
    load.mix[0].expectation.length = Some(10 * MIB as u64);
    // Someone looks, too, and at what is too large.
    let measured_plain = measured(&load).await;
    assert!(
        measured_plain.right > 5 && measured_plain.failed() == 0,
        "{measured_plain:?}"
    );
    let matcher = loadgen::expectation::Matcher::new(|_| true);
    load.mix[0].expectation.matcher = Some(matcher);
    all(&[measured(&load).await], Trouble::TooLarge);
    // 50 answers at once would be 500 MiB.
    let grown = peak_kib() - before;
    assert!(grown < 250 * 1024, "{grown} KiB");
    assert!(answers.next() > 5);
}

/// The most memory that this process has had.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn many_connections_need_little_memory() {
    let hard = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum;
    let raised = rustix::process::Rlimit {
        current: hard,
        maximum: hard,
    };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();
    let server = answering(OK);
    let before = peak_kib();
    let load = closed(server.address, 1500, 4000);
    let measured = measured(&load).await;
    let connections = measured.audit.connections;
    assert!(connections > 300, "{measured:?}");
    assert!(
        measured.right > 300 && measured.failed() == 0,
        "{measured:?}"
    );
    // Both ends are in this process, and the server's are the larger ones.
    let grown = peak_kib() - before;
    assert!(
        grown < 24 * connections,
        "{grown} KiB for {connections} connections"
    );
}
