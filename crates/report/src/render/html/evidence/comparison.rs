//! The same requests to two sides.

use serde::Serialize;

use crate::{model::Comparison, neutral::brief};

use super::{ExchangeView, MismatchRow, mismatches};

/// How many requests are shown, the last ones.
const PAIRS: usize = 20;

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct ComparisonView {
    step: String,
    against: String,
    trials: u32,
    requests_before: u64,
    requests: u64,
    mismatches: Vec<MismatchRow>,
    omitted: u64,
    pairs: Vec<PairView>,
}

#[derive(Debug, Serialize)]
struct PairView {
    subject: ExchangeView,
    reference: ExchangeView,
}

impl ComparisonView {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let unshown = comparison.exchanges.len().saturating_sub(PAIRS);
        let pairs = comparison.exchanges[unshown..].iter();
        Self {
            step: brief(&comparison.step, 20),
            against: brief(&comparison.against, 80),
            trials: comparison.trials,
            requests_before: comparison.requests_before,
            requests: comparison.requests,
            mismatches: mismatches(&comparison.mismatches),
            omitted: comparison
                .exchanges_omitted
                .saturating_add(u64::try_from(unshown).unwrap_or(u64::MAX)),
            pairs: pairs
                .map(|pair| PairView {
                    subject: ExchangeView::of(&pair.subject),
                    reference: ExchangeView::of(&pair.reference),
                })
                .collect(),
        }
    }
}
