//! What a language's usual tools say of source files: run in a container of ours, on nothing but the
//! files, with settings of ours. What they say is somebody else's text, bounded, and decides nothing.

mod finding;
mod kept;
mod language;
mod reading;
mod sources;

pub use self::{
    finding::{Finding, Findings, ToolRun},
    language::Language,
    sources::Sources,
};
pub(crate) use self::{
    kept::{Kept, key},
    language::Tool,
    reading::{FOLDER, read},
    sources::USER,
};
