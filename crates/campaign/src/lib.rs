//! Many plans under one budget of cores.
//!
//! [`verify`] is the proof of every check: its [`agenda`](Thoroughness) of variants goes through one
//! scheduler, which keeps to a [`Budget`] and writes a [`Journal`]; what they earned and lost is a
//! [`Proof`]. [`stability`] grades the same subjects again and again by the same scheduler.

mod agenda;
mod astray;
mod budget;
mod certificate;
mod finding;
mod grounds;
mod journal;
mod judge;
mod matrix;
mod mutation;
mod proof;
mod record;
mod schedule;
mod stability;
mod subjects;
mod variant;
mod verify;
mod watched;

pub use agenda::{Scope, Thoroughness};
pub use budget::Budget;
pub use certificate::certificate;
pub use finding::Finding;
pub use grounds::Grounds;
pub use journal::{Journal, JournalError};
pub use matrix::{Cell, KillMatrix, Row};
pub use mutation::{Mutate, Mutated, mutate};
pub use proof::Proof;
pub use record::{Ended, Record, Unusable};
pub use schedule::{Bench, Told};
pub use stability::{Repeated, Repeats, Stability, StabilityRecord, Stray, stability};
pub use subjects::{SubjectError, subject, subjects};
pub use variant::Purpose;
pub use verify::{VerifyError, verify};
