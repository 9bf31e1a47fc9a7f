//! Loads against servers of all kinds, on this machine's loopback.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

mod bad_servers;
mod costly;
mod kinds;
mod right;
mod schema;
mod stub;
mod truth;
