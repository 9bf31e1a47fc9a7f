//! The small program that stands inside a sandbox beside a submission, and its protocol.
//!
//! As a stub it is an HTTP upstream that answers as it is told and keeps count of what it is asked. The
//! submission reaches its HTTP port and nothing else of it: it is steered by the same program, run again in
//! its container, over a Unix socket in a folder that no other container has.
//!
//! As a proxy it stands in the network namespace of a service, and passes on what the submission and the
//! service say to each other; what the service says comes as much later as it is told. It is steered likewise.
//!
//! What it keeps is bounded whatever comes: connections, heads, bodies, forms of calls, answers on their way.
//!
//! Its image is made from [`SOURCE`], so that both ends of the protocol are of one version wherever
//! `tryout` itself was built and whatever the engine runs on.

pub mod control;
pub mod protocol;
pub mod proxy;
mod source;
pub mod stub;

pub use source::SOURCE;
