//! What a thread of a run is to do, and what it brings back.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    audit::Use,
    request::{Choice, Encoded},
    schedule::Schedule,
    stop::Stop,
    tally::{Tally, Window},
    target::Version,
};

/// What a worker is to do.
pub(crate) struct Order {
    pub(crate) pace: WorkerPace,
    pub(crate) requests: Arc<Vec<Encoded>>,
    pub(crate) choice: Choice,
    pub(crate) version: Version,
    pub(crate) started: Instant,
    pub(crate) window: Window,
    pub(crate) timeout: Duration,
    pub(crate) core: Option<u32>,
    pub(crate) seed: u64,
    pub(crate) stop: Stop,
}

/// How fast a worker sends.
pub(crate) enum WorkerPace {
    Closed {
        connections: usize,
        /// Its place among the workers, and how many there are.
        place: (u64, u64),
    },
    Open {
        schedule: Schedule,
        connections: usize,
    },
}

/// What a worker brings back.
#[derive(Debug)]
pub(crate) struct Brought {
    pub(crate) tally: Tally,
    pub(crate) used: Use,
    /// The core that it kept to.
    pub(crate) core: Option<u32>,
    /// When it stopped to measure.
    pub(crate) until: Instant,
    pub(crate) unfinished: u64,
    pub(crate) opened: u64,
    pub(crate) resent: u64,
    pub(crate) bytes: u64,
}
