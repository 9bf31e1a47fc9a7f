use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Step, present};
use crate::model::{Expected, TemplateJson};

/// What the submission's statements to a PostgreSQL service come to while steps are done, as the server
/// counts them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Queries {
    /// Which service; may be left out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// What is done meanwhile. Each of them must hold.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
    /// What the counts must be; at least one of them.
    pub expect: Counts,
}

/// What the counts of statements must be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Counts {
    /// How many statements were run. What begins and ends transactions, or sets something of the session, is
    /// not counted.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub calls: Option<Expected>,
    /// How many of them were the same but for their values, of those that were run most often: what is run
    /// once for each of many rows shows itself here.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub repeats: Option<Expected>,
    /// How many rows they gave or changed.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub rows: Option<Expected>,
    /// How many blocks of 8 KiB they looked at, in memory or not; each as often as it was looked at.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub blocks: Option<Expected>,
}

impl Counts {
    /// Each with its key.
    pub fn each(&self) -> [(&'static str, Option<&Expected>); 4] {
        [
            ("calls", self.calls.as_ref()),
            ("repeats", self.repeats.as_ref()),
            ("rows", self.rows.as_ref()),
            ("blocks", self.blocks.as_ref()),
        ]
    }
}

/// How a PostgreSQL service finds the rows of a query of the challenge's own. The query is run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    /// Which service; may be left out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// One statement that reads, with `$1`, `$2` ... as its parameters.
    pub query: String,
    /// The parameters, each given as text and cast to what the query needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<TemplateJson>,
    /// What the plan must be; at least one of it.
    pub expect: PlanExpect,
}

/// What a plan must be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlanExpect {
    /// The list of indexes that were used, by name, each once.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub indexes: Option<Expected>,
    /// How many rows were read in all, whether or not they were of use.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub rows_read: Option<Expected>,
    /// How many of them by going through a whole table.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub rows_scanned: Option<Expected>,
    /// How many rows were sorted.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub rows_sorted: Option<Expected>,
}

impl PlanExpect {
    /// Each with its key.
    pub fn each(&self) -> [(&'static str, Option<&Expected>); 4] {
        [
            ("indexes", self.indexes.as_ref()),
            ("rows_read", self.rows_read.as_ref()),
            ("rows_scanned", self.rows_scanned.as_ref()),
            ("rows_sorted", self.rows_sorted.as_ref()),
        ]
    }
}
