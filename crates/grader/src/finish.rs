//! Small conversions between the runner's, the probe's and the report's words.

use std::{error::Error, fmt::Write as _, time::Duration};

use report::{model::Mismatch, neutral::brief};
use runner::LogTail;

/// How much of a value stands in a sentence; all of it stands in the evidence.
const SHOWN: usize = 80;
/// How much of a statement stands in a sentence.
const STATEMENT: usize = 160;
/// How many last lines stand in a sentence.
const LINES: usize = 5;

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// An error with all its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

/// A statement as it stands in a sentence: in one line, and not too long.
pub(crate) fn statement(text: &str) -> String {
    brief(&in_one_line(text), STATEMENT)
}

/// Each stretch of white space as one blank.
pub(crate) fn in_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// A failure with the last lines of what failed.
pub(crate) fn with_log(failure: &str, log: &LogTail) -> String {
    if log.lines.is_empty() {
        return failure.to_owned();
    }
    let first = log.lines.len().saturating_sub(LINES);
    format!(
        "{failure}; its last lines: {}",
        log.lines[first..].join(" | ")
    )
}

/// `1.5 s` from milliseconds.
pub(crate) fn seconds(millis: u64) -> String {
    format!("{} s", Duration::from_millis(millis).as_secs_f64())
}

/// The first difference as a sentence, and how many more there are.
pub(crate) fn differs(before: &str, mismatches: &[Mismatch]) -> String {
    let Some(first) = mismatches.first() else {
        return format!("{before}not as expected");
    };
    let more = match mismatches.len() - 1 {
        0 => String::new(),
        1 => " (and 1 more difference)".to_owned(),
        more => format!(" (and {more} more differences)"),
    };
    format!(
        "{before}{} should be {}, was {}{more}",
        first.at,
        brief(&first.expected, SHOWN),
        brief(&first.actual, SHOWN)
    )
}
