use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Duration, TemplateJson};

/// The submission's migration, run anew on services in their first state, while writers of the challenge
/// write to a PostgreSQL service as the version before the submission did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Migration {
    /// Which service; may be left out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// How many write at once, 1 to 20.
    #[serde(default = "default_writers")]
    #[schemars(range(min = 1, max = 20))]
    pub writers: u32,
    /// The statements of one transaction, which each writer does again and again, as the submission's own role.
    #[schemars(length(min = 1))]
    pub writes: Vec<WriterStatement>,
    /// What must come of it.
    pub expect: MigrationExpect,
}

/// One statement of a writer's transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriterStatement {
    /// One statement with `$1`, `$2` ... as its parameters.
    pub query: String,
    /// The parameters, each given as text and cast to what the query needs; templates see `index`, which
    /// counts a writer's transactions from 0 to 63, again and again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<TemplateJson>,
}

/// What must come of writing beside a migration. No transaction may fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrationExpect {
    /// For how long a writer may wait for a lock of the migration's, at one time.
    pub longest_wait: Duration,
}

fn default_writers() -> u32 {
    4
}
