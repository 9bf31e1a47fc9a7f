//! The challenge file: its model, YAML with places, validation, JSON Schema and the skills taxonomy.

pub mod model;
