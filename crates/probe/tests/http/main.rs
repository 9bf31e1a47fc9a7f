//! The client against servers that are ordinary, and against servers that are not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod burst;
mod hostile;
mod ordinary;
mod server;
