use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Text with `{{ expressions }}`. A text that is exactly one expression gives that expression's
/// value with its type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Template(pub String);

/// Any JSON whose strings are templates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct TemplateJson(pub Value);

/// What a value must be: any JSON whose strings are templates, and whose objects with one key
/// that begins with `$` are matchers. Other objects match partially; lists match item by item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Expected(pub Value);
