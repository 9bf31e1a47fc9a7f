//! The report from outside: files, renderers and schemas, on reports as a grader makes them.

#[path = "../support/examples.rs"]
mod examples;

mod certificate;
mod files;
mod format;
mod hostile;
mod points;
mod rendered;
mod schemas;
mod terminal;
