//! Every way in which a submission arrives: what is the same however it does, and what is refused.
//! Needs `git`; nothing leaves the machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod hostile_repository;
mod hostile_tar;
mod hostile_zip;
mod packing;
mod repository;
mod same;
