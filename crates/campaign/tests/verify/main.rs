//! `verify` without an engine: a subject is a file, and its app answers every request with it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

mod bench;
mod matrix;
