//! A list that takes twice as long as may be, beside the starter.

use report::model::{
    Evidence, Exchange, LatencyPoint, Load, LoadApart, LoadInterval, LoadRatio, LoadRequest,
    LoadRun, LoadSecond, LoadSide, Mismatch, TallyLine,
};

use super::evidence;

/// Half of the requests take so long, in milliseconds; the rest follows.
fn side(subject: &str, half: f64, failed: u32) -> LoadSide {
    let shares = [0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0];
    let stretched = [0.4, 0.5, 0.6, 0.8, 1.0, 1.4, 2.0, 2.6, 4.0, 9.0];
    let latency = shares.into_iter().zip(stretched);
    LoadSide {
        subject: subject.to_owned(),
        runs: (0..4).map(|number| run(half, number, failed)).collect(),
        latency: latency
            .map(|(share, stretch)| LatencyPoint {
                share,
                ms: half * stretch,
            })
            .collect(),
    }
}

fn run(half: f64, number: u32, failed: u32) -> LoadRun {
    let noise = 1.0 + f64::from(number % 3) / 20.0;
    let at = |stretch: f64| Some(half * stretch * noise);
    let second = |second: u32| LoadSecond {
        right: 50,
        failed: 0,
        p50_ms: at(1.0),
        p95_ms: at(2.2 + f64::from((second * 7 + number * 3) % 5) / 5.0),
    };
    let errors = (failed > 0 && number == 2).then(|| TallyLine {
        what: "wrong answer".to_owned(),
        count: failed,
    });
    LoadRun {
        late_ms: if number == 2 { 14.5 } else { 0.0 },
        says_nothing: (number == 1 && failed > 0)
            .then(|| "its threads had no computing time left".to_owned()),
        right: 200,
        per_second: 50.0,
        errors: errors.into_iter().collect(),
        p50_ms: at(1.0),
        p95_ms: at(2.6),
        p99_ms: at(4.0),
        max_ms: at(9.0),
        cpu_ms: at(0.8),
        memory_peak: Some(64 << 20),
        seconds: (0..4).map(second).collect(),
    }
}

/// The evidence of it.
pub(super) fn slow() -> Evidence {
    let wrong = Exchange {
        duration_ms: 0.0,
        ..evidence::shown_to_a_stranger()
    };
    Evidence::Load(Box::new(Load {
        step: "6".to_owned(),
        requests: vec![
            LoadRequest {
                weight: 3,
                send: "GET /orders?customer={{ int('c' ~ index, 1, 500) }}".to_owned(),
                forms: 20,
            },
            LoadRequest {
                weight: 1,
                send: "GET /products/SKU-4410".to_owned(),
                forms: 20,
            },
        ],
        rate: Some(50.0),
        connections: None,
        warm_up_ms: 1_000,
        duration_ms: 4_000,
        timeout_ms: 10_000,
        apart: LoadApart {
            core: Some(1),
            still: Some(false),
            lacks: vec![
                "one side's programs went on while the other was measured: the engine did not pause the container `db`"
                    .to_owned(),
            ],
        },
        sides: vec![side("submission", 21.5, 3), side("starter", 22.75, 0)],
        ratios: vec![
            LoadRatio {
                of: "p95".to_owned(),
                at_most: 0.5,
                pairs: vec![0.91, 0.97, 0.94, 0.96],
                interval: Some(LoadInterval {
                    low: 0.822,
                    estimate: 0.945,
                    high: 1.086,
                }),
            },
            LoadRatio {
                of: "cpu".to_owned(),
                at_most: 1.0,
                pairs: vec![0.94, 0.95, 0.95, 0.94],
                interval: Some(LoadInterval {
                    low: 0.918,
                    estimate: 0.945,
                    high: 0.973,
                }),
            },
        ],
        mismatches: vec![Mismatch {
            at: "ratio of p95".to_owned(),
            expected: "at most 0.5".to_owned(),
            actual: "0.95 (0.82 to 1.09)".to_owned(),
        }],
        samples: vec![wrong],
    }))
}

/// Of one that is several times as fast, and all of whose answers are right.
pub(super) fn fast() -> Evidence {
    let Evidence::Load(mut load) = slow() else {
        unreachable!("it is a load");
    };
    load.apart.still = Some(true);
    load.apart.lacks.clear();
    load.sides = vec![side("submission", 4.5, 0), side("starter", 22.75, 0)];
    load.ratios = vec![LoadRatio {
        of: "p95".to_owned(),
        at_most: 0.5,
        pairs: vec![0.2, 0.21, 0.19, 0.2],
        interval: Some(LoadInterval {
            low: 0.164,
            estimate: 0.2,
            high: 0.244,
        }),
    }];
    load.mismatches.clear();
    load.samples.clear();
    Evidence::Load(load)
}
