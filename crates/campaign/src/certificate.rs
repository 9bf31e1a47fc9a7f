use challenge_spec::Challenge;
use chrono::{DateTime, Utc};
use report::{
    certificate::{CERTIFICATE_VERSION, Certificate, CertifiedCheck, CertifiedRow},
    model::{ChallengeRef, Engine, Outcome, Tool},
};
use runner::EngineFacts;

use crate::{KillMatrix, Proof, Row};

/// What is written down of a proof; none where it is not proven.
pub fn certificate(
    challenge: &Challenge,
    proof: &Proof,
    engine: Option<&EngineFacts>,
    at: DateTime<Utc>,
) -> Option<Certificate> {
    if !proof.proven() {
        return None;
    }
    let file = &challenge.file;
    let matrix = &proof.matrix;
    Some(Certificate {
        certificate_version: CERTIFICATE_VERSION,
        tool: Tool {
            name: "tryout".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        challenge: ChallengeRef {
            id: file.id.clone(),
            title: file.title.clone(),
            version: file.version.clone(),
            digest: proof.digest.clone(),
        },
        issued_at: at,
        seeds: proof.seeds.clone(),
        repeat: proof.repeat,
        sandboxes: proof.variants as u64,
        alone: proof.alone.clone(),
        shuffled: proof.shuffled.clone(),
        engine: engine.map(|facts| Engine {
            name: facts.name.clone(),
            api: facts.api.clone(),
            platform: facts.platform.clone(),
        }),
        images: proof.images.clone(),
        checks: file
            .checks
            .iter()
            .enumerate()
            .map(|(column, check)| CertifiedCheck {
                id: check.id.clone(),
                points: check.points,
                failed_by: failed_by(matrix, column),
            })
            .collect(),
        rows: matrix.rows.iter().map(row).collect(),
        mutation: proof.mutation.clone(),
        markdown_digest: String::new(),
        content_digest: String::new(),
    })
}

fn failed_by(matrix: &KillMatrix, column: usize) -> Vec<String> {
    let fails = |row: &&Row| {
        let cell = row.cells.get(column);
        cell.is_some_and(|cell| cell.outcome == Outcome::Failed)
    };
    let rows = matrix.rows.iter().filter(fails);
    rows.filter_map(|row| row.subject.strip_prefix("defect:"))
        .map(str::to_owned)
        .collect()
}

fn row(row: &Row) -> CertifiedRow {
    CertifiedRow {
        subject: row.subject.clone(),
        digest: row.digest.clone(),
        earned: row.earned,
        outcomes: row.cells.iter().map(|cell| cell.outcome).collect(),
    }
}
