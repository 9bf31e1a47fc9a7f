//! Many plans under one budget of cores. Here: [`verify`], the proof of every check.

mod budget;
pub mod matrix;
mod patch;
mod subjects;
mod verify;

pub use matrix::{Cell, Finding, KillMatrix, Row};
pub use patch::PatchError;
pub use subjects::{SubjectError, subject, subjects};
pub use verify::{VerifyError, verify};
