//! `capacity`: what is sent, between which rates, what must be kept, and what must come of it.

use super::{load, quantities, steps::Walk};
use crate::{
    finding::Finding,
    model::{Capacity, Duration as Shown},
    path::Path,
};

/// `inside` is the key of the step around it.
pub(super) fn look(walk: &mut Walk<'_>, capacity: &Capacity, inside: Option<&str>, path: &Path) {
    load::alone(walk, inside, "a search for capacity", path);
    let sent = load::Sent {
        setup: &capacity.setup,
        requests: &capacity.requests,
        forms: capacity.forms,
        against: capacity.against.as_deref(),
    };
    load::requests(walk, &sent, path);
    let rates = rates(walk, capacity, path);
    if let Some(none) = quantities::no_time(path.key("duration"), capacity.duration) {
        walk.findings.push(none);
    } else if rates {
        time(walk, capacity, path);
    }
    objective(walk, capacity, path);
    expected(walk, capacity, path);
}

/// Whether they can be searched between at all. What is no rate is told with its type.
fn rates(walk: &mut Walk<'_>, capacity: &Capacity, path: &Path) -> bool {
    let is_rate = |rate: f64| rate > 0.0 && rate.is_finite();
    if !is_rate(capacity.from) || !is_rate(capacity.to) || capacity.precision <= 0.0 {
        return false;
    }
    if capacity.from >= capacity.to {
        walk.findings.push(
            Finding::value(
                path.key("to"),
                "the highest rate is not above the lowest, so that nothing is looked for",
            )
            .label(format!("must be more than {}", capacity.from))
            .help("make `to` larger, or `from` smaller".to_owned()),
        );
        return false;
    }
    true
}

fn time(walk: &mut Walk<'_>, capacity: &Capacity, path: &Path) {
    if capacity.from * capacity.duration.get().as_secs_f64() < load::FEWEST {
        walk.findings.push(
            Finding::value(
                path.key("from"),
                "too few requests are measured at the lowest rate to say anything of them",
            )
            .label(format!("fewer than {} in a try", load::FEWEST))
            .help("make it or `duration` larger".to_owned()),
        );
    }
    let subjects = if capacity.against.is_some() { 2 } else { 1 };
    let tries = capacity.most_rates() * Capacity::TRIES * subjects;
    let all = capacity.run_time().saturating_mul(tries);
    if all > capacity.limit.get() {
        let shown = Shown::from_secs(all.as_secs());
        walk.findings.push(
            Finding::value(
                path.key("duration"),
                format!(
                    "a search can take {shown} ({tries} tries), longer than its limit of {}",
                    capacity.limit
                ),
            )
            .help(
                "make `duration` or `warm_up` shorter, `from` and `to` closer, `precision` larger, or \
                 raise `limit`"
                    .to_owned(),
            ),
        );
    }
}

fn objective(walk: &mut Walk<'_>, capacity: &Capacity, path: &Path) {
    let objective = path.key("objective");
    for (key, _, within) in capacity.objective.latencies() {
        let none = quantities::no_time(objective.key(key), within);
        walk.findings.extend(none);
    }
    if capacity.objective.errors.is_some_and(|share| share >= 1.0) {
        walk.findings.push(
            Finding::value(objective.key("errors"), "every request may fail")
                .label("must be below 1")
                .help("write the share that may, such as `errors: 0.01`".to_owned()),
        );
    }
    let finding = match capacity.objective.latencies().count() {
        1 => return,
        0 => Finding::key(objective, "an objective without a percentile")
            .label("needs one of `p50`, `p95` and `p99`"),
        _ => Finding::key(objective, "an objective of several percentiles")
            .label("has more than one of `p50`, `p95` and `p99`"),
    };
    let help = "write how long answers may take, such as `p99: 300ms`; a mean hides what is slow";
    walk.findings.push(finding.help(help.to_owned()));
}

fn expected(walk: &mut Walk<'_>, capacity: &Capacity, path: &Path) {
    let expect = path.key("expect");
    let wanted = &capacity.expect;
    if wanted.rate.is_none() && wanted.ratio.is_none() {
        walk.findings.push(
            Finding::key(expect.clone(), "nothing is expected")
                .help("give at least one of `rate` and `ratio`".to_owned()),
        );
    }
    if let Some(rate) = wanted.rate
        && (rate > capacity.to || rate < capacity.from)
    {
        walk.findings.push(
            Finding::value(expect.key("rate"), "a rate that is never tried")
                .label(format!("is not from {} to {}", capacity.from, capacity.to))
                .help("look for it between `from` and `to`".to_owned()),
        );
    }
    match (&capacity.against, wanted.ratio) {
        (None, Some(_)) => walk.findings.push(
            Finding::key(expect.key("ratio"), "a ratio to nothing")
                .label("needs `against`")
                .help("name the other subject: `against: starter`, or a solution".to_owned()),
        ),
        (Some(_), None) => walk.findings.push(
            Finding::key(path.key("against"), "nothing is asked of the comparison")
                .label("needs `expect.ratio`")
                .help("write `ratio: 2`, or leave `against` out".to_owned()),
        ),
        // What is rounded is no mistake: 1.1 times 10 is a little more than 11.
        (Some(_), Some(ratio)) if ratio * capacity.from > capacity.to * (1.0 + 1e-9) => {
            walk.findings.push(
                Finding::value(
                    expect.key("ratio"),
                    "no search can come to this ratio, since nothing above `to` is tried",
                )
                .label(format!(
                    "`to` is {} times `from`",
                    capacity.to / capacity.from
                ))
                .help("make `to` larger, or `ratio` smaller".to_owned()),
            );
        }
        _ => {}
    }
}
