//! What all that measure have for the report.

use std::time::Duration;

use probe::evidence::{self, Secrets};
use report::{
    model::{Exchange, LoadRequest, TallyLine},
    neutral::brief,
};

use super::{
    mix::Sent,
    side::{Run, Side},
};
use crate::step::Place;

/// So much of what is sent is told.
const LINE: usize = 400;

pub(crate) fn requests(
    Sent {
        requests, forms, ..
    }: Sent<'_>,
    secrets: &Secrets,
) -> Vec<LoadRequest> {
    let each = requests.iter().map(|operation| LoadRequest {
        weight: operation.weight,
        send: brief(&evidence::text(&operation.request.send.0, secrets), LINE),
        forms,
    });
    each.collect()
}

/// Some of a side's wrong answers.
pub(crate) fn samples(side: &Side<'_>, place: &Place) -> Vec<Exchange> {
    let secrets = side.session.secrets(&side.scope);
    let (kept, step) = (side.wrongs.kept(), place.to_string());
    let shown = kept
        .iter()
        .map(|wrong| evidence::exchange(&step, &wrong.exchanged, &wrong.judged, &secrets));
    shown.collect()
}

/// All that was not right in a run, the most frequent first.
pub(crate) fn tally(run: &Run) -> Vec<TallyLine> {
    let errors = run.measured.errors.iter();
    let mut lines: Vec<TallyLine> = errors
        .map(|(kind, count)| TallyLine {
            what: kind.says().to_owned(),
            count: u32::try_from(*count).unwrap_or(u32::MAX),
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    lines
}

pub(crate) fn millis(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1000.0)
}

/// To a thousandth.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
