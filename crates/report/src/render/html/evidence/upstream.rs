//! What a stub counted.

use serde::Serialize;

use crate::{model::Upstream, neutral::brief};

use super::{LINE, MANY, MismatchRow, mismatches};

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct UpstreamView {
    step: String,
    service: String,
    calls: u64,
    at_once: u64,
    refused: u64,
    mismatches: Vec<MismatchRow>,
    forms: Vec<FormRow>,
    omitted: u64,
}

#[derive(Debug, Serialize)]
struct FormRow {
    call: String,
    calls: u64,
    at_once: u64,
    answers: String,
    first_ms: u64,
    last_ms: u64,
}

impl UpstreamView {
    pub(super) fn of(counted: &Upstream) -> Self {
        let shown = counted.forms.len().min(MANY);
        let (some, others) = counted.forms.split_at(shown);
        let unshown: u64 = others.iter().map(|form| form.calls).sum();
        let row = |form: &crate::model::UpstreamForm| FormRow {
            call: brief(&form.call, LINE),
            calls: form.calls,
            at_once: form.at_once,
            answers: brief(&form.told(), LINE),
            first_ms: form.first_ms,
            last_ms: form.last_ms,
        };
        Self {
            step: brief(&counted.step, 20),
            service: brief(&counted.service, 80),
            calls: counted.calls,
            at_once: counted.at_once,
            refused: counted.connections_refused,
            mismatches: mismatches(&counted.mismatches),
            forms: some.iter().map(row).collect(),
            omitted: counted.calls_omitted.saturating_add(unshown),
        }
    }
}
