//! Small conversions between the runner's, the probe's and the report's words.

use std::{error::Error, fmt::Write as _, time::Duration};

use runner::{AppFailure, LogTail};

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

/// The lines that come with a failure.
pub(crate) fn log_of(failure: &AppFailure) -> &LogTail {
    match failure {
        AppFailure::DidNotBuild { log, .. }
        | AppFailure::DiedAtStart { log, .. }
        | AppFailure::NeverListened { log, .. }
        | AppFailure::NeverAnswered { log, .. } => log,
    }
}
