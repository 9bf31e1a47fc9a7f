//! The challenge file and a submission's own: model, YAML with places, validation, JSON Schema; what a
//! submission's pipeline file runs; and the skills taxonomy.
//!
//! [`Challenge::load`] reads a challenge's folder. A file with mistakes gives all of them at once as
//! [`Problems`](problem::Problems), each with its place. The way of the text: YAML into a tree with places
//! (`yaml`), the tree against the JSON Schema of the types (`shape`), the types' values against each
//! other and the folder (`validate`).

pub mod advice;
mod challenge;
pub mod expression;
mod finding;
mod load;
pub mod matcher;
pub mod model;
pub mod mutants;
pub mod path;
pub mod pipeline;
pub mod placeholder;
pub mod private;
pub mod problem;
pub mod public;
pub mod schema;
mod shape;
mod skills;
mod source;
pub mod submission;
pub mod suggestion;
mod validate;
mod yaml;

pub use challenge::{CHALLENGE_FILE, Challenge};
pub use load::LoadError;
pub use skills::{Root, Skills};
pub use validate::is_kebab_case as is_id;
