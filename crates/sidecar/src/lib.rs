//! The small program that stands inside a sandbox beside a submission, and its protocol.
//!
//! As a stub it is an HTTP upstream that answers as it is told and keeps count of what it is asked. The
//! submission reaches its HTTP port and nothing else of it: it is steered by the same program, run again in
//! its container, over a Unix socket in a folder that no other container has.
//!
//! What it keeps is bounded whatever comes: connections, heads, bodies, forms of calls.
//!
//! Its image is made from [`SOURCE`], so that both ends of the protocol are of one version wherever
//! `tryout` itself was built and whatever the engine runs on.

pub mod protocol;
mod source;
pub mod stub;

pub use source::SOURCE;
