//! Templates, and values that come from the run's seed.

mod engine;
mod error;
mod generators;
mod json;
mod pure;
mod scope;
mod seeds;
mod token;

pub use error::{RenderError, RenderReason};
pub use scope::Scope;
pub use seeds::Seeds;

/// The longest text that a template may give, in bytes.
pub const MAX_TEXT: usize = 1024 * 1024;
