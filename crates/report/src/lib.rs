//! Outcomes, events, evidence, points and skills: the report, its format, and one renderer a file.
//!
//! - [`model`] is the report as data, [`event`] what happens while it is made.
//! - [`certificate`] is what a challenge's own proof comes to, and whether it still holds.
//! - [`points`] turns the outcomes of checks into points, skills and a [`exit::ExitCode`].
//! - [`render`] holds one renderer a file; all are pure functions from a report to a text.
//! - [`write`](mod@write) puts the texts into a folder, [`read`] reads a `report.json` back.
//! - [`neutral`] makes a hostile text harmless: what a candidate's program printed or answered
//!   reaches no terminal, Markdown, XML or HTML by any other way.
//!
//! Nothing here prints, and nothing here decides an outcome.

pub mod certificate;
pub mod event;
pub mod exit;
pub mod model;
pub mod neutral;
pub mod points;
pub mod read;
pub mod render;
pub mod schema;
pub mod write;
