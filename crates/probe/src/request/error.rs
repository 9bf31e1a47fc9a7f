use thiserror::Error;

use crate::expression::RenderError;

/// A request that could not be made. This is the author's mistake, or ours, unless
/// [`captures`](Self::captures) names values that came from the submission.
#[derive(Debug, Error)]
#[error("the request `{send}` could not be made")]
pub struct PrepareError {
    /// Method and path as the author wrote them.
    pub send: String,
    /// The captured values that the part at fault refers to.
    pub captures: Vec<String>,
    /// What went wrong.
    #[source]
    pub reason: PrepareReason,
}

/// Why a request could not be made.
#[derive(Debug, Error)]
pub enum PrepareReason {
    /// A template gave no value.
    #[error("a part of it could not be rendered")]
    Render(#[from] RenderError),
    /// No method and path.
    #[error("`{0}` is no method and path: write `GET /orders`")]
    Line(String),
    /// No method that can be sent.
    #[error("`{0}` is no method that can be sent")]
    Method(String),
    /// No path that can be sent.
    #[error("the path `{target}` cannot be sent")]
    Target {
        /// The path and query, percent-encoded, shortened.
        target: String,
        /// Why.
        #[source]
        source: http::uri::InvalidUri,
    },
    /// No header name.
    #[error("`{name}` is no header name")]
    HeaderName {
        /// As the author wrote it.
        name: String,
        /// Why.
        #[source]
        source: http::header::InvalidHeaderName,
    },
    /// No header value.
    #[error("the value of the header `{name}` has characters that cannot be sent")]
    HeaderValue {
        /// The header.
        name: String,
        /// Why.
        #[source]
        source: http::header::InvalidHeaderValue,
    },
    /// A header that says how the body is framed, which is not the author's to say.
    #[error("the header `{0}` is set by the client itself")]
    Framing(String),
    /// More than one of `json`, `form` and `body`.
    #[error("it has more than one body: use one of `json`, `form` and `body`")]
    SeveralBodies,
    /// An object, or a list of lists, where a query or a form takes a value.
    #[error("the field `{0}` is neither a text, a number, a boolean, null nor a list of these")]
    Field(String),
}
