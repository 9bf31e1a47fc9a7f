use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One test of a suite of the challenge. The suite is run once for all checks that name a test of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuiteTest {
    /// Which suite.
    pub of: String,
    /// The test as the suite's results name it: `CLASSNAME::NAME` of `JUnit`, or `NAME` alone; the
    /// description of TAP, behind those that it is nested in: `OUTER > INNER`.
    pub test: String,
}
