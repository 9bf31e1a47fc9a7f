//! What the documents say of the workspace is so.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

mod dependencies;
mod files;
mod metadata;
mod proofs;
mod rooms;
mod sidecar;
