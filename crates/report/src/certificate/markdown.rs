//! `certificate.md`: the matrix drawn as a table, and what it was found out with.

use std::fmt::Write as _;

use super::{Certificate, Mutation};
use crate::{
    model::Outcome,
    render::markdown::{code, escaped},
};

/// Renders it; digests of its own are left out.
pub(super) fn render(certificate: &Certificate) -> String {
    let challenge = &certificate.challenge;
    let mut text = format!(
        "# Certificate of {} {}\n\n",
        escaped(&challenge.title, 200),
        escaped(&challenge.version, 40)
    );
    let _ = writeln!(
        text,
        "Every check was seen to pass with each solution and to fail with at least one defect. A row is what \
         one subject came to: · passed, ✗ failed, – skipped because it needs one that failed. Empty hands \
         earn nothing, every defect loses just the checks that it names.\n"
    );
    table(certificate, &mut text);
    checks(certificate, &mut text);
    conditions(certificate, &mut text);
    if let Some(mutation) = &certificate.mutation {
        self::mutation(mutation, &mut text);
    }
    text.push_str(
        "\n---\n\nWritten by `tryout challenge verify --write`; `certificate.json` beside this file says the \
         same to programs, and holds digests that tell when either was edited. They guard against \
         accidents; they are no signature.\n",
    );
    text
}

fn table(certificate: &Certificate, text: &mut String) {
    let numbers: Vec<String> = (1..=certificate.checks.len())
        .map(|number| number.to_string())
        .collect();
    let possible: u32 = certificate.checks.iter().map(|check| check.points).sum();
    let _ = writeln!(text, "| subject | {} | points |", numbers.join(" | "));
    let _ = writeln!(text, "| --- |{} ---: |", " :-: |".repeat(numbers.len()));
    for row in &certificate.rows {
        let signs: Vec<&str> = row.outcomes.iter().map(|outcome| sign(*outcome)).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {}/{possible} |",
            code(&row.subject, 120),
            signs.join(" | "),
            row.earned,
        );
    }
}

fn checks(certificate: &Certificate, text: &mut String) {
    text.push_str("\n| | check | points | failed by |\n| ---: | --- | ---: | --- |\n");
    for (check, number) in certificate.checks.iter().zip(1..) {
        let killers: Vec<String> = check.failed_by.iter().map(|id| code(id, 120)).collect();
        let _ = writeln!(
            text,
            "| {number} | {} | {} | {} |",
            code(&check.id, 120),
            check.points,
            killers.join(", ")
        );
    }
}

fn conditions(certificate: &Certificate, text: &mut String) {
    let seeds: Vec<String> = certificate.seeds.iter().map(u64::to_string).collect();
    let mut facts = vec![
        ("challenge", code(&certificate.challenge.digest, 100)),
        (
            "proven",
            format!(
                "{} by tryout {}",
                certificate.issued_at.format("%Y-%m-%d %H:%M UTC"),
                escaped(&certificate.tool.version, 40)
            ),
        ),
        ("sandboxes", certificate.sandboxes.to_string()),
        (
            "seeds",
            format!("{}; the same verdicts with each", seeds.join(", ")),
        ),
        ("times with each seed", certificate.repeat.to_string()),
    ];
    if let Some(alone) = &certificate.alone {
        let alone = format!("those of {}, with what they require", code(alone, 120));
        facts.push(("checks run each alone", alone));
    }
    if !certificate.shuffled.is_empty() {
        let all: Vec<String> = certificate.shuffled.iter().map(|s| code(s, 120)).collect();
        facts.push(("checks run in another order", all.join(", ")));
    }
    if let Some(engine) = &certificate.engine {
        let engine = format!("{}, {}", engine.name, engine.platform);
        facts.push(("engine", escaped(&engine, 120)));
    }
    let images = certificate.images.iter();
    let images =
        images.map(|(role, id)| ("image", format!("{} {}", code(role, 60), code(id, 100))));
    facts.extend(images);
    text.push_str("\n| how | |\n| --- | --- |\n");
    for (name, value) in facts {
        let _ = writeln!(text, "| {name} | {value} |");
    }
}

fn mutation(mutation: &Mutation, text: &mut String) {
    let equivalent = mutation.equivalent.len();
    let _ = writeln!(
        text,
        "\n## Changes that nobody chose\n\n{} of {} possible changes to {} (made by {}, seed {}): {} noticed by a \
         check, {} that did not build or start, {equivalent} that no check need notice.",
        mutation.tried,
        mutation.possible,
        code(&format!("solution:{}", mutation.of), 120),
        escaped(&mutation.tool, 60),
        mutation.seed,
        mutation.killed,
        mutation.invalid,
    );
    if equivalent == 0 {
        return;
    }
    text.push_str(
        "\n| where | was | becomes | why no check need notice |\n| --- | --- | --- | --- |\n",
    );
    for one in &mutation.equivalent {
        let place = format!("{}:{}", one.file, one.line);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            cell(&place),
            cell(one.was.trim()),
            cell(one.becomes.trim()),
            escaped(&one.reason, 400)
        );
    }
}

/// A bar ends a cell even in a code span.
fn cell(text: &str) -> String {
    code(text, 200).replace('|', "\\|")
}

fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "·",
        Outcome::Failed => "✗",
        Outcome::Skipped => "–",
        Outcome::Errored | Outcome::Inconclusive => "?",
    }
}
