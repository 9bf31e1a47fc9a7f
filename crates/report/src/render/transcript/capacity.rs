//! A search for capacity as lines.

use crate::{
    model::{Capacity, CapacityBounds, CapacitySearch, CapacityTry},
    neutral::brief,
};

use super::{LINE, MANY, load, push_exchange, push_mismatches};

pub(super) fn push(out: &mut Vec<String>, capacity: &Capacity) {
    let line = |text: String, out: &mut Vec<String>| super::push(out, &text);
    line(
        format!(
            "step {}: capacity with {}, each try for {} s after {} s",
            brief(&capacity.step, 20),
            objective(capacity),
            load::seconds(capacity.duration_ms),
            load::seconds(capacity.warm_up_ms)
        ),
        out,
    );
    for request in capacity.requests.iter().take(MANY) {
        let send = brief(&request.send, LINE);
        line(format!("  {} x {send}", request.weight), out);
    }
    for told in load::apart(&capacity.apart) {
        line(format!("  {told}"), out);
    }
    push_mismatches(out, &capacity.mismatches);
    if let Some(ratio) = &capacity.ratio {
        let pairs: Vec<String> = ratio.pairs.iter().take(MANY).map(bounds).collect();
        let (pairs, at_least) = (pairs.join(", "), ratio.at_least);
        line(format!("  ratio: {pairs}, at least {at_least}"), out);
    }
    for side in capacity.sides.iter().take(2) {
        line(format!("  {}:", brief(&side.subject, 80)), out);
        for (search, number) in side.searches.iter().take(MANY).zip(1..) {
            line(format!("    search {number}: {}", found(search)), out);
            for one in search.tries.iter().take(MANY) {
                line(format!("      {}", tried(capacity, one)), out);
            }
        }
    }
    for sample in capacity.samples.iter().take(3) {
        push_exchange(out, sample);
    }
}

/// `p99 within 300 ms, at most 1 % failed`.
pub(in crate::render) fn objective(capacity: &Capacity) -> String {
    let errors = (capacity.errors * 100_000.0).round() / 1000.0;
    format!(
        "{} within {} ms, at most {errors} % failed",
        brief(&capacity.of, 20),
        capacity.within_ms
    )
}

/// `1.8 to 2.1`.
pub(in crate::render) fn bounds(bounds: &CapacityBounds) -> String {
    match bounds.high {
        Some(high) => format!("{:.2} to {high:.2}", bounds.low),
        None => format!("{:.2} or more", bounds.low),
    }
}

/// `kept at 44.9 a second, lost at 49.4: found`.
pub(in crate::render) fn found(search: &CapacitySearch) -> String {
    let kept = match search.keeps {
        Some(rate) => format!("kept at {rate:.1} a second"),
        None => "never kept".to_owned(),
    };
    let lost = match search.loses {
        Some(rate) => format!("lost at {rate:.1}"),
        None => "never lost".to_owned(),
    };
    format!("{kept}, {lost}: {}", brief(&search.end, 120))
}

fn tried(capacity: &Capacity, one: &CapacityTry) -> String {
    let said = match one.kept {
        Some(true) => "kept",
        Some(false) => "lost",
        None => "says nothing",
    };
    let mut parts = vec![format!("{:.1} a second {said}", one.rate)];
    if let Some(ms) = one.latency_ms {
        parts.push(format!("{} {ms:.1} ms", brief(&capacity.of, 20)));
    }
    parts.push(format!("{} right", one.right));
    let failed = one.failed.iter().take(MANY);
    parts.extend(failed.map(|line| format!("{} x {}", line.count, brief(&line.what, 80))));
    parts.extend(one.says_nothing.as_deref().map(|why| brief(why, 120)));
    parts.join(", ")
}
