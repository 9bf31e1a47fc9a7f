//! What a load came to.

mod latency;
mod summary;

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;
use schemars::JsonSchema;
use serde::Serialize;

pub use latency::Latency;
pub use summary::{
    AuditSummary, LatencySummary, LoadSummary, RequestSummary, SecondSummary, Summary, schema,
};

use crate::{
    audit::Use,
    load::Load,
    order::Brought,
    tally::{self, Slice},
    trouble::{Trouble, Troubles},
};

/// Of the computing time of its threads: from here on the generator is taken for the limit.
const BUSY: f64 = 0.95;

/// A lag shorter than this is nobody's limit.
const SHORT_LAG: Duration = Duration::from_millis(2);

/// What a load came to, in the time that was measured.
#[derive(Debug, Clone)]
pub struct Measured {
    /// How long that was.
    pub elapsed: Duration,
    /// Requests that were due (open loop), or ended (closed loop).
    pub due: u64,
    /// Requests that ended in the whole run, in the warm-up and after its end too.
    pub ended: u64,
    /// Whole answers that were as expected.
    pub right: u64,
    /// What was not, by kind.
    pub errors: BTreeMap<Trouble, u64>,
    /// Requests that were under way when the run ended, or waited, and of which nothing is known; in a closed
    /// loop also those whose right answer came later.
    pub unfinished: u64,
    /// Of right answers, and of requests that were waited for as long as may be, which took at least
    /// that long. Other errors are not in it: a quick error must not make latency look better.
    pub latency: Latency,
    /// For each request of the mix, in its order.
    pub requests: Vec<RequestMeasured>,
    /// For each second, the first one first.
    pub series: Vec<Second>,
    /// Bytes received.
    pub received: u64,
    /// What the generator says of itself.
    pub audit: Audit,
    /// Whether it was stopped before its time.
    pub stopped: bool,
    /// What was asked for.
    pub load: LoadSummary,
}

/// The figures of one request of the mix.
#[derive(Debug, Clone)]
pub struct RequestMeasured {
    /// As the mix calls it.
    pub name: String,
    /// Whole answers that were as expected.
    pub right: u64,
    /// What was not, by kind.
    pub errors: BTreeMap<Trouble, u64>,
    /// As [`Measured::latency`].
    pub latency: Latency,
}

/// A second.
#[derive(Debug, Clone)]
pub struct Second {
    /// Requests that became due in it (open loop; else 0).
    pub due: u64,
    /// Right answers that came in it.
    pub right: u64,
    /// Requests that failed in it.
    pub failed: u64,
    /// Of the right answers.
    pub latency: Latency,
}

/// What the generator says of itself.
#[derive(Debug, Clone)]
pub struct Audit {
    /// How long after requests were due they were sent, where a connection was free (open loop), without
    /// the time in which costly answers were read.
    pub lag: Latency,
    /// Computing time of the generator's threads.
    pub cpu: Duration,
    /// Of it, what answers cost to be read and looked at beyond what an answer may cost: 0.05 to 0.2 ms, by the
    /// rate. That is the server's doing.
    pub reading: Duration,
    /// How long they were ready to compute and were not let; zero where the system does not tell.
    pub starved: Duration,
    /// How many threads.
    pub threads: u16,
    /// The core that all of them kept to; none where none was named, or it could not be.
    pub core: Option<u32>,
    /// Connections opened, also in the warm-up.
    pub connections: u64,
    /// Requests sent once more, since a kept connection had been closed, also in the warm-up.
    pub resent: u64,
    /// Requests that waited because all connections waited for answers (open loop).
    pub queued: u64,
    /// Why the generator was the limit; nothing may be concluded then. None where it was not.
    pub saturated: Option<Saturation>,
}

/// Why the generator was the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Saturation {
    /// The busiest of its threads computed, or waited for a core, for 95 % of the time or more, and most of
    /// that was not for answers that cost more to read than they may.
    Cpu,
    /// It sent one request in a hundred later than it was due by more than 2 ms and by more than a tenth
    /// of the median latency, without the time that answers cost to read beyond what they may.
    Lag,
    /// This machine gave no more connections.
    Sockets,
}

impl Saturation {
    /// For people, in a few words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Cpu => "its threads had no computing time left",
            Self::Lag => "it sent requests later than they were due",
            Self::Sockets => "this machine gave it no more connections",
        }
    }
}

impl Measured {
    /// Right answers a second.
    pub fn requests_per_second(&self) -> f64 {
        per_second(self.right, self.elapsed)
    }

    /// Requests that ended in something else than the right answer.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// The share of failed requests among those that ended; 0 where none did.
    pub fn error_rate(&self) -> f64 {
        let failed = self.failed();
        share(failed, failed + self.right)
    }

    /// The share of the cores of its threads that the generator used.
    pub fn cpu_share(&self) -> f64 {
        self.audit.cpu.as_secs_f64() / (self.elapsed.as_secs_f64() * f64::from(self.audit.threads))
    }

    pub(crate) fn of(load: &Load, brought: Vec<Brought>, stopped: bool) -> Self {
        let threads = u16::try_from(brought.len()).unwrap_or(u16::MAX);
        let kept_to = brought.iter().all(|one| one.core.is_some());
        let mut together = Together::new(load.mix.len());
        for one in brought {
            together.add(one);
        }
        let Together {
            entries,
            lag,
            slices,
            figures,
            most_busy,
        } = together;
        let mut all = entries[0].clone();
        for entry in &entries[1..] {
            all.merge(entry);
        }
        let latency = Latency(all.latency);
        let lag = Latency(lag);
        let saturated = saturation(&all.troubles, &latency, &lag, most_busy);
        Self {
            elapsed: figures.elapsed,
            due: figures.due,
            ended: figures.ended,
            right: all.right,
            errors: all.troubles.by_kind(),
            unfinished: figures.unfinished,
            latency,
            requests: load
                .mix
                .iter()
                .zip(entries)
                .map(|(weighted, entry)| RequestMeasured {
                    name: weighted.name.clone(),
                    right: entry.right,
                    errors: entry.troubles.by_kind(),
                    latency: Latency(entry.latency),
                })
                .collect(),
            series: slices
                .into_iter()
                .map(|slice| Second {
                    due: slice.due,
                    right: slice.right,
                    failed: slice.failed,
                    latency: Latency(slice.histogram()),
                })
                .collect(),
            received: figures.received,
            audit: Audit {
                lag,
                cpu: figures.used.cpu,
                reading: figures.used.reading,
                starved: figures.used.waited,
                threads,
                core: load.core.filter(|_| kept_to),
                connections: figures.connections,
                resent: figures.resent,
                queued: figures.queued,
                saturated,
            },
            stopped,
            load: LoadSummary::of(load),
        }
    }
}

/// What all workers have brought, added up.
struct Together {
    entries: Vec<tally::Entry>,
    lag: Histogram<u64>,
    slices: Vec<Slice>,
    figures: Figures,
    /// The share of its time that the busiest worker computed or waited for a core.
    most_busy: f64,
}

#[derive(Default)]
struct Figures {
    elapsed: Duration,
    used: Use,
    due: u64,
    ended: u64,
    unfinished: u64,
    received: u64,
    connections: u64,
    resent: u64,
    queued: u64,
}

impl Together {
    fn new(entries: usize) -> Self {
        Self {
            entries: vec![tally::Entry::new(); entries],
            lag: tally::histogram(),
            slices: Vec::new(),
            figures: Figures::default(),
            most_busy: 0.0,
        }
    }

    fn add(&mut self, one: Brought) {
        let elapsed = one.until - one.tally.window.from;
        if !elapsed.is_zero() {
            self.most_busy = self.most_busy.max(one.used.busy(elapsed));
        }
        for (entry, more) in self.entries.iter_mut().zip(&one.tally.entries) {
            entry.merge(more);
        }
        // Both grow, so that nothing is out of range.
        let _ = self.lag.add(&one.tally.lag);
        let figures = &mut self.figures;
        figures.elapsed = figures.elapsed.max(elapsed);
        figures.used.cpu += one.used.cpu;
        figures.used.waited += one.used.waited;
        figures.used.reading += one.used.reading;
        figures.due += one.tally.due;
        figures.ended += one.tally.ended;
        figures.unfinished += one.unfinished;
        figures.received += one.bytes;
        figures.connections += one.opened;
        figures.resent += one.resent;
        figures.queued += one.tally.waited;
        let slices = one.tally.series.into_slices();
        if self.slices.len() < slices.len() {
            self.slices.resize_with(slices.len(), Slice::default);
        }
        for (slice, more) in self.slices.iter_mut().zip(&slices) {
            slice.merge(more);
        }
    }
}

fn saturation(
    troubles: &Troubles,
    latency: &Latency,
    lag: &Latency,
    most_busy: f64,
) -> Option<Saturation> {
    let tolerable = SHORT_LAG.max(latency.quantile(0.5) / 10);
    if troubles.of(Trouble::NoSocket) > 0 {
        Some(Saturation::Sockets)
    } else if most_busy >= BUSY {
        Some(Saturation::Cpu)
    } else if lag.quantile(0.99) > tolerable {
        Some(Saturation::Lag)
    } else {
        None
    }
}

fn per_second(count: u64, elapsed: Duration) -> f64 {
    let seconds = elapsed.as_secs_f64();
    if seconds > 0.0 {
        exact(count) / seconds
    } else {
        0.0
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        exact(part) / exact(whole)
    }
}

#[expect(clippy::cast_precision_loss, reason = "no run has 2^53 requests")]
fn exact(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(millis: &[u64]) -> Latency {
        let mut histogram = tally::histogram();
        for millis in millis {
            tally::record(&mut histogram, millis * 1_000_000, 1);
        }
        Latency(histogram)
    }

    #[test]
    fn the_generator_says_when_it_was_the_limit() {
        let fine = Troubles::default();
        let mut without_sockets = fine;
        without_sockets.add(Trouble::NoSocket);
        let (quick, slow, none) = (latency(&[5]), latency(&[100]), latency(&[]));
        let said = |troubles, lag, busy| saturation(&troubles, &slow, lag, busy);
        assert_eq!(said(fine, &none, 0.94), None);
        assert_eq!(said(fine, &none, 0.96), Some(Saturation::Cpu));
        assert_eq!(said(without_sockets, &none, 0.1), Some(Saturation::Sockets));
        // 5 ms late is much for an answer of 5 ms, and little for one of 100 ms.
        assert_eq!(said(fine, &quick, 0.1), None);
        let late = saturation(&fine, &quick, &quick, 0.1);
        assert_eq!(late, Some(Saturation::Lag));
    }
}
