//! Why a server's first state could not be made.

use thiserror::Error;

/// Why a server's first state could not be made.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum PrepareFailure {
    /// A seed's SQL failed.
    #[error("{file} failed: {message}")]
    Seed {
        /// As the challenge names it.
        file: String,
        /// As the client says it.
        message: String,
    },
    /// Anything else.
    #[error("it could not be prepared: {message}")]
    Script {
        /// The last lines.
        message: String,
    },
}
