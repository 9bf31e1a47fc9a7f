use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ServiceLimits;

/// A real service beside the submission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// A PostgreSQL server with one database; the submission owns the database and is no superuser.
    Postgres(Postgres),
}

/// A PostgreSQL server with one database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Postgres {
    /// The major version, such as `"17"`.
    pub version: String,
    /// The database's name.
    pub database: String,
    /// The environment variable that carries its URL.
    #[serde(default = "default_env")]
    pub env: String,
    /// SQL files run in this order, as the database's owner, before the submission starts;
    /// relative to the challenge's folder.
    #[serde(default)]
    pub seed: Vec<PathBuf>,
    /// What it may use.
    #[serde(default)]
    pub limits: ServiceLimits,
}

fn default_env() -> String {
    "DATABASE_URL".to_owned()
}
