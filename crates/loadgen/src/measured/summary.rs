//! The same as plain numbers, for JSON.

use std::{collections::BTreeMap, time::Duration};

use schemars::JsonSchema;
use serde::Serialize;

use super::{Audit, Latency, Measured, Saturation, Second, per_second};
use crate::{
    load::{Arrival, Load, Pace},
    trouble::Trouble,
};

/// What a load came to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Summary {
    /// What was asked for.
    pub load: LoadSummary,
    /// Right answers a second.
    pub requests_per_second: f64,
    /// Seconds that were measured.
    pub elapsed_seconds: f64,
    /// Requests that were due (open loop), or ended (closed loop).
    pub due: u64,
    /// Whole answers that were as expected.
    pub right: u64,
    /// Requests that ended in something else.
    pub failed: u64,
    /// Failed requests among those that ended.
    pub error_rate: f64,
    /// Requests that were under way or waited when the run ended, and did not fail.
    pub unfinished: u64,
    /// How many failed in which way.
    pub errors: BTreeMap<Trouble, u64>,
    /// From when a request was due (open loop) or sent (closed loop) to the end of its right answer. A
    /// request that nobody waited for any longer counts with the time it was waited for; other errors
    /// are left out.
    pub latency: LatencySummary,
    /// For each request of the mix.
    pub requests: Vec<RequestSummary>,
    /// For each second.
    pub series: Vec<SecondSummary>,
    /// Bytes received a second.
    pub bytes_per_second: f64,
    /// What the generator says of itself.
    pub audit: AuditSummary,
    /// Whether it was stopped before its time.
    pub stopped: bool,
}

/// What was asked for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LoadSummary {
    /// Scheme and authority of the server.
    pub server: String,
    /// Whether requests were sent when they were due, or each when the last was answered.
    pub open_loop: bool,
    /// Connections; in an open loop the most there may be.
    pub connections: u32,
    /// Requests a second at the beginning (open loop).
    pub rate_from: Option<f64>,
    /// Requests a second at the end (open loop).
    pub rate_to: Option<f64>,
    /// Whether arrivals are a Poisson process (open loop).
    pub poisson: bool,
    /// Before anything was measured.
    pub warm_up_seconds: f64,
    /// To be measured.
    pub duration_seconds: f64,
    /// How long a request may take.
    pub timeout_seconds: f64,
    /// Where chance came from.
    pub seed: u64,
}

impl LoadSummary {
    pub(crate) fn of(load: &Load) -> Self {
        let (open_loop, ramp, poisson) = match load.pace {
            Pace::Closed { .. } => (false, None, false),
            Pace::Open { ramp, arrival, .. } => (true, Some(ramp), arrival == Arrival::Poisson),
        };
        Self {
            server: load.target.base.to_string(),
            open_loop,
            connections: load.pace.connections(),
            rate_from: ramp.map(|ramp| ramp.from.per_second()),
            rate_to: ramp.map(|ramp| ramp.to.per_second()),
            poisson,
            warm_up_seconds: load.warm_up.as_secs_f64(),
            duration_seconds: load.duration.as_secs_f64(),
            timeout_seconds: load.timeout.as_secs_f64(),
            seed: load.seed,
        }
    }
}

/// The JSON Schema of [`Summary`], as committed in `docs/schema/`.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Summary)
}

/// A distribution, in milliseconds; null where nothing was measured.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names are those of percentiles")]
pub struct LatencySummary {
    pub min_ms: Option<f64>,
    pub mean_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p75_ms: Option<f64>,
    pub p90_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
    pub p999_ms: Option<f64>,
    pub max_ms: Option<f64>,
}

/// One request of the mix.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RequestSummary {
    /// As the mix calls it.
    pub name: String,
    /// Whole answers that were as expected.
    pub right: u64,
    /// How many failed in which way.
    pub errors: BTreeMap<Trouble, u64>,
    /// As of the whole.
    pub latency: LatencySummary,
}

/// A second.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SecondSummary {
    /// Requests that became due in it (open loop; else 0).
    pub due: u64,
    /// Right answers that came in it.
    pub right: u64,
    /// Requests that failed in it.
    pub failed: u64,
    /// Of its right answers; null where there were none.
    pub p50_ms: Option<f64>,
    /// As `p50_ms`.
    pub p99_ms: Option<f64>,
    /// As `p50_ms`.
    pub max_ms: Option<f64>,
}

/// What the generator says of itself.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AuditSummary {
    /// Why the generator was the limit; nothing may be concluded then. Null where it was not.
    pub saturated: Option<Saturation>,
    /// How long after requests were due they were sent (open loop), in milliseconds; null where none was due.
    pub lag_p50_ms: Option<f64>,
    /// The same, of the latest of a hundred.
    pub lag_p99_ms: Option<f64>,
    /// The same, of the latest.
    pub lag_max_ms: Option<f64>,
    /// Computing time of the generator.
    pub cpu_seconds: f64,
    /// The share of the cores of its threads.
    pub cpu_share: f64,
    /// How long its threads were ready to compute and were not let.
    pub starved_seconds: f64,
    /// How many threads.
    pub threads: u16,
    /// Connections opened.
    pub connections: u64,
    /// Requests sent once more, since a kept connection had been closed.
    pub resent: u64,
    /// Requests that waited because all connections waited for answers (open loop).
    pub queued: u64,
    /// Of these, those that were not sent in time.
    pub dropped: u64,
}

impl Measured {
    /// The same as plain numbers.
    pub fn summary(&self) -> Summary {
        Summary {
            load: self.load.clone(),
            requests_per_second: self.requests_per_second(),
            elapsed_seconds: self.elapsed.as_secs_f64(),
            due: self.due,
            right: self.right,
            failed: self.failed(),
            error_rate: self.error_rate(),
            unfinished: self.unfinished,
            errors: self.errors.clone(),
            latency: self.latency.summary(),
            requests: self
                .requests
                .iter()
                .map(|request| RequestSummary {
                    name: request.name.clone(),
                    right: request.right,
                    errors: request.errors.clone(),
                    latency: request.latency.summary(),
                })
                .collect(),
            series: self.series.iter().map(Second::summary).collect(),
            bytes_per_second: per_second(self.received, self.elapsed),
            audit: self.audit.summary(self),
            stopped: self.stopped,
        }
    }
}

impl Latency {
    fn summary(&self) -> LatencySummary {
        let at = |share| self.if_any(self.quantile(share));
        LatencySummary {
            min_ms: self.if_any(self.min()),
            mean_ms: self.if_any(self.mean()),
            p50_ms: at(0.5),
            p75_ms: at(0.75),
            p90_ms: at(0.9),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: self.if_any(self.max()),
        }
    }

    /// A figure of it in milliseconds; of nothing there is none, and 0 would be the best of all.
    fn if_any(&self, figure: Duration) -> Option<f64> {
        (self.count() > 0).then(|| millis(figure))
    }
}

impl Second {
    fn summary(&self) -> SecondSummary {
        let latency = &self.latency;
        SecondSummary {
            due: self.due,
            right: self.right,
            failed: self.failed,
            p50_ms: latency.if_any(latency.quantile(0.5)),
            p99_ms: latency.if_any(latency.quantile(0.99)),
            max_ms: latency.if_any(latency.max()),
        }
    }
}

impl Audit {
    fn summary(&self, measured: &Measured) -> AuditSummary {
        AuditSummary {
            saturated: self.saturated,
            lag_p50_ms: self.lag.if_any(self.lag.quantile(0.5)),
            lag_p99_ms: self.lag.if_any(self.lag.quantile(0.99)),
            lag_max_ms: self.lag.if_any(self.lag.max()),
            cpu_seconds: self.cpu.as_secs_f64(),
            cpu_share: measured.cpu_share(),
            starved_seconds: self.starved.as_secs_f64(),
            threads: self.threads,
            connections: self.connections,
            resent: self.resent,
            queued: self.queued,
            dropped: measured
                .errors
                .get(&Trouble::NotSent)
                .copied()
                .unwrap_or_default(),
        }
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
