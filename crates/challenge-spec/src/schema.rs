//! The JSON Schemas of the challenge file and of a submission's own file, made from their types.

use serde_json::Value;

use crate::{model::ChallengeFile, mutants::Mutants, submission::Manifest};

/// The version of the challenge file that this crate reads.
pub const SCHEMA_VERSION: u32 = 1;

/// The JSON Schema (draft 2020-12) of `challenge.yaml`.
pub fn challenge_schema() -> Value {
    schemars::schema_for!(ChallengeFile).to_value()
}

/// The JSON Schema (draft 2020-12) of a submission's `tryout.yaml`.
pub fn submission_schema() -> Value {
    schemars::schema_for!(Manifest).to_value()
}

/// The JSON Schema (draft 2020-12) of a challenge's `mutants.yaml`.
pub fn mutants_schema() -> Value {
    schemars::schema_for!(Mutants).to_value()
}
