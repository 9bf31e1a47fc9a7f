//! The challenge file: its model, YAML with places, validation, JSON Schema and the skills taxonomy.

pub mod expression;
pub mod matcher;
pub mod model;
pub mod path;
mod suggestion;
