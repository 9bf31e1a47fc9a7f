use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Parallel, Step};
use crate::model::Duration;

/// Steps that are done while requests are under way: for who is late, and for who comes in between.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meanwhile {
    /// The requests. Their answers are waited for, and held against what they must be, once the steps are done.
    pub parallel: Parallel,
    /// How long after the requests were sent the steps begin; at most 30 s.
    #[serde(default = "at_once")]
    pub after: Duration,
    /// What is done meanwhile. Each of them must hold. At least one.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
}

fn at_once() -> Duration {
    Duration::from_millis(0)
}
