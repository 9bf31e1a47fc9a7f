//! `verify` without an engine: a subject is a file, and its app answers every request with it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

mod bench;
mod conditions;
mod journal;
mod matrix;
mod stability;

use campaign::{Finding, Proof};

fn sentences(proof: &Proof) -> Vec<String> {
    proof.findings.iter().map(Finding::sentence).collect()
}
