//! The matrix as text: checks numbered, a row for each subject, the findings under it.

use std::fmt::Write as _;

use report::{certificate::Mutation, model::Outcome, neutral};

use super::Proof;
use crate::{Cell, Scope};

pub(super) fn render(proof: &Proof, unicode: bool) -> String {
    let matrix = &proof.matrix;
    let seeds: Vec<String> = proof.seeds.iter().map(u64::to_string).collect();
    let noun = if seeds.len() == 1 { "seed" } else { "seeds" };
    let mut text = format!("{} ({noun} {})\n\n", proof.challenge, seeds.join(", "));
    for (index, check) in matrix.checks.iter().enumerate() {
        let _ = writeln!(text, "  {:>2}  {check}", index + 1);
    }
    let width = matrix
        .rows
        .iter()
        .map(|row| row.subject.chars().count())
        .max()
        .unwrap_or(0);
    let _ = write!(text, "\n  {:width$}", "");
    for index in 1..=matrix.checks.len() {
        let _ = write!(text, " {index:>2}");
    }
    text.push_str("  points\n");
    for row in &matrix.rows {
        let _ = write!(text, "  {:width$}", row.subject);
        for cell in &row.cells {
            let _ = write!(text, "  {}", sign(cell, unicode));
        }
        let _ = writeln!(text, "  {}/{}", row.earned, row.possible);
    }
    text.push_str(if unicode {
        "\n  · passed   ✗ failed as it should   ! failed and should not\n  – skipped behind another   ? undecided\n"
    } else {
        "\n  . passed   X failed as it should   ! failed and should not\n  - skipped behind another   ? undecided\n"
    });
    if let Some(mutation) = &proof.mutation {
        mutated(mutation, &mut text);
    }
    findings(proof, &mut text);
    text
}

fn mutated(mutation: &Mutation, text: &mut String) {
    let noticed = mutation.killed;
    let survivors = mutation.tried - noticed - mutation.invalid - mutation.equivalent.len() as u64;
    let _ = writeln!(
        text,
        "\n  {} of {} possible changes to solution:{}, seed {}: {noticed} noticed, {} did not build or start, {} need not be noticed, {survivors} left",
        mutation.tried,
        mutation.possible,
        mutation.of,
        mutation.seed,
        mutation.invalid,
        mutation.equivalent.len(),
    );
}

fn findings(proof: &Proof, text: &mut String) {
    if proof.proven() {
        let _ = writeln!(text, "\n{}", proven(proof));
        return;
    }
    if proof.holds() {
        let Scope::Sample(count) = proof.scope else {
            return;
        };
        let _ = writeln!(
            text,
            "\nholds for a sample of {count} defects, which proves nothing of the others"
        );
        return;
    }
    let count = proof.findings.len();
    let _ = writeln!(
        text,
        "\nnot proven: {count} {}",
        if count == 1 { "finding" } else { "findings" }
    );
    for finding in &proof.findings {
        let _ = writeln!(text, "  - {}", neutral::brief(&finding.sentence(), 500));
    }
}

fn proven(proof: &Proof) -> String {
    let rows = &proof.matrix.rows;
    let defects = rows.iter().filter(|row| row.subject.starts_with("defect:"));
    let mut text = format!(
        "proven: each of {} checks passes for every solution and is failed by one of {} defects",
        proof.matrix.checks.len(),
        defects.count()
    );
    let times = u32::try_from(proof.seeds.len()).unwrap_or(u32::MAX) * proof.repeat;
    if times > 1 {
        let _ = write!(text, ", the same {times} times");
    }
    if proof.alone.is_some() {
        text.push_str(", alone and in another order");
    }
    text
}

fn sign(cell: &Cell, unicode: bool) -> char {
    let (pretty, plain) = match (cell.outcome, cell.expected_loss) {
        (Outcome::Passed, _) => ('·', '.'),
        (Outcome::Failed, true) => ('✗', 'X'),
        (Outcome::Failed, false) => ('!', '!'),
        (Outcome::Skipped, _) => ('–', '-'),
        (Outcome::Errored | Outcome::Inconclusive, _) => ('?', '?'),
    };
    if unicode { pretty } else { plain }
}
