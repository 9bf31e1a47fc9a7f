//! A load for the report.

use loadgen::measured::{Latency, Second};
use report::model::{
    LatencyPoint, Load, LoadInterval, LoadRatio, LoadRun, LoadSecond, LoadSide, Mismatch,
};

use super::{
    Trial,
    decision::{self, Ratio},
    interval::Lies,
};
use crate::{
    finish,
    step::measure::{self, Run, Says, Side, millis, rounded, within},
};

/// So many seconds of a run.
const SECONDS: usize = 300;
/// The points of a distribution.
const SHARES: [f64; 19] = [
    0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99,
    0.999, 1.0,
];

pub(super) fn of(trial: &Trial<'_>) -> Load {
    let step = trial.step;
    let secrets = trial.ours.session.secrets(&trial.ours.scope);
    let timeout = within(trial.ours.session.file, &step.requests);
    let ratios = trial.rounds.ratios(&step.expect);
    let sides = std::iter::once(&trial.ours).chain(&trial.theirs);
    Load {
        step: trial.place.to_string(),
        requests: measure::requests(trial.sent(), &secrets),
        rate: step.rate,
        connections: step.connections,
        warm_up_ms: finish::millis(step.warm_up.get()),
        duration_ms: finish::millis(step.duration.get()),
        timeout_ms: finish::millis(timeout),
        apart: trial.apart.told(),
        sides: sides.map(side).collect(),
        mismatches: mismatches(trial, &ratios),
        ratios: ratios.into_iter().map(ratio).collect(),
        samples: measure::samples(&trial.ours, trial.place),
    }
}

fn side(side: &Side<'_>) -> LoadSide {
    let saying = side.runs.iter().filter(|run| run.says_nothing().is_none());
    let pooled = saying
        .map(|run| run.measured.latency.clone())
        .reduce(|all, one| all.with(&one));
    LoadSide {
        subject: side.name.to_owned(),
        runs: side.runs.iter().map(run).collect(),
        latency: pooled.map(|latency| points(&latency)).unwrap_or_default(),
    }
}

fn points(latency: &Latency) -> Vec<LatencyPoint> {
    if latency.count() == 0 {
        return Vec::new();
    }
    let point = |share: f64| LatencyPoint {
        share,
        ms: millis(match share {
            0.0 => latency.min(),
            share => latency.quantile(share),
        }),
    };
    SHARES.into_iter().map(point).collect()
}

fn run(run: &Run) -> LoadRun {
    let measured = &run.measured;
    let latency = &measured.latency;
    let at = |share| (latency.count() > 0).then(|| millis(latency.quantile(share)));
    LoadRun {
        says_nothing: run.says_nothing().map(|why| why.says().to_owned()),
        late_ms: millis(run.late()),
        right: measured.right,
        per_second: rounded(measured.requests_per_second()),
        errors: measure::tally(run),
        p50_ms: at(0.5),
        p95_ms: at(0.95),
        p99_ms: at(0.99),
        max_ms: at(1.0),
        cpu_ms: run.cpu_of_one().map(millis),
        memory_peak: run.memory_peak,
        seconds: measured.series.iter().take(SECONDS).map(second).collect(),
    }
}

fn second(second: &Second) -> LoadSecond {
    let at = |share| (second.latency.count() > 0).then(|| millis(second.latency.quantile(share)));
    LoadSecond {
        right: second.right,
        failed: second.failed,
        p50_ms: at(0.5),
        p95_ms: at(0.95),
    }
}

fn ratio(ratio: Ratio) -> LoadRatio {
    LoadRatio {
        of: ratio.of.to_owned(),
        at_most: ratio.limit,
        interval: ratio.interval.map(|interval| LoadInterval {
            low: rounded(interval.low),
            estimate: rounded(interval.estimate),
            high: rounded(interval.high),
        }),
        pairs: ratio.ratios.into_iter().map(rounded).collect(),
    }
}

/// What is against the submission.
fn mismatches(trial: &Trial<'_>, ratios: &[Ratio]) -> Vec<Mismatch> {
    let expect = &trial.step.expect;
    let mut found = Vec::new();
    let allowed = expect.errors.unwrap_or(0.0);
    let mut said = trial.ours.runs.iter().map(|run| run.says(allowed));
    let faults = said.find_map(|says| match says {
        Says::Faults(faults) => Some(faults),
        _ => None,
    });
    if let Some(faults) = faults {
        found.push(Mismatch {
            at: "errors".to_owned(),
            expected: format!("at most {} % of the requests", rounded(allowed * 100.0)),
            actual: format!("{} of {}", faults.wrong + faults.unanswered, faults.all),
        });
    }
    for (key, share, limit) in expect.latencies() {
        let runs = trial
            .ours
            .runs
            .iter()
            .filter(|run| run.says_nothing().is_none() && run.measured.right > 0);
        let least = |run: &Run| {
            run.measured
                .latency
                .quantile(share)
                .saturating_sub(run.late())
        };
        let best = runs.map(least).min();
        if let Some(best) = best.filter(|best| *best > limit.get()) {
            found.push(Mismatch {
                at: key.to_owned(),
                expected: format!("at most {limit}"),
                actual: format!("{} at best", decision::shown(best)),
            });
        }
    }
    for ratio in ratios {
        if let Some(interval) = ratio.interval
            && interval.lies(ratio.limit) == Lies::Beyond
        {
            found.push(Mismatch {
                at: format!("ratio of {}", ratio.of),
                expected: format!("at most {}", ratio.limit),
                actual: format!(
                    "{:.2} ({:.2} to {:.2})",
                    interval.estimate, interval.low, interval.high
                ),
            });
        }
    }
    found
}
