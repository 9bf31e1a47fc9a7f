//! As much of a hostile text as there is room for.

use serde::Serialize;

use crate::neutral::clip;

use super::{LINE, TEXT};

/// So many lines of a diff.
const DIFF_LINES: usize = 400;

/// The beginning of a text of several lines.
#[derive(Debug, Serialize)]
pub(in crate::render::html) struct Excerpt {
    text: String,
    /// How many bytes follow that are not shown.
    omitted: u64,
}

#[derive(Debug, Serialize)]
pub(in crate::render::html) struct DiffView {
    lines: Vec<DiffLine>,
    omitted: usize,
}

#[derive(Debug, Serialize)]
struct DiffLine {
    sort: &'static str,
    text: String,
}

impl Excerpt {
    /// Of `text`, of which `omitted` bytes were left out before.
    pub(super) fn of(text: &str, omitted: u64) -> Self {
        let clipped = clip(text, TEXT);
        let more = u64::try_from(clipped.omitted_bytes).unwrap_or(u64::MAX);
        Self {
            text: clipped.text.to_owned(),
            omitted: omitted.saturating_add(more),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.omitted == 0
    }
}

impl DiffView {
    pub(super) fn of(diff: &str) -> Self {
        let lines = diff.lines().take(DIFF_LINES).map(|text| DiffLine {
            sort: match text.as_bytes() {
                [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] | [b'@', ..] => "place",
                [b'+', ..] => "actual",
                [b'-', ..] => "expected",
                _ => "same",
            },
            text: line(text),
        });
        Self {
            lines: lines.collect(),
            omitted: diff.lines().count().saturating_sub(DIFF_LINES),
        }
    }
}

/// The beginning of a line, its tabs kept.
pub(super) fn line(text: &str) -> String {
    let clipped = clip(text, LINE);
    match clipped.omitted_bytes {
        0 => text.to_owned(),
        omitted => format!("{}… ({omitted} more bytes)", clipped.text),
    }
}
