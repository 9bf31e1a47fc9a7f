//! Evidence as the template sees it, bounded.

mod capacity;
mod comparison;
mod database;
mod excerpt;
mod exchange;
mod keyspace;
mod load;
mod migration;
mod printed;
mod upstream;

use serde::Serialize;

use crate::{
    model::{Burst, Evidence, Log, Mismatch, Query},
    neutral::{brief, clip},
    render::{
        html::prose::{Part, parts},
        transcript,
    },
};

use capacity::CapacityView;
use comparison::ComparisonView;
use database::{PlanView, StatementsView};
use excerpt::{DiffView, Excerpt};
use exchange::ExchangeView;
use keyspace::KeyspaceView;
use load::LoadView;
use migration::MigrationView;
use printed::PrintedView;
use upstream::UpstreamView;

/// So many pieces of evidence of one check.
const PIECES: usize = 60;
/// So many mismatches, rows, headers or kinds of answer.
const MANY: usize = 60;
/// So many samples of a burst.
const SAMPLES: usize = 5;
/// So many lines of a log, the last ones.
const LOG_LINES: usize = 300;
/// So many characters of what stands on one line.
const LINE: usize = 600;
/// So many characters of a body, a statement or a note.
const TEXT: usize = 12_000;

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Piece {
    Exchange(Box<ExchangeView>),
    Burst(BurstView),
    Query(QueryView),
    Statements(StatementsView),
    Plan(PlanView),
    Keyspace(KeyspaceView),
    Fault {
        step: String,
        text: String,
    },
    Upstream(UpstreamView),
    Printed(PrintedView),
    Comparison(ComparisonView),
    Load(Box<LoadView>),
    Capacity(Box<CapacityView>),
    Migration(MigrationView),
    Log(LogView),
    Note {
        text: Vec<Part>,
        /// How many bytes follow that are not shown.
        omitted: usize,
    },
    /// What there is no room for.
    Omitted {
        pieces: usize,
    },
}

#[derive(Debug, Serialize)]
pub(super) struct BurstView {
    step: String,
    times: u32,
    tally: Vec<TallyRow>,
    mismatches: Vec<MismatchRow>,
    samples: Vec<ExchangeView>,
    samples_omitted: usize,
}

#[derive(Debug, Serialize)]
struct TallyRow {
    what: String,
    count: u32,
    /// Of the most frequent kind, in per cent.
    width: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct QueryView {
    step: String,
    service: String,
    query: Excerpt,
    args: Vec<String>,
    rows: Vec<String>,
    rows_omitted: u64,
    mismatches: Vec<MismatchRow>,
    diff: Option<DiffView>,
}

#[derive(Debug, Serialize)]
pub(super) struct LogView {
    source: String,
    lines: String,
    lines_omitted: u64,
}

#[derive(Debug, Serialize)]
struct MismatchRow {
    at: String,
    expected: String,
    actual: String,
}

/// The evidence of one check.
pub(super) fn pieces(evidence: &[Evidence]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = evidence.iter().take(PIECES).map(piece).collect();
    if evidence.len() > PIECES {
        let left = evidence.len() - PIECES;
        pieces.push(Piece::Omitted { pieces: left });
    }
    pieces
}

fn piece(evidence: &Evidence) -> Piece {
    match evidence {
        Evidence::Exchange(exchange) => Piece::Exchange(Box::new(ExchangeView::of(exchange))),
        Evidence::Burst(burst) => Piece::Burst(BurstView::of(burst)),
        Evidence::Query(query) => Piece::Query(QueryView::of(query)),
        Evidence::Statements(counted) => Piece::Statements(StatementsView::of(counted)),
        Evidence::Plan(plan) => Piece::Plan(PlanView::of(plan)),
        Evidence::Keyspace(keyspace) => Piece::Keyspace(KeyspaceView::of(keyspace)),
        Evidence::Fault(fault) => Piece::Fault {
            step: brief(&fault.step, 20),
            text: transcript::fault::in_words(fault),
        },
        Evidence::Upstream(counted) => Piece::Upstream(UpstreamView::of(counted)),
        Evidence::Printed(printed) => Piece::Printed(PrintedView::of(printed)),
        Evidence::Comparison(comparison) => Piece::Comparison(ComparisonView::of(comparison)),
        Evidence::Load(load) => Piece::Load(Box::new(LoadView::of(load))),
        Evidence::Capacity(capacity) => Piece::Capacity(Box::new(CapacityView::of(capacity))),
        Evidence::Migration(migration) => Piece::Migration(MigrationView::of(migration)),
        Evidence::Log(log) => Piece::Log(LogView::of(log)),
        Evidence::Note(note) => {
            let clipped = clip(note, TEXT);
            Piece::Note {
                text: parts(clipped.text),
                omitted: clipped.omitted_bytes,
            }
        }
    }
}

impl BurstView {
    fn of(burst: &Burst) -> Self {
        let most = burst.tally.iter().map(|line| line.count).max().unwrap_or(0);
        Self {
            step: brief(&burst.step, 20),
            times: burst.times,
            tally: burst
                .tally
                .iter()
                .take(MANY)
                .map(|line| TallyRow {
                    what: brief(&line.what, LINE),
                    count: line.count,
                    width: u64::from(line.count) * 100 / u64::from(most.max(1)),
                })
                .collect(),
            mismatches: mismatches(&burst.mismatches),
            samples: burst
                .samples
                .iter()
                .take(SAMPLES)
                .map(ExchangeView::of)
                .collect(),
            samples_omitted: burst.samples.len().saturating_sub(SAMPLES),
        }
    }
}

impl QueryView {
    fn of(query: &Query) -> Self {
        let values = |values: &[serde_json::Value]| -> Vec<String> {
            let some = values.iter().take(MANY);
            some.map(|value| transcript::value(value, LINE)).collect()
        };
        let unshown = query.rows.len().saturating_sub(MANY);
        Self {
            step: brief(&query.step, 20),
            service: brief(&query.service, 80),
            query: Excerpt::of(&query.query, 0),
            args: values(&query.args),
            rows: values(&query.rows),
            rows_omitted: query
                .rows_omitted
                .saturating_add(u64::try_from(unshown).unwrap_or(u64::MAX)),
            mismatches: mismatches(&query.mismatches),
            diff: query.diff.as_deref().map(DiffView::of),
        }
    }
}

impl LogView {
    fn of(log: &Log) -> Self {
        let unshown = log.lines.len().saturating_sub(LOG_LINES);
        let lines: Vec<String> = log.lines[unshown..]
            .iter()
            .map(|line| excerpt::line(line))
            .collect();
        Self {
            source: brief(&log.source, 80),
            lines: lines.join("\n"),
            lines_omitted: log
                .lines_omitted
                .saturating_add(u64::try_from(unshown).unwrap_or(u64::MAX)),
        }
    }
}

fn mismatches(mismatches: &[Mismatch]) -> Vec<MismatchRow> {
    mismatches
        .iter()
        .take(MANY)
        .map(|mismatch| MismatchRow {
            at: brief(&mismatch.at, LINE),
            expected: brief(&mismatch.expected, LINE),
            actual: brief(&mismatch.actual, LINE),
        })
        .collect()
}
