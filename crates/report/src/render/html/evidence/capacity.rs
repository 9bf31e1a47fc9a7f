//! A search for capacity: what was sent, how the latency grows with the rate, and what was found.

use serde::Serialize;

use crate::{
    model::{Capacity, CapacitySide, CapacityTry},
    neutral::brief,
    render::{
        html::plot::{Axis, Plot, Strokes, told},
        transcript,
    },
};

use super::{
    ExchangeView, MANY, MismatchRow,
    load::{CLASSES, SentRow},
    mismatches,
};

/// So many tries of a search.
const TRIES: usize = 60;

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct CapacityView {
    step: String,
    objective: String,
    against: Option<String>,
    each: String,
    apart: Vec<String>,
    sent: Vec<SentRow>,
    mismatches: Vec<MismatchRow>,
    at_least: Option<String>,
    ratio: Option<RatioRow>,
    sides: Vec<SideRow>,
    plots: Vec<Plot>,
    tries: Vec<TryRow>,
    samples: Vec<ExchangeView>,
}

#[derive(Debug, Serialize)]
struct RatioRow {
    at_least: String,
    pairs: String,
}

#[derive(Debug, Serialize)]
struct SideRow {
    class: &'static str,
    subject: String,
    /// What each search has found.
    found: Vec<String>,
}

#[derive(Debug, Serialize)]
struct TryRow {
    subject: String,
    search: usize,
    rate: String,
    latency: String,
    right: u64,
    failed: u64,
    errors: String,
    fate: &'static str,
    verdict: &'static str,
    says_nothing: Option<String>,
}

impl CapacityView {
    pub(super) fn of(capacity: &Capacity) -> Self {
        let sides = &capacity.sides[..capacity.sides.len().min(CLASSES.len())];
        let each = transcript::load::seconds;
        Self {
            step: brief(&capacity.step, 20),
            objective: transcript::capacity::objective(capacity),
            against: sides.get(1).map(|side| brief(&side.subject, 80)),
            each: format!(
                "Each try: {} s after {} s of warm-up, on at most {} connections; a request may take {} s.",
                each(capacity.duration_ms),
                each(capacity.warm_up_ms),
                capacity.connections,
                each(capacity.timeout_ms)
            ),
            apart: transcript::load::apart(&capacity.apart),
            sent: capacity
                .requests
                .iter()
                .take(MANY)
                .map(SentRow::of)
                .collect(),
            mismatches: mismatches(&capacity.mismatches),
            at_least: capacity.at_least.map(|rate| rate.to_string()),
            ratio: capacity.ratio.as_ref().map(|ratio| {
                let pairs = ratio.pairs.iter().take(MANY);
                let pairs: Vec<String> = pairs.map(transcript::capacity::bounds).collect();
                RatioRow {
                    at_least: ratio.at_least.to_string(),
                    pairs: pairs.join(", "),
                }
            }),
            sides: sides.iter().zip(CLASSES).map(SideRow::of).collect(),
            plots: drawn(capacity, sides).into_iter().collect(),
            tries: sides.iter().flat_map(tries).collect(),
            samples: capacity
                .samples
                .iter()
                .take(3)
                .map(ExchangeView::of)
                .collect(),
        }
    }
}

impl SideRow {
    fn of((side, class): (&CapacitySide, &'static str)) -> Self {
        let searches = side.searches.iter().take(MANY);
        Self {
            class,
            subject: brief(&side.subject, 80),
            found: searches.map(transcript::capacity::found).collect(),
        }
    }
}

fn tries(side: &CapacitySide) -> Vec<TryRow> {
    let mut rows = Vec::new();
    for (search, number) in side.searches.iter().take(MANY).zip(1..) {
        for one in search.tries.iter().take(TRIES) {
            let errors = one.failed.iter().take(MANY);
            let errors: Vec<String> = errors
                .map(|error| format!("{} × {}", error.count, brief(&error.what, 80)))
                .collect();
            let (fate, verdict) = match one.kept {
                Some(true) => ("earned", "kept"),
                Some(false) => ("lost", "lost"),
                None => ("undecided", "says nothing"),
            };
            rows.push(TryRow {
                subject: brief(&side.subject, 80),
                search: number,
                rate: format!("{:.1}", one.rate),
                latency: one.latency_ms.map_or_else(|| "–".to_owned(), told),
                right: one.right,
                failed: one.failed.iter().map(|line| u64::from(line.count)).sum(),
                errors: errors.join(", "),
                fate,
                verdict,
                says_nothing: one.says_nothing.as_deref().map(|why| brief(why, 120)),
            });
        }
    }
    rows
}

/// The latency over the rate, the median of all tries of a rate, and what the objective allows.
fn drawn(capacity: &Capacity, sides: &[CapacitySide]) -> Option<Plot> {
    let mut lines: Vec<Strokes> = Vec::new();
    for (side, class) in sides.iter().zip(CLASSES) {
        let searches = side.searches.iter().take(MANY);
        let tries = searches.flat_map(|search| search.tries.iter().take(TRIES));
        lines.push((class, vec![medians(tries)]));
    }
    let points = || {
        lines
            .iter()
            .flat_map(|(_, strokes)| strokes.iter().flatten())
    };
    points().next()?;
    let most = points().map(|point| point.0).fold(0.0, f64::max);
    #[expect(clippy::cast_precision_loss, reason = "no time has 2^53 ms")]
    let within = capacity.within_ms as f64;
    let times = Axis::of_times(points().map(|point| point.1).chain([within]));
    lines.push(("limit", vec![vec![(0.0, within), (most, within)]]));
    let rates = Axis::Even {
        to: most,
        unit: " /s",
    };
    let said = sides.iter().map(|side| {
        let last = side.searches.last();
        let found = last.map(transcript::capacity::found).unwrap_or_default();
        format!("{}: {found}", brief(&side.subject, 80))
    });
    let said: Vec<String> = said.collect();
    Some(Plot::of(
        ("Latency by requests a second", said.join("; ")),
        &lines,
        (rates, times),
    ))
}

/// Of each rate, rising.
fn medians<'a>(tries: impl Iterator<Item = &'a CapacityTry>) -> Vec<(f64, f64)> {
    let known = tries.filter(|one| one.kept.is_some());
    let mut points: Vec<(f64, f64)> = known
        .filter_map(|one| Some((one.rate, one.latency_ms?)))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let of_one = points.chunk_by(|a, b| (a.0 - b.0).abs() < 1e-9);
    of_one.map(|all| all[all.len() / 2]).collect()
}
