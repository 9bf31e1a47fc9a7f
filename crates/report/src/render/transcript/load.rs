//! A load as lines.

use crate::{
    model::{Load, LoadApart, LoadRun, LoadSide},
    neutral::brief,
};

use super::{LINE, MANY, push_exchange, push_mismatches};

/// So many runs of a side.
const RUNS: usize = 16;

pub(super) fn push(out: &mut Vec<String>, load: &Load) {
    let pace = pace(load);
    let line = |text: String, out: &mut Vec<String>| super::push(out, &text);
    line(
        format!(
            "step {}: load {pace}, each run for {} s after {} s",
            brief(&load.step, 20),
            seconds(load.duration_ms),
            seconds(load.warm_up_ms)
        ),
        out,
    );
    for request in load.requests.iter().take(MANY) {
        let send = brief(&request.send, LINE);
        line(format!("  {} x {send}", request.weight), out);
    }
    for told in apart(&load.apart) {
        line(format!("  {told}"), out);
    }
    push_mismatches(out, &load.mismatches);
    for ratio in load.ratios.iter().take(MANY) {
        let of = brief(&ratio.of, 20);
        let pairs = ratio.pairs.len();
        let told = match &ratio.interval {
            Some(interval) => format!(
                "  ratio of {of}: {:.2} ({:.2} to {:.2}) in {pairs} pairs, at most {}",
                interval.estimate, interval.low, interval.high, ratio.at_most
            ),
            None => format!("  ratio of {of}: {pairs} pairs, at most {}", ratio.at_most),
        };
        line(told, out);
    }
    for side in load.sides.iter().take(2) {
        push_side(out, side);
    }
    for sample in load.samples.iter().take(3) {
        push_exchange(out, sample);
    }
}

/// How who measured and who was measured were kept apart, in sentences.
pub(in crate::render) fn apart(apart: &LoadApart) -> Vec<String> {
    let core = apart
        .core
        .map(|core| format!("core {core} was the load generator's alone"));
    let still = (apart.still == Some(true))
        .then(|| "one side's programs stood still while the other was measured".to_owned());
    let lacks = apart.lacks.iter().take(MANY).map(|lack| brief(lack, 400));
    core.into_iter().chain(still).chain(lacks).collect()
}

/// `at 50 requests a second`, `on 8 connections`.
pub(in crate::render) fn pace(load: &Load) -> String {
    match (load.rate, load.connections) {
        (Some(rate), _) => format!("at {rate} requests a second"),
        (None, Some(1)) => "on 1 connection".to_owned(),
        (None, connections) => format!("on {} connections", connections.unwrap_or(1)),
    }
}

fn push_side(out: &mut Vec<String>, side: &LoadSide) {
    super::push(out, &format!("  {}:", brief(&side.subject, 80)));
    for (run, number) in side.runs.iter().take(RUNS).zip(1..) {
        super::push(out, &format!("    run {number}: {}", told(run)));
    }
    if side.runs.len() > RUNS {
        super::push(out, &format!("    ({} more runs)", side.runs.len() - RUNS));
    }
}

fn told(run: &LoadRun) -> String {
    let mut parts = vec![format!(
        "{} right, {:.1} a second",
        run.right, run.per_second
    )];
    let errors = run.errors.iter().take(MANY);
    parts.extend(errors.map(|error| format!("{} x {}", error.count, brief(&error.what, 80))));
    let latencies = [
        ("p50", run.p50_ms),
        ("p95", run.p95_ms),
        ("p99", run.p99_ms),
        ("longest", run.max_ms),
    ];
    let known = latencies
        .iter()
        .filter_map(|(name, ms)| Some((name, (*ms)?)));
    parts.extend(known.map(|(name, ms)| format!("{name} {ms:.1} ms")));
    if let Some(cpu) = run.cpu_ms {
        parts.push(format!("computing {cpu:.2} ms a request"));
    }
    if run.late_ms > 0.0 {
        parts.push(format!("sent up to {:.1} ms late", run.late_ms));
    }
    if let Some(why) = &run.says_nothing {
        parts.push(format!("says nothing: {}", brief(why, 120)));
    }
    parts.join(", ")
}

/// Milliseconds as seconds.
pub(in crate::render) fn seconds(millis: u64) -> String {
    let whole = millis / 1000;
    match millis % 1000 {
        0 => whole.to_string(),
        rest => format!("{whole}.{rest:03}")
            .trim_end_matches('0')
            .to_owned(),
    }
}
