//! `load`: what is sent, how fast and for how long, and what must come of it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{names_used_in, quantities, request, scope::Origin, steps::Walk};
use crate::{
    finding::Finding,
    model::{Load, Operation, Request},
    path::Path,
};

/// So many requests are told apart under load, renderings counted one by one.
const MOST_FORMS: usize = 256;

/// Fewer requests in a run say nothing of any share of them.
pub(super) const FEWEST: f64 = 20.0;

/// What is sent, and to whom beside the submission.
pub(super) struct Sent<'a> {
    pub(super) setup: &'a [Request],
    pub(super) requests: &'a [Operation],
    /// How many renderings there are of each.
    pub(super) forms: u32,
    pub(super) against: Option<&'a str>,
}

/// `inside` is the key of the step around it.
pub(super) fn look(walk: &mut Walk<'_>, load: &Load, inside: Option<&str>, path: &Path) {
    alone(walk, inside, "a load", path);
    let sent = Sent {
        setup: &load.setup,
        requests: &load.requests,
        forms: load.forms,
        against: load.against.as_deref(),
    };
    requests(walk, &sent, path);
    if load.rate.is_none() && load.connections.is_none() {
        walk.findings.push(
            Finding::key(path.clone(), "how fast requests are sent is not said")
                .label("needs `rate` or `connections`")
                .help(
                    "give `rate` (requests a second, for latencies) or `connections` (as fast as \
                     answers come, for computing time)"
                        .to_owned(),
                ),
        );
    }
    time(walk, load, path);
    expected(walk, load, path);
}

/// What measures is a step of the check itself.
pub(super) fn alone(walk: &mut Walk<'_>, inside: Option<&str>, what: &str, path: &Path) {
    if let Some(around) = inside {
        walk.findings.push(
            Finding::key(
                path.clone(),
                format!("{what} cannot stand inside `{around}`"),
            )
            .help("make it a step of the check itself".to_owned()),
        );
    }
}

/// What is sent, in so many renderings each. Names that its setup makes end with it.
pub(super) fn requests(walk: &mut Walk<'_>, sent: &Sent<'_>, path: &Path) {
    let operations = sent.requests;
    let all = path.key("requests");
    let setup = path.key("setup");
    if let Some(against) = sent.against {
        let mistake = walk.known.mistake(against, path.key("against"));
        walk.findings.extend(mistake);
        captured(walk, sent.setup, against, &setup);
        captured(walk, operations, against, &all);
    }
    let outside = walk.scope.clone();
    for (place, request) in sent.setup.iter().enumerate() {
        request::look(walk, request, &setup.index(place));
    }
    let count = operations.len().saturating_mul(sent.forms as usize);
    if count > MOST_FORMS {
        let each = MOST_FORMS / operations.len().max(1);
        walk.findings.push(
            Finding::key(
                path.clone(),
                format!("{count} renderings are more than the {MOST_FORMS} that are kept apart"),
            )
            .help(format!("write `forms: {each}`")),
        );
    }
    walk.scope.index = true;
    for (place, operation) in operations.iter().enumerate() {
        let path = all.index(place).key("request");
        let captures = path.key("expect").key("capture");
        for name in operation.request.expect.capture.keys() {
            walk.findings.push(
                Finding::key(
                    captures.key(name),
                    "the requests of a `load` capture nothing, as there are many answers",
                )
                .help(
                    "capture it with a request of its `setup`, which each side is sent once"
                        .to_owned(),
                ),
            );
        }
        let mut request = operation.request.clone();
        request.expect.capture.clear();
        request::look(walk, &request, &path);
    }
    walk.scope = outside;
}

/// What the submission gave, the other subject knows nothing of.
fn captured(walk: &mut Walk<'_>, sent: impl Serialize, against: &str, path: &Path) {
    let mut used = BTreeSet::new();
    if let Ok(requests) = serde_json::to_value(sent) {
        names_used_in(&requests, &mut used);
    }
    for name in used {
        if walk.scope.names.get(&name) == Some(&Origin::Capture) {
            walk.findings.push(
                Finding::key(
                    path.clone(),
                    format!("`{name}` is what the submission gave: `{against}` does not have it"),
                )
                .help(
                    "ask for what the seeds make, or capture it with a request of its `setup`, which each side \
                     is sent once"
                        .to_owned(),
                ),
            );
        }
    }
}

fn time(walk: &mut Walk<'_>, load: &Load, path: &Path) {
    let duration = path.key("duration");
    if let Some(none) = quantities::no_time(duration.clone(), load.duration) {
        walk.findings.push(none);
    } else if load.run_time() > walk.limit.get() {
        walk.findings.push(
            Finding::value(
                duration,
                format!(
                    "warm-up and duration are longer than a check may take, {}",
                    walk.limit
                ),
            )
            .help("make them shorter, or raise `limits.check`".to_owned()),
        );
    } else if let Some(rate) = load.rate
        && rate * load.duration.get().as_secs_f64() < FEWEST
    {
        walk.findings.push(
            Finding::value(
                path.key("rate"),
                "too few requests are measured to say anything of them",
            )
            .label(format!("fewer than {FEWEST} in a run"))
            .help("make it or `duration` larger".to_owned()),
        );
    }
}

fn expected(walk: &mut Walk<'_>, load: &Load, path: &Path) {
    let expect = path.key("expect");
    for (key, _, limit) in load.expect.latencies() {
        walk.findings
            .extend(quantities::no_time(expect.key(key), limit));
    }
    let ratio = load.expect.ratio.as_ref();
    let of_ratio = ratio.iter().flat_map(|ratio| ratio.each());
    let of_ratio = of_ratio.filter(|(key, _)| *key != "cpu");
    let latencies = load.expect.latencies().map(|(key, ..)| expect.key(key));
    let latencies = latencies.chain(of_ratio.map(|(key, _)| expect.key("ratio").key(key)));
    for latency in latencies.filter(|_| load.rate.is_none()) {
        walk.findings.push(
            Finding::key(latency, "latencies are those of a load with a `rate`")
                .label("needs `rate`")
                .help(
                    "without one each request waits for the answer before it, and whoever is slow is asked \
                     less often"
                        .to_owned(),
                ),
        );
    }
    let is_empty = |ratio: &crate::model::LoadRatio| ratio.each().next().is_none();
    if load.expect.errors.is_none() && load.expect.latencies().next().is_none() && ratio.is_none() {
        walk.findings.push(
            Finding::key(expect.clone(), "nothing is expected").help(
                "give at least one of `errors`, `p50`, `p95`, `p99` and `ratio`; `errors: 0` asks \
                 that every answer is right"
                    .to_owned(),
            ),
        );
    }
    if ratio.is_some_and(is_empty) {
        walk.findings.push(
            Finding::key(expect.key("ratio"), "nothing is expected")
                .help("give at least one of `p50`, `p95`, `p99` and `cpu`".to_owned()),
        );
    }
    match (&load.against, ratio) {
        (None, Some(_)) => walk.findings.push(
            Finding::key(expect.key("ratio"), "a ratio to nothing")
                .label("needs `against`")
                .help("name the other subject: `against: starter`, or a solution".to_owned()),
        ),
        (Some(_), None) => walk.findings.push(
            Finding::key(path.key("against"), "nothing is asked of the comparison")
                .label("needs `expect.ratio`")
                .help("write `ratio: { p95: 0.5 }`, or leave `against` out".to_owned()),
        ),
        _ => {}
    }
}
