//! The JSON Schema of the challenge file, made from its types.

use serde_json::Value;

use crate::model::ChallengeFile;

/// The version of the challenge file that this crate reads.
pub const SCHEMA_VERSION: u32 = 1;

/// The JSON Schema (draft 2020-12) of `challenge.yaml`.
pub fn challenge_schema() -> Value {
    schemars::schema_for!(ChallengeFile).to_value()
}
