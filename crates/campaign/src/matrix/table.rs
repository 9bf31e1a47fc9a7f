//! The matrix as text: checks numbered, a row for each subject, the findings under it.

use std::fmt::Write as _;

use report::{model::Outcome, neutral};

use super::{Cell, KillMatrix};

pub(super) fn render(matrix: &KillMatrix, unicode: bool) -> String {
    let mut text = format!("{} (seed {})\n\n", matrix.challenge, matrix.seed);
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
    findings(matrix, &mut text);
    text
}

fn findings(matrix: &KillMatrix, text: &mut String) {
    if matrix.proven() {
        let killers = matrix
            .rows
            .iter()
            .filter(|row| row.subject.starts_with("defect:"))
            .count();
        let _ = writeln!(
            text,
            "\nproven: each of {} checks passes for every solution and is failed by one of {killers} defects",
            matrix.checks.len()
        );
        return;
    }
    let count = matrix.findings.len();
    let _ = writeln!(
        text,
        "\nnot proven: {count} {}",
        if count == 1 { "finding" } else { "findings" }
    );
    for finding in &matrix.findings {
        let _ = writeln!(text, "  - {}", neutral::brief(&finding.sentence(), 500));
    }
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
