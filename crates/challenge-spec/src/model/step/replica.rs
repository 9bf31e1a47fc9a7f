use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Step;

/// Steps that are done to a second instance of the submission, which uses the same services. It is started where
/// no step of the check has done so before, not migrated again, and ended with the check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replica {
    /// What is done. Requests go to the second instance. Each of them must hold. At least one.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
}
