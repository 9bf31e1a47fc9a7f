//! A load, as data: what is sent where, how fast, for how long.

use std::time::Duration;

use thiserror::Error;

use crate::{
    request::Weighted,
    target::{Target, TargetError},
};

/// The most requests that a mix has: each keeps figures of its own.
const LARGEST_MIX: usize = 256;

/// The most a second that is accepted at all.
const FASTEST: f64 = 10_000_000.0;

/// A load.
#[derive(Debug, Clone)]
pub struct Load {
    /// Where it goes.
    pub target: Target,
    /// What is sent.
    pub mix: Vec<Weighted>,
    /// How fast.
    pub pace: Pace,
    /// For how long it runs before anything is measured.
    pub warm_up: Duration,
    /// For how long it is measured.
    pub duration: Duration,
    /// How long a request may take: in an open loop from the moment it was due, in a closed loop
    /// from its sending.
    pub timeout: Duration,
    /// How long warm-up, duration and timeout may be together; a load that could take longer is
    /// refused.
    pub limit: Duration,
    /// On how many cores it runs.
    pub threads: u16,
    /// The core of this machine that all its threads keep to; any where none is named.
    pub core: Option<u32>,
    /// Where the choice among the mix, the sample and Poisson arrivals come from.
    pub seed: u64,
}

/// How fast requests are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// Each connection sends the next request when it has the answer to the last. Whatever slows
    /// the server slows the load: for throughput, not for latencies that users would see.
    Closed {
        /// How many connections.
        connections: u32,
    },
    /// Requests are sent when they are due, whether or not others were answered. Latency counts
    /// from the moment a request was due.
    Open {
        /// How many a second.
        ramp: Ramp,
        /// How they are spaced.
        arrival: Arrival,
        /// How many connections at most: what is due while all wait for answers waits too, and that
        /// counts in its latency.
        connections: u32,
    },
}

impl Pace {
    /// How many connections there are at most.
    pub const fn connections(&self) -> u32 {
        match self {
            Self::Closed { connections } | Self::Open { connections, .. } => *connections,
        }
    }
}

/// Requests a second.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// So many a second.
    pub fn new(per_second: f64) -> Result<Self, LoadError> {
        if per_second > 0.0 && per_second <= FASTEST {
            Ok(Self(per_second))
        } else {
            Err(LoadError::Rate { per_second })
        }
    }

    /// How many a second.
    pub const fn per_second(self) -> f64 {
        self.0
    }
}

/// A rate that changes evenly over the measured time; through the warm-up it is the first one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp {
    /// At its beginning.
    pub from: Rate,
    /// At its end.
    pub to: Rate,
}

impl Ramp {
    /// No ramp: one rate all the time.
    pub const fn constant(rate: Rate) -> Self {
        Self {
            from: rate,
            to: rate,
        }
    }
}

/// How requests of an open loop are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Evenly.
    Constant,
    /// As strangers come who know nothing of each other: gaps are exponentially distributed.
    Poisson,
}

/// Why a load is not run.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A rate that is none.
    #[error("a rate of {per_second} requests a second: it must be above 0 and at most {FASTEST}")]
    Rate {
        /// As given.
        per_second: f64,
    },
    /// Nothing to send.
    #[error("the load has no request with a weight above 0")]
    NoRequest,
    /// More than figures are kept of.
    #[error("a mix of {count} requests: there may be {LARGEST_MIX}")]
    MixTooLarge {
        /// As given.
        count: usize,
    },
    /// A sample that is no share.
    #[error("a sample of {share} of the answers to `{name}`: it must be between 0 and 1")]
    Sample {
        /// Of the request.
        name: String,
        /// As given.
        share: f64,
    },
    /// Nothing to send on.
    #[error("the load's {what} must be above 0")]
    Nothing {
        /// What there is none of.
        what: &'static str,
    },
    /// Longer than it may take.
    #[error(
        "the load could take {asked:?} (warm-up, duration and timeout): the limit is {limit:?}"
    )]
    TooLong {
        /// All together.
        asked: Duration,
        /// What is allowed.
        limit: Duration,
    },
    /// More connections than this process may have open files.
    #[error("{asked} connections: this process may have {limit} files open, see `ulimit -n`")]
    TooManyConnections {
        /// As given.
        asked: u32,
        /// Open files of the process.
        limit: u64,
    },
    /// The target cannot be spoken to.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The target's name is not known.
    #[error("the name `{host}` could not be resolved")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver said.
        #[source]
        source: std::io::Error,
    },
    /// The target's name has no address.
    #[error("the name `{host}` has no address")]
    NoAddress {
        /// The name.
        host: String,
    },
    /// This machine gave no thread, or what a thread needs.
    #[error("a thread for the load could not be started")]
    Thread {
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Files that the process needs beside connections.
const OTHER_FILES: u64 = 32;

impl Load {
    /// Whether it can be run at all; [`run`](crate::run::run) asks this first.
    pub fn check(&self) -> Result<(), LoadError> {
        if self.mix.iter().all(|weighted| weighted.weight == 0) {
            return Err(LoadError::NoRequest);
        }
        if self.mix.len() > LARGEST_MIX {
            return Err(LoadError::MixTooLarge {
                count: self.mix.len(),
            });
        }
        for weighted in &self.mix {
            if let Some(matcher) = &weighted.expectation.matcher
                && !(0.0..=1.0).contains(&matcher.sample)
            {
                return Err(LoadError::Sample {
                    name: weighted.name.clone(),
                    share: matcher.sample,
                });
            }
        }
        let nothing = |what| Err(LoadError::Nothing { what });
        if self.pace.connections() == 0 {
            return nothing("connections");
        }
        if self.threads == 0 {
            return nothing("threads");
        }
        if self.duration.is_zero() {
            return nothing("duration");
        }
        if self.timeout.is_zero() {
            return nothing("timeout");
        }
        let asked = self.longest();
        if asked > self.limit {
            return Err(LoadError::TooLong {
                asked,
                limit: self.limit,
            });
        }
        let asked = self.pace.connections();
        match open_files() {
            Some(limit) if u64::from(asked) + OTHER_FILES > limit => {
                Err(LoadError::TooManyConnections { asked, limit })
            }
            _ => Ok(()),
        }
    }

    /// How long it may take.
    pub fn longest(&self) -> Duration {
        let planned = self.warm_up.saturating_add(self.duration);
        planned.saturating_add(self.timeout)
    }
}

fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{expectation::Expectation, expectation::Matcher, request::Prepared};

    fn load() -> Load {
        Load {
            target: Target::new(&"http://127.0.0.1:1".parse().unwrap()).unwrap(),
            mix: vec![Weighted {
                name: "home".to_owned(),
                weight: 1,
                request: Prepared::get("/".parse().unwrap()),
                expectation: Expectation::default(),
            }],
            pace: Pace::Closed { connections: 1 },
            warm_up: Duration::ZERO,
            duration: Duration::from_secs(1),
            timeout: Duration::from_secs(1),
            limit: Duration::from_mins(1),
            threads: 1,
            core: None,
            seed: 0,
        }
    }

    fn refusal(change: impl FnOnce(&mut Load)) -> String {
        let mut load = load();
        load.check().unwrap();
        change(&mut load);
        load.check().unwrap_err().to_string()
    }

    #[test]
    fn a_rate_is_above_zero() {
        for rate in [0.0, -3.0, f64::NAN, f64::INFINITY, 1e9] {
            let said = Rate::new(rate).unwrap_err().to_string();
            assert!(said.contains("above 0"), "{said}");
        }
    }

    #[test]
    fn what_cannot_be_run_is_refused_in_a_sentence() {
        assert!(refusal(|load| load.mix.clear()).contains("no request"));
        assert!(refusal(|load| load.mix[0].weight = 0).contains("no request"));
        assert!(refusal(|load| load.mix = vec![load.mix[0].clone(); 300]).contains("300"));
        assert!(refusal(|load| load.threads = 0).contains("threads"));
        assert!(refusal(|load| load.duration = Duration::ZERO).contains("duration"));
        assert!(refusal(|load| load.timeout = Duration::ZERO).contains("timeout"));
        let none = Pace::Closed { connections: 0 };
        assert!(refusal(|load| load.pace = none).contains("connections"));
        let many = Pace::Closed {
            connections: u32::MAX,
        };
        assert!(refusal(|load| load.pace = many).contains("files open"));
        let matcher = Matcher::new(|_| true).of_a_sample(1.5);
        assert!(refusal(|load| load.mix[0].expectation.matcher = Some(matcher)).contains("1.5"));
    }

    #[test]
    fn a_load_longer_than_the_limit_is_refused() {
        let said = refusal(|load| load.duration = Duration::from_mins(1));
        assert!(said.contains("61s") && said.contains("60s"), "{said}");
        refusal(|load| load.warm_up = Duration::MAX);
    }
}
