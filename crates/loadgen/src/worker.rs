//! One thread of a run: its lanes, and, in an open loop, the one who sees that what is due is sent.

use std::{
    future::poll_fn,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    runtime::Builder,
    task::JoinSet,
    time::{sleep, sleep_until, timeout_at},
};

use crate::{
    agenda::{Agenda, Handed, Job},
    alarm::Alarm,
    audit::{Use, computed},
    cores,
    lane::{Ground, Lane, Shared},
    order::{Brought, Order, WorkerPace},
    seed,
    tally::Tally,
    target::Version,
    trouble::Trouble,
};

/// How long a lane of a closed loop rests after no connection came about, or one that brought no answer: a server
/// that is out of order is not hammered.
const REST: Duration = Duration::from_millis(20);
/// What the last requests have beside their time, for this machine to see that it is over.
const SLACK: Duration = Duration::from_millis(500);

/// What the tasks of a worker share. They run on one thread: nobody waits for a lock.
struct Shop {
    order: Order,
    ground: Arc<Ground>,
    tally: Mutex<Tally>,
    agenda: Mutex<Agenda>,
    under_way: AtomicU64,
    /// Right answers that came to a closed loop after its end.
    late: AtomicU64,
    numbers: AtomicU64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does it, on the calling thread.
pub(crate) fn work(order: Order, ground: Ground) -> io::Result<Brought> {
    let core = order.core.filter(|core| cores::keep_to(*core));
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let shop = Arc::new(Shop {
        tally: Mutex::new(Tally::new(order.window, order.requests.len())),
        ground: Arc::new(ground),
        agenda: Mutex::default(),
        under_way: AtomicU64::new(0),
        late: AtomicU64::new(0),
        numbers: AtomicU64::new(0),
        order,
    });
    let (used, until, bytes) = runtime.block_on(run(&shop))?;
    // Whatever is under way ends here.
    runtime.shutdown_background();
    let tally = &mut *locked(&shop.tally);
    let tally = std::mem::replace(tally, Tally::new(shop.order.window, 0));
    let ended: u64 = tally
        .entries
        .iter()
        .map(|entry| entry.right + entry.troubles.total())
        .sum();
    let unfinished = match shop.order.pace {
        WorkerPace::Closed { .. } => {
            shop.under_way.load(Ordering::Relaxed) + shop.late.load(Ordering::Relaxed)
        }
        WorkerPace::Open { .. } => tally.due - ended,
    };
    Ok(Brought {
        tally,
        used,
        core,
        until,
        unfinished,
        opened: shop.ground.connector.opened(),
        resent: shop.ground.resends(),
        bytes,
    })
}

/// Runs until all has ended, or must.
async fn run(shop: &Arc<Shop>) -> io::Result<(Use, Instant, u64)> {
    let window = shop.order.window;
    let stop = &shop.order.stop;
    let mut lanes = JoinSet::new();
    let before = async {
        sleep_until(window.from.into()).await;
        (shop.used(), shop.ground.bytes())
    };
    match &shop.order.pace {
        WorkerPace::Closed { connections, .. } => {
            for lane in shop.lanes(*connections) {
                lanes.spawn(closed(shop.clone(), lane));
            }
            let before = tokio::select! {
                before = before => before,
                () = stop.stopped() => (shop.used(), shop.ground.bytes()),
            };
            tokio::select! {
                () = sleep_until(window.to.into()) => {}
                () = stop.stopped() => {}
            }
            let used = shop.used().since(before.0);
            let until = Instant::now().clamp(window.from, window.to);
            let bytes = shop.ground.bytes() - before.1;
            // Whether the last requests are answered at all, they have their time to show.
            let last = window.to + shop.order.timeout + SLACK;
            let rest = async { while lanes.join_next().await.is_some() {} };
            tokio::select! {
                _ = timeout_at(last.into(), rest) => {}
                () = stop.stopped() => {}
            }
            Ok((used, until, bytes))
        }
        WorkerPace::Open { connections, .. } => {
            let alarm = Alarm::new()?;
            let noted = Mutex::new(((Use::default(), 0), None));
            let note = async {
                let before = before.await;
                locked(&noted).0 = before;
                // Waiting for the last answers is not measured.
                sleep_until(window.to.into()).await;
                locked(&noted).1 = Some(shop.used());
                std::future::pending::<()>().await;
            };
            let last = window.to + shop.order.timeout;
            let all = async {
                dispatch(shop, *connections, &alarm, &mut lanes).await?;
                // What is under way has its time, and no more than that.
                let rest = async { while lanes.join_next().await.is_some() {} };
                let _ = timeout_at((last + SLACK).into(), rest).await;
                sleep_until(window.to.into()).await;
                io::Result::Ok(())
            };
            tokio::select! {
                done = all => done?,
                () = stop.stopped() => {}
                () = note => {}
            }
            let (before, after) = *locked(&noted);
            let after = after.unwrap_or_else(|| shop.used());
            let used = after.since(before.0);
            let until = Instant::now().clamp(window.from, window.to);
            Ok((used, until, shop.ground.bytes() - before.1))
        }
    }
}

/// Hands out what is due when it is due, until nothing more is.
async fn dispatch(
    shop: &Arc<Shop>,
    connections: usize,
    alarm: &Alarm,
    lanes: &mut JoinSet<()>,
) -> io::Result<()> {
    let WorkerPace::Open { schedule, .. } = &shop.order.pace else {
        return Ok(());
    };
    let most_lanes = connections * usize::from(shop.order.version.streams());
    let mut spare: Vec<Lane> = Vec::new();
    let give_up = shop.order.window.to + shop.order.timeout;
    let mut schedule = schedule.clone();
    let mut next = schedule.next();
    while let Some(due) = next {
        let due_at = shop.order.started + due.at;
        let now = Instant::now();
        if now < due_at {
            alarm.at(due_at).await?;
            continue;
        }
        if now > give_up {
            // More was asked for than can even be counted one by one: what is left stays unfinished.
            locked(&shop.tally).due += 1 + schedule.left();
            break;
        }
        let job = Job {
            entry: shop.order.choice.at(due.number),
            number: due.number,
            since: due_at,
            waited: false,
        };
        next = schedule.next();
        if let Some(seat) = shop.hand_out(job, now, most_lanes) {
            if spare.is_empty() {
                spare = shop.lanes(1);
            }
            if let Some(lane) = spare.pop() {
                lanes.spawn(open(shop.clone(), lane, seat));
            }
        }
        // Lanes are to send, not only to be told.
        tokio::task::consume_budget().await;
    }
    locked(&shop.agenda).end();
    Ok(())
}

/// A lane of an open loop.
async fn open(shop: Arc<Shop>, mut lane: Lane, seat: usize) {
    loop {
        let job = poll_fn(|cx| locked(&shop.agenda).poll_next(seat, cx)).await;
        let Some(job) = job else { return };
        let until = job.since + shop.order.timeout;
        let now = Instant::now();
        if !job.waited {
            shop.lag(job.since, now);
        }
        if now < until {
            let result = shop.ask(&mut lane, job, until).await;
            shop.end(job, Instant::now(), result);
        } else {
            shop.end(job, until, Err(Trouble::NotSent));
        }
    }
}

/// A lane of a closed loop.
async fn closed(shop: Arc<Shop>, mut lane: Lane) {
    let mut now = Instant::now();
    while now < shop.order.window.to {
        let mut job = shop.next_job(now);
        let until = now + shop.order.timeout;
        shop.under_way.fetch_add(1, Ordering::Relaxed);
        // Latency is that of the answer; how long connections take is another question.
        let ready = lane.ready(until).await;
        let result = match ready {
            Ok(fresh) => {
                if fresh {
                    job.since = Instant::now();
                }
                let until = job.since + shop.order.timeout;
                shop.ask(&mut lane, job, until).await
            }
            Err(trouble) => Err(trouble),
        };
        now = Instant::now();
        shop.under_way.fetch_sub(1, Ordering::Relaxed);
        shop.end(job, now, result);
        if ready.is_err() || (ready == Ok(true) && broke(result)) {
            sleep(REST).await;
            now = Instant::now();
        }
    }
}

/// Whether a connection was of no use.
fn broke(result: Result<(), Trouble>) -> bool {
    matches!(
        result,
        Err(Trouble::Reset | Trouble::ClosedEarly | Trouble::BadAnswer)
    )
}

impl Shop {
    /// What this thread has used so far.
    fn used(&self) -> Use {
        Use {
            reading: self.ground.reading(|reading| reading.total()),
            ..Use::of_this_thread()
        }
    }

    /// How late a request is sent that was due then, reading costly answers apart.
    fn lag(&self, due: Instant, sent: Instant) {
        let late = sent.saturating_duration_since(due);
        let reading = self.ground.reading(|reading| reading.since(due));
        locked(&self.tally).lag(due, late.saturating_sub(reading));
    }

    /// Hands a request that is due to a lane, or to a new one, whose seat is returned.
    fn hand_out(&self, job: Job, now: Instant, most_lanes: usize) -> Option<usize> {
        let mut agenda = locked(&self.agenda);
        let mut tally = locked(&self.tally);
        tally.due(job.since);
        if !agenda.has_idle() && agenda.lanes() < most_lanes {
            return Some(agenda.seat(job));
        }
        match agenda.hand_out(job) {
            Handed::Taken => {}
            Handed::Waits => {
                tally.waited(job.since);
                drop(tally);
                self.lag(job.since, now);
            }
            Handed::Refused => {
                drop(tally);
                self.end(job, job.since + self.order.timeout, Err(Trouble::NotSent));
            }
        }
        None
    }

    /// Lanes on so many connections.
    fn lanes(&self, connections: usize) -> Vec<Lane> {
        let ground = || self.ground.clone();
        match self.order.version {
            Version::Http1 => (0..connections).map(|_| Lane::http1(ground())).collect(),
            Version::Http2 { .. } => (0..connections)
                .flat_map(|_| {
                    let shared = Shared::default();
                    (0..self.order.version.streams())
                        .map(move |_| Lane::http2(ground(), shared.clone()))
                })
                .collect(),
        }
    }

    fn next_job(&self, now: Instant) -> Job {
        let number = match self.order.pace {
            WorkerPace::Closed { place, .. } => {
                self.numbers.fetch_add(1, Ordering::Relaxed) * place.1 + place.0
            }
            WorkerPace::Open { .. } => 0,
        };
        Job {
            entry: self.order.choice.at(number),
            number,
            since: now,
            waited: false,
        }
    }

    /// Asks, and judges the answer.
    async fn ask(&self, lane: &mut Lane, job: Job, until: Instant) -> Result<(), Trouble> {
        let request = &self.order.requests[job.entry];
        let keep = request
            .expectation
            .matcher
            .as_ref()
            .filter(|matcher| {
                matcher.sample >= 1.0 || seed::share(self.order.seed, job.number) < matcher.sample
            })
            .map(|matcher| matcher.body_limit);
        let whole = lane.exchange(request, until, keep).await?;
        if keep.is_none() {
            return request.expectation.judge(&whole);
        }
        let before = computed();
        let judged = request.expectation.judge(&whole);
        let took = computed().saturating_sub(before);
        self.ground.charge(whole.cost, took);
        judged
    }

    /// Counts, where it belongs to the window: in an open loop what was due in it, in a closed loop
    /// what ended in it, and what was under way at its end and failed.
    fn end(&self, job: Job, now: Instant, result: Result<(), Trouble>) {
        let mut tally = locked(&self.tally);
        tally.ended += 1;
        let counts = match self.order.pace {
            WorkerPace::Open { .. } => tally.window.holds(job.since),
            WorkerPace::Closed { .. } if now > tally.window.to && result.is_ok() => {
                self.late.fetch_add(1, Ordering::Relaxed);
                false
            }
            WorkerPace::Closed { .. } => tally.window.from <= now,
        };
        if counts {
            if let WorkerPace::Closed { .. } = self.order.pace {
                tally.due += 1;
            }
            tally.end(job.entry, (job.since, now), result);
        }
    }
}
