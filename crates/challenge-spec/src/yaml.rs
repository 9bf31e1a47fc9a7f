//! Text into a tree that knows where each key and value stands.
//!
//! The only module that knows the YAML library.

use std::ops::Range;

use serde_saphyr::{Location, Options, Spanned, options::DuplicateKeyPolicy};

use crate::problem::Problem;

mod duplicate;
mod fault;
mod node;
mod read;

pub(crate) use duplicate::duplicates;
pub(crate) use node::{Entry, Key, Node, Tree};

/// The most nodes that a file may have once its anchors are filled in.
const MOST_NODES: usize = 50_000;
/// The most levels of lists and objects inside each other.
const MOST_DEPTH: usize = 48;

/// Reads one document. A syntax error ends the reading, so there is at most one.
pub(crate) fn parse(text: &str) -> Result<Node, Box<Problem>> {
    match serde_saphyr::from_str_with_options::<Spanned<read::Raw>>(text, options()) {
        Ok(raw) => Ok(read::node(text, raw)),
        Err(error) => Err(Box::new(fault::problem(text, &error))),
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: MOST_NODES,
            max_events: 4 * MOST_NODES,
            max_depth: MOST_DEPTH,
            max_documents: 2,
            max_recorded_anchor_events: 4 * MOST_NODES,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 4 * MOST_NODES,
        },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        reject_unsupported_tags: true,
        with_snippet: false,
        emit_comments: false,
    }
}

/// The bytes of a place that the library gives; it knows only characters for some errors.
fn bytes(text: &str, location: &Location) -> Range<usize> {
    let span = location.span();
    let narrow = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if let (Some(start), Some(length)) = (span.byte_offset(), span.byte_len()) {
        let start = narrow(start).min(text.len());
        return start..start.saturating_add(narrow(length)).min(text.len());
    }
    let mut places = text
        .char_indices()
        .map(|(place, _)| place)
        .chain([text.len()])
        .skip(narrow(span.offset()));
    let start = places.next().unwrap_or(text.len());
    let end = match narrow(span.len()).checked_sub(1) {
        Some(rest) => places.nth(rest).unwrap_or(text.len()),
        None => start,
    };
    start..end
}
