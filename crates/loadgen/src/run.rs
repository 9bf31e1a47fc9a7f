//! Running a load.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::{sync::oneshot, time::timeout};

use crate::{
    lane::{Connector, Ground},
    load::{Load, LoadError, Pace, Rate},
    measured::Measured,
    order::{Brought, Order, WorkerPace},
    reading::Reading,
    request::{Choice, Encoded},
    schedule::Schedule,
    stop::{Stop, StopOnDrop},
    tally::Window,
    worker,
};

/// Between asking for threads and the first request: they begin together.
const ASSEMBLY: Duration = Duration::from_millis(5);

/// How long names may take to resolve.
const RESOLVING: Duration = Duration::from_secs(10);

/// Runs a load and measures it. It ends after at most [`Load::longest`] and a moment, whatever the
/// server does, or when `stop` is told, with the figures so far. Dropping it ends it too.
pub async fn run(load: &Load, stop: &Stop) -> Result<Measured, LoadError> {
    load.check()?;
    let tls = load.target.tls()?;
    let addresses = timeout(RESOLVING, load.target.resolve())
        .await
        .map_err(|_| load.target.unresolved())??;
    let requests: Vec<_> = load
        .mix
        .iter()
        .map(|weighted| Encoded::new(weighted, &load.target.base))
        .collect();
    let requests = Arc::new(requests);
    let ended = StopOnDrop(Stop::new());
    let threads = usize::from(load.threads).min(at_most(load.pace.connections()));
    let started = Instant::now() + ASSEMBLY;
    let from = started + load.warm_up;
    let window = Window {
        from,
        to: from + load.duration,
    };
    let mut workers = Vec::with_capacity(threads);
    for place in 0..threads {
        let order = Order {
            pace: pace(load, place, threads),
            requests: requests.clone(),
            choice: Choice::new(&load.mix, load.seed),
            version: load.target.version,
            started,
            window,
            timeout: load.timeout,
            core: load.core,
            seed: load.seed,
            stop: ended.0.clone(),
        };
        let connector = Connector::new(addresses.clone(), tls.clone());
        let ground = Ground::new(connector, reading(load, threads));
        workers.push(start(order, ground)?);
    }
    let workers = join_all(workers);
    tokio::pin!(workers);
    let brought = tokio::select! {
        brought = &mut workers => brought,
        () = stop.stopped() => {
            ended.0.stop();
            workers.await
        }
    };
    let thread = |source| LoadError::Thread { source };
    let brought = brought
        .into_iter()
        .map(|brought| {
            brought.unwrap_or_else(|_| Err(std::io::Error::other("a thread of the load has died")))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(thread)?;
    Ok(Measured::of(load, brought, stop.is_stopped()))
}

type Bringing = oneshot::Receiver<std::io::Result<Brought>>;

fn start(order: Order, ground: Ground) -> Result<Bringing, LoadError> {
    let (bring, bringing) = oneshot::channel();
    thread::Builder::new()
        .name("load".to_owned())
        .spawn(move || {
            // Who asked may have gone.
            let _ = bring.send(worker::work(order, ground));
        })
        .map_err(|source| LoadError::Thread { source })?;
    Ok(bringing)
}

fn pace(load: &Load, place: usize, threads: usize) -> WorkerPace {
    let all = at_most(load.pace.connections());
    let connections = all / threads + usize::from(place < all % threads);
    let place = (place as u64, threads as u64);
    match load.pace {
        Pace::Closed { .. } => WorkerPace::Closed { connections, place },
        Pace::Open { ramp, arrival, .. } => WorkerPace::Open {
            schedule: Schedule::new(
                (ramp, arrival),
                (load.warm_up, load.duration),
                place,
                load.seed,
            ),
            connections,
        },
    }
}

/// What answers may cost: each thread has its share of them.
fn reading(load: &Load, threads: usize) -> Reading {
    let Pace::Open { ramp, .. } = load.pace else {
        return Reading::new(None);
    };
    let highest = ramp.from.per_second().max(ramp.to.per_second());
    let threads = u32::try_from(threads).unwrap_or(u32::MAX);
    Reading::new(Rate::new(highest / f64::from(threads)).ok())
}

fn at_most(connections: u32) -> usize {
    usize::try_from(connections).unwrap_or(usize::MAX)
}
