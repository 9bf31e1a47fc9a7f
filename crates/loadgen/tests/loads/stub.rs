//! A small server on a thread of its own, which measures itself, and loads for it.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use loadgen::{
    expectation::Expectation,
    load::{Arrival, Load, Pace, Ramp, Rate},
    measured::Measured,
    request::{Prepared, Weighted},
    run::run,
    stop::Stop,
    target::Target,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// A server that does with each connection whatever a test says.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    _end: oneshot::Sender<()>,
}

impl Server {
    pub(crate) fn start<F, C>(serve: F) -> Self
    where
        F: Fn(TcpStream) -> C + Send + 'static,
        C: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        let (end, ended) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let accept = async {
                    loop {
                        let (stream, _) = listener.accept().await.unwrap();
                        stream.set_nodelay(true).unwrap();
                        tokio::spawn(serve(stream));
                    }
                };
                tokio::select! {
                    () = accept => {}
                    _ = ended => {}
                }
            });
        });
        Self {
            address: told.recv().unwrap(),
            _end: end,
        }
    }
}

/// Reads requests without bodies; what it was asked for, or none when the connection ends.
pub(crate) async fn request(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut more = [0; 4096];
    while !head.ends_with(b"\r\n\r\n") {
        let read = stream.read(&mut more).await?;
        if read == 0 {
            return Ok(None);
        }
        head.extend_from_slice(&more[..read]);
    }
    let head = String::from_utf8(head).unwrap();
    Ok(Some(head.split(' ').nth(1).unwrap().to_owned()))
}

/// Answers `ok` to everything.
pub(crate) const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A server that answers the same to every request.
pub(crate) fn answering(answer: &'static [u8]) -> Server {
    Server::start(async move |mut stream| {
        while request(&mut stream).await?.is_some() {
            stream.write_all(answer).await?;
        }
        Ok(())
    })
}

/// What a server itself measured, from a request's last byte to its answer's first.
#[derive(Clone, Default)]
pub(crate) struct OwnFigures(Arc<Mutex<Vec<Duration>>>);

impl OwnFigures {
    pub(crate) fn note(&self, took: Duration) {
        self.0.lock().unwrap().push(took);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Those that took at least so long.
    pub(crate) fn at_least(&self, limit: Duration) -> u64 {
        let figures = self.0.lock().unwrap();
        figures.iter().filter(|took| **took >= limit).count() as u64
    }

    /// By the nearest rank.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.0.lock().unwrap().clone();
        sorted.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a rank among some thousands"
        )]
        let rank = (share.clamp(0.0, 1.0) * sorted.len() as f64).ceil() as usize;
        sorted[rank.clamp(1, sorted.len()) - 1]
    }
}

/// Everything stalls once, for a second, a while after the first request.
pub(crate) struct Stall {
    first: Mutex<Option<Instant>>,
    pub(crate) after: Duration,
    pub(crate) lasts: Duration,
}

impl Stall {
    pub(crate) fn new(after: Duration) -> Self {
        Self {
            first: Mutex::new(None),
            after,
            lasts: Duration::from_secs(1),
        }
    }

    pub(crate) async fn hold(&self) {
        let now = Instant::now();
        let first = *self.first.lock().unwrap().get_or_insert(now);
        let stall = first + self.after;
        if now >= stall && now < stall + self.lasts {
            tokio::time::sleep_until((stall + self.lasts).into()).await;
        }
    }
}

/// A counter that servers share.
#[derive(Clone, Default)]
pub(crate) struct Counter(Arc<AtomicU64>);

impl Counter {
    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

pub(crate) fn get(path: &str) -> Weighted {
    Weighted {
        name: path.to_owned(),
        weight: 1,
        request: Prepared::get(path.parse().unwrap()),
        expectation: Expectation::default(),
    }
}

pub(crate) fn closed(address: SocketAddr, connections: u32, millis: u64) -> Load {
    Load {
        target: Target::new(&format!("http://{address}/").parse().unwrap()).unwrap(),
        mix: vec![get("/")],
        pace: Pace::Closed { connections },
        warm_up: Duration::ZERO,
        duration: Duration::from_millis(millis),
        timeout: Duration::from_secs(5),
        limit: Duration::from_mins(1),
        threads: 1,
        core: None,
        seed: 7,
    }
}

pub(crate) fn open(address: SocketAddr, rate: f64, millis: u64) -> Load {
    Load {
        pace: Pace::Open {
            ramp: Ramp::constant(Rate::new(rate).unwrap()),
            arrival: Arrival::Constant,
            connections: 400,
        },
        ..closed(address, 1, millis)
    }
}

/// Runs a load, and holds it to what every result keeps.
pub(crate) async fn measured(load: &Load) -> Measured {
    let began = Instant::now();
    let measured = run(load, &Stop::new()).await.unwrap();
    let took = began.elapsed();
    // A machine that is busy with other things may be late, though not by this much.
    let late = Duration::from_secs(20);
    assert!(took < load.longest() + late, "it took {took:?}");
    if let Pace::Open { .. } = load.pace {
        let ended = measured.right + measured.failed() + measured.unfinished;
        assert_eq!(measured.due, ended, "{measured:?}");
    } else {
        assert_eq!(measured.due, measured.right + measured.failed());
    }
    let by_second: u64 = measured.series.iter().map(|s| s.right + s.failed).sum();
    assert_eq!(by_second, measured.right + measured.failed());
    measured
}
