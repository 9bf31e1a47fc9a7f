use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Template;

/// The submission's own OpenAPI document (3.0 or 3.1, as JSON), held against every exchange that the
/// check made before this step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenApi {
    /// How it is asked for.
    #[serde(default = "default_document")]
    pub document: Template,
    /// What it must describe, whether or not the check used it: `GET /orders/{id}`; parameters may
    /// have other names.
    #[serde(default)]
    pub operations: Vec<String>,
}

fn default_document() -> Template {
    Template("GET /openapi.json".to_owned())
}
