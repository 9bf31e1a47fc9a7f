//! Lines that a program printed, looked through.

use serde::Serialize;

use crate::{model::Printed, neutral::brief};

use super::{Excerpt, MANY, MismatchRow, mismatches};

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct PrintedView {
    step: String,
    seen: u64,
    objects: u64,
    matching: u64,
    cut: bool,
    /// Whether there is something in it that a reader must see.
    open: bool,
    mismatches: Vec<MismatchRow>,
    lines: Vec<LineView>,
}

#[derive(Debug, Serialize)]
struct LineView {
    text: Excerpt,
    mismatches: Vec<MismatchRow>,
}

impl PrintedView {
    pub(super) fn of(printed: &Printed) -> Self {
        let differs = printed.lines.iter().any(|line| !line.mismatches.is_empty());
        Self {
            step: brief(&printed.step, 20),
            seen: printed.seen,
            objects: printed.objects,
            matching: printed.matching,
            cut: printed.cut,
            open: differs || !printed.mismatches.is_empty(),
            mismatches: mismatches(&printed.mismatches),
            lines: printed
                .lines
                .iter()
                .take(MANY)
                .map(|line| LineView {
                    text: Excerpt::of(&line.text, 0),
                    mismatches: mismatches(&line.mismatches),
                })
                .collect(),
        }
    }
}
