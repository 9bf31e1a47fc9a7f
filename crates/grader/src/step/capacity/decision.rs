//! What searches come to, or that there must be more of them. Nothing here knows where they come from.

use challenge_spec::model::Capacity as Step;
use loadgen::capacity::{Capacity, End, Tried};

use super::Of;

/// A least rate is missed when so many searches miss it.
const MISSES: usize = 3;
/// A ratio is decided when so many pairs of searches more are on one side than on the other.
const LEAD: usize = 2;
/// So many searches of a side, and no more.
pub(super) const ROUNDS: usize = 5;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Decision {
    /// Another search of each side.
    More,
    /// All held.
    Held,
    /// Something did not, in a sentence.
    Failed(String),
    /// It cannot be said, in a sentence.
    Open(String),
}

/// Between what the ratio of two capacities lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) low: f64,
    /// Infinite where nobody knows.
    pub(super) high: f64,
}

impl Bounds {
    /// Of what two searches have found.
    pub(super) fn of(ours: &Capacity, theirs: &Capacity) -> Self {
        let rate = |tried: Option<Tried>| tried.map(|tried| tried.rate.per_second());
        let share = |ours: Option<f64>, theirs: Option<f64>| Some(ours? / theirs?);
        Self {
            low: share(rate(ours.keeps), rate(theirs.loses)).unwrap_or(0.0),
            high: share(rate(ours.loses), rate(theirs.keeps)).unwrap_or(f64::INFINITY),
        }
    }
}

/// Of each pair of searches.
pub(super) fn bounds(found: &[Vec<Capacity>]) -> Vec<Bounds> {
    let [ours, theirs] = found else {
        return Vec::new();
    };
    let pairs = ours.iter().zip(theirs);
    pairs
        .map(|(ours, theirs)| Bounds::of(ours, theirs))
        .collect()
}

/// What the searches of each side come to.
pub(super) fn decide(found: &[Vec<Capacity>], step: &Step, of: Of) -> Decision {
    let ours = found.first().map_or(&[][..], Vec::as_slice);
    let rate = match step.expect.rate {
        Some(rate) => least(ours, rate, of),
        None => Decision::Held,
    };
    let other = step.against.as_deref().unwrap_or_default();
    let ratio = match step.expect.ratio {
        Some(ratio) => compared(&bounds(found), ratio, other),
        None => Decision::Held,
    };
    let both = match (rate, ratio) {
        (failed @ Decision::Failed(_), _) | (_, failed @ Decision::Failed(_)) => failed,
        (Decision::Held, Decision::Held) => Decision::Held,
        (open @ Decision::Open(_), Decision::Held | Decision::Open(_))
        | (Decision::Held, open @ Decision::Open(_)) => open,
        _ => Decision::More,
    };
    if both == Decision::More && ours.len() >= ROUNDS {
        return Decision::Open(format!("too near to say after {ROUNDS} searches"));
    }
    let limit = ours.iter().filter(|found| found.end == End::Saturated);
    match both {
        Decision::Open(reason) if limit.count() > 0 => {
            Decision::Open(format!("{reason}; the load generator was the limit itself"))
        }
        both => both,
    }
}

/// Noise makes nothing faster: one search that keeps the rate decides.
fn least(ours: &[Capacity], rate: f64, of: Of) -> Decision {
    let kept = |found: &&Capacity| {
        found
            .keeps
            .is_some_and(|kept| kept.rate.per_second() >= rate)
    };
    let lost = |found: &&Capacity| {
        found
            .loses
            .is_some_and(|lost| lost.rate.per_second() <= rate)
    };
    if ours.iter().any(|found| kept(&found)) {
        return Decision::Held;
    }
    let misses = ours.iter().filter(lost).count();
    let (key, within) = (of.key, of.within.as_millis());
    if misses >= MISSES {
        let keeps = ours.iter().filter_map(|found| found.keeps);
        let best = keeps.map(|kept| kept.rate.per_second()).reduce(f64::max);
        let best = best.map_or_else(
            || "at no rate".to_owned(),
            |best| format!("at {best:.1} requests a second at best"),
        );
        return Decision::Failed(format!(
            "{key} was kept within {within} ms {best} in each of {misses} searches, and should be at {rate}"
        ));
    }
    if ours.len() < ROUNDS {
        return Decision::More;
    }
    Decision::Open(format!(
        "too near to say after {} searches whether {key} is kept within {within} ms at {rate} requests a second",
        ours.len()
    ))
}

fn compared(pairs: &[Bounds], least: f64, other: &str) -> Decision {
    let held = pairs.iter().filter(|pair| pair.low >= least).count();
    let missed = pairs.iter().filter(|pair| pair.high < least).count();
    if held >= missed + LEAD {
        return Decision::Held;
    }
    let said = || {
        let each: Vec<String> = pairs.iter().map(|pair| told(*pair)).collect();
        format!(
            "the capacity was {} times that of {other}, and should be at least {least}",
            each.join(", ")
        )
    };
    if missed >= held + LEAD {
        Decision::Failed(format!("too little: {}", said()))
    } else if pairs.len() < ROUNDS {
        Decision::More
    } else {
        let count = pairs.len();
        Decision::Open(format!(
            "too near to say after {count} pairs of searches: {}",
            said()
        ))
    }
}

/// `0.46 to 0.55`.
pub(super) fn told(Bounds { low, high }: Bounds) -> String {
    if high.is_finite() {
        format!("{low:.2} to {high:.2}")
    } else {
        format!("{low:.2} or more")
    }
}

#[cfg(test)]
mod tests;
