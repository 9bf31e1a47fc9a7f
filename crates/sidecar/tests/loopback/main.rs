//! A stub over loopback, steered at its socket.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

mod calls;
mod hostile;
mod stand;
mod steering;
