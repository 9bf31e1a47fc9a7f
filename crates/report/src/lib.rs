//! Outcomes, events, evidence, points and skills: the report, its format, and one renderer a file.

pub mod event;
pub mod model;
