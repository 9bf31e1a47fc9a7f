use thiserror::Error;

use super::MAX_TEXT;

/// A template that gave no value. This is the author's mistake, or ours, unless
/// [`captures`](Self::captures) names values that came from the submission.
#[derive(Debug, Error)]
#[error("the template `{template}` gave no value")]
pub struct RenderError {
    /// The template, shortened.
    pub template: String,
    /// The captured values that it refers to.
    pub captures: Vec<String>,
    /// What went wrong.
    #[source]
    pub reason: RenderReason,
}

/// Why a template gave no value.
#[derive(Debug, Error)]
pub enum RenderReason {
    /// It does not parse, names what is not there, or asks for what cannot be done.
    #[error(transparent)]
    Evaluate(#[from] minijinja::Error),
    /// Its value, or a value inside it, is undefined.
    #[error("its value is undefined")]
    Undefined,
    /// Its value, or a value inside it, is nothing that JSON can hold.
    #[error("its value is {0}, which JSON cannot hold")]
    NotJson(&'static str),
    /// A text longer than a template may give.
    #[error("its value is a text of {0} bytes; at most {MAX_TEXT} are allowed")]
    TooLong(usize),
    /// Lists or objects nested deeper than JSON is read.
    #[error("its value is nested deeper than {0} levels")]
    TooDeep(usize),
}

impl RenderError {
    pub(super) fn new(template: &str, captures: Vec<String>, reason: RenderReason) -> Self {
        let mut shown: String = template.chars().take(200).collect();
        if shown.len() < template.len() {
            shown.push('…');
        }
        Self {
            template: shown,
            captures,
            reason,
        }
    }
}
