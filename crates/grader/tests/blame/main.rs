//! Whose points a trouble takes: a real HTTP server plays the submission, a sandbox without an engine
//! stands behind it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

mod bench;
mod busy;
mod faults;
mod load;
mod outcomes;
mod second;
mod stubs;
mod visits;
