use challenge_spec::matcher::RenderedMatcherError;
use thiserror::Error;

use crate::expression::RenderError;

/// An expectation that means nothing. This is the author's mistake, or ours, unless
/// [`captures`](Self::captures) names values that came from the submission.
#[derive(Debug, Error)]
#[error("what is expected could not be worked out")]
pub struct ExpectationError {
    /// The captured values that the part at fault refers to.
    pub captures: Vec<String>,
    /// What went wrong.
    #[source]
    pub reason: ExpectationReason,
}

/// Why an expectation means nothing.
#[derive(Debug, Error)]
pub enum ExpectationReason {
    /// A template gave no value, or a matcher is none.
    #[error(transparent)]
    Matcher(#[from] Box<RenderedMatcherError<RenderError>>),
    /// A path does not parse.
    #[error("`{path}` is no JSONPath")]
    Path {
        /// As the author wrote it.
        path: String,
        /// Why.
        #[source]
        source: serde_json_path::ParseError,
    },
    /// A capture from nowhere.
    #[error("`{0}` captures nothing: write a JSONPath, `header:NAME`, `status` or `body`")]
    Capture(String),
}

impl ExpectationError {
    pub(super) const fn by_author(reason: ExpectationReason) -> Self {
        Self {
            captures: Vec::new(),
            reason,
        }
    }
}
