//! Where a journal is.

use std::{fs, path::PathBuf};

use challenge_spec::Challenge;

use crate::{bundle, failure::Failure};

/// One for each folder and kind of campaign: two copies of a challenge do not share one, and a quick look
/// ends no proof.
pub(super) fn of_journal(challenge: &Challenge, kind: &str) -> Result<PathBuf, Failure> {
    let cache = bundle::cache().map_err(|error| Failure::ours(&error))?;
    let folder = fs::canonicalize(&challenge.dir).map_err(|error| {
        Failure::Input(format!("cannot read {}: {error}", challenge.dir.display()))
    })?;
    let hash = fnv(folder.to_string_lossy().as_bytes());
    let name = format!("{}-{hash:016x}{kind}.jsonl", challenge.file.id);
    Ok(cache.join("proofs").join(name))
}

/// FNV-1a of 64 bits: stable from run to run, and nobody gains from a collision.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
