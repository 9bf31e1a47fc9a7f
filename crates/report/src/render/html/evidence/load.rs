//! A load: what was sent, how long answers took, and how both sides compare.

use serde::Serialize;

use crate::{
    model::{Load, LoadRatio, LoadRequest, LoadRun, LoadSide},
    neutral::brief,
    render::{
        html::plot::{Axis, Plot, Strokes, told},
        transcript,
    },
};

use super::{ExchangeView, LINE, MANY, MismatchRow, mismatches};

/// So many runs of a side.
const RUNS: usize = 24;
/// So many seconds of a run.
const SECONDS: usize = 300;
/// How the lines of the two sides are called.
pub(super) const CLASSES: [&str; 2] = ["ours", "theirs"];

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct LoadView {
    step: String,
    /// In a few words.
    pace: String,
    /// The other subject.
    against: Option<String>,
    each: String,
    apart: Vec<String>,
    sent: Vec<SentRow>,
    mismatches: Vec<MismatchRow>,
    ratios: Vec<RatioRow>,
    sides: Vec<SideRow>,
    plots: Vec<Plot>,
    runs: Vec<RunRow>,
    samples: Vec<ExchangeView>,
}

#[derive(Debug, Serialize)]
pub(super) struct SentRow {
    weight: u32,
    send: String,
    forms: u32,
}

#[derive(Debug, Serialize)]
struct RatioRow {
    of: String,
    at_most: String,
    estimate: String,
    between: String,
    pairs: String,
    /// What it came to: `earned`, `lost`, `undecided`.
    fate: &'static str,
    verdict: &'static str,
}

/// All runs of a side together.
#[derive(Debug, Serialize)]
struct SideRow {
    class: &'static str,
    subject: String,
    figures: Figures,
}

#[derive(Debug, Serialize)]
struct RunRow {
    subject: String,
    number: usize,
    figures: Figures,
    errors: String,
    says_nothing: Option<String>,
    late: Option<String>,
}

/// What stands in a row, as text.
#[derive(Debug, Serialize)]
struct Figures {
    right: u64,
    failed: u64,
    per_second: String,
    p50: String,
    p95: String,
    p99: String,
    longest: String,
    cpu: String,
}

impl LoadView {
    pub(super) fn of(load: &Load) -> Self {
        let sides = &load.sides[..load.sides.len().min(CLASSES.len())];
        let each = |ms| transcript::load::seconds(ms);
        let (duration, warm_up) = (each(load.duration_ms), each(load.warm_up_ms));
        Self {
            step: brief(&load.step, 20),
            pace: transcript::load::pace(load),
            against: sides.get(1).map(|side| brief(&side.subject, 80)),
            each: format!(
                "Each run: {duration} s after {warm_up} s of warm-up; a request may take {} s.",
                each(load.timeout_ms)
            ),
            apart: transcript::load::apart(&load.apart),
            sent: load.requests.iter().take(MANY).map(SentRow::of).collect(),
            mismatches: mismatches(&load.mismatches),
            ratios: load.ratios.iter().take(MANY).map(RatioRow::of).collect(),
            sides: sides.iter().zip(CLASSES).map(SideRow::of).collect(),
            plots: [distribution(sides), over_time(sides)]
                .into_iter()
                .flatten()
                .collect(),
            runs: runs(sides),
            samples: load.samples.iter().take(3).map(ExchangeView::of).collect(),
        }
    }
}

impl SentRow {
    pub(super) fn of(request: &LoadRequest) -> Self {
        Self {
            weight: request.weight,
            send: brief(&request.send, LINE),
            forms: request.forms,
        }
    }
}

impl RatioRow {
    fn of(ratio: &LoadRatio) -> Self {
        let interval = ratio.interval.as_ref();
        let (fate, verdict) = match interval {
            Some(interval) if interval.high <= ratio.at_most => ("earned", "held"),
            Some(interval) if interval.low > ratio.at_most => ("lost", "missed"),
            _ => ("undecided", "undecided"),
        };
        let pairs: Vec<String> = ratio
            .pairs
            .iter()
            .take(RUNS)
            .map(|pair| format!("{pair:.2}"))
            .collect();
        Self {
            of: match ratio.of.as_str() {
                "cpu" => "computing time a request".to_owned(),
                latency => brief(latency, 40),
            },
            at_most: ratio.at_most.to_string(),
            estimate: interval.map_or_else(dash, |interval| format!("{:.2}", interval.estimate)),
            between: interval.map_or_else(dash, |interval| {
                format!("{:.2} to {:.2}", interval.low, interval.high)
            }),
            pairs: pairs.join(", "),
            fate,
            verdict,
        }
    }
}

impl SideRow {
    fn of((side, class): (&LoadSide, &'static str)) -> Self {
        let saying: Vec<&LoadRun> = side
            .runs
            .iter()
            .filter(|run| run.says_nothing.is_none())
            .collect();
        let at = |share: f64| {
            let points = side.latency.iter();
            let mut known = points.filter(|point| (point.share - share).abs() < 1e-9);
            known.next().map(|point| point.ms)
        };
        Self {
            class,
            subject: brief(&side.subject, 80),
            figures: Figures {
                right: saying.iter().map(|run| run.right).sum(),
                failed: saying.iter().map(|run| failed(run)).sum(),
                per_second: number(mean(saying.iter().map(|run| Some(run.per_second)))),
                p50: time(at(0.5)),
                p95: time(at(0.95)),
                p99: time(at(0.99)),
                longest: time(at(1.0)),
                cpu: time(mean(saying.iter().map(|run| run.cpu_ms))),
            },
        }
    }
}

fn runs(sides: &[LoadSide]) -> Vec<RunRow> {
    let longest = sides.iter().map(|side| side.runs.len()).max().unwrap_or(0);
    let mut rows = Vec::new();
    // As they took turns.
    for place in 0..longest.min(RUNS) {
        for side in sides {
            let Some(run) = side.runs.get(place) else {
                continue;
            };
            let errors = run.errors.iter().take(MANY);
            let errors: Vec<String> = errors
                .map(|error| format!("{} × {}", error.count, brief(&error.what, 80)))
                .collect();
            rows.push(RunRow {
                subject: brief(&side.subject, 80),
                number: place + 1,
                figures: Figures {
                    right: run.right,
                    failed: failed(run),
                    per_second: number(Some(run.per_second)),
                    p50: time(run.p50_ms),
                    p95: time(run.p95_ms),
                    p99: time(run.p99_ms),
                    longest: time(run.max_ms),
                    cpu: time(run.cpu_ms),
                },
                errors: errors.join(", "),
                says_nothing: run.says_nothing.as_deref().map(|why| brief(why, 120)),
                late: (run.late_ms > 0.0).then(|| time(Some(run.late_ms))),
            });
        }
    }
    rows
}

/// What share of the requests took at most how long.
fn distribution(sides: &[LoadSide]) -> Option<Plot> {
    let times = || sides.iter().flat_map(|side| &side.latency);
    times().next()?;
    let lines: Vec<Strokes> = sides
        .iter()
        .zip(CLASSES)
        .map(|(side, class)| {
            let points = side.latency.iter().take(MANY);
            let points = points.map(|point| (point.ms, point.share * 100.0));
            (class, vec![points.collect()])
        })
        .collect();
    let share = Axis::Even {
        to: 100.0,
        unit: " %",
    };
    let said = |side: &LoadSide| {
        let row = SideRow::of((side, ""));
        let figures = row.figures;
        format!(
            "{}: half within {}, 95 % within {}, 99 % within {}",
            row.subject, figures.p50, figures.p95, figures.p99
        )
    };
    let label: Vec<String> = sides.iter().map(said).collect();
    Some(Plot::of(
        ("Share of requests answered within", label.join("; ")),
        &lines,
        (Axis::of_times(times().map(|point| point.ms)), share),
    ))
}

/// The p95 of each second, the runs of a side one behind another.
fn over_time(sides: &[LoadSide]) -> Option<Plot> {
    let mut lines: Vec<Strokes> = Vec::new();
    let mut end = 0_u32;
    for (side, class) in sides.iter().zip(CLASSES) {
        let mut at = 0_u32;
        let mut strokes = Vec::new();
        for run in side.runs.iter().take(RUNS) {
            let mut stroke = Vec::new();
            for second in run.seconds.iter().take(SECONDS) {
                let middle = f64::from(at) + 0.5;
                stroke.extend(second.p95_ms.map(|ms| (middle, ms)));
                at += 1;
            }
            strokes.push(stroke);
        }
        end = end.max(at);
        lines.push((class, strokes));
    }
    let points = || {
        lines
            .iter()
            .flat_map(|(_, strokes)| strokes.iter().flatten())
    };
    if points().count() < 2 {
        return None;
    }
    let seconds = Axis::Even {
        to: f64::from(end),
        unit: " s",
    };
    let times = Axis::of_times(points().map(|point| point.1));
    let label = format!("The p95 of each of {end} measured seconds");
    Some(Plot::of(
        ("p95 of each measured second", label),
        &lines,
        (seconds, times),
    ))
}

fn failed(run: &LoadRun) -> u64 {
    run.errors.iter().map(|error| u64::from(error.count)).sum()
}

fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let known: Vec<f64> = values.flatten().collect();
    let count = u32::try_from(known.len()).ok().filter(|count| *count > 0)?;
    Some(known.iter().sum::<f64>() / f64::from(count))
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(dash, |value| format!("{value:.1}"))
}

fn time(value: Option<f64>) -> String {
    value.map_or_else(dash, told)
}

fn dash() -> String {
    "–".to_owned()
}
