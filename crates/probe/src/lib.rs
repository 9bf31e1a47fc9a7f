//! How an app is asked, and how its answers are judged.
//!
//! - [`expression`]: templates, and values that come from the run's seed;
//! - [`request`]: the one model of a request;
//! - [`exchange`]: a request and its answer, in bounded time and memory whatever the app does;
//! - [`burst`]: many requests written at one moment;
//! - [`matching`]: what a value must be, against what it is;
//! - [`expectation`]: the same for a whole answer, or the rows of a query;
//! - [`alike`]: whether two apps answer alike;
//! - [`openapi`]: an app's own document, against what the app does;
//! - [`evidence`]: what is kept of an exchange for a report, bounded and redacted.
//!
//! Errors of this crate's functions are never the submission's alone: where a value that came from
//! an answer took part in one, the error names it (`captures`), and the caller decides whose it is.

pub mod alike;
pub mod burst;
pub mod evidence;
pub mod exchange;
pub mod expectation;
pub mod expression;
pub mod matching;
pub mod openapi;
pub mod request;
