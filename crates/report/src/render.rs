//! From a report to a text: one renderer a file, each a pure function.

mod command;
mod headline;
pub mod html;
mod json;
pub mod junit;
pub mod markdown;
mod practice;
pub mod terminal;
pub mod transcript;

use thiserror::Error;

/// A report that has no form in a format.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The page's template failed.
    #[error("the HTML template failed")]
    Html(#[source] minijinja::Error),
    /// The XML could not be written.
    #[error("the JUnit XML could not be written")]
    Junit(#[source] quick_junit::SerializeError),
}
