//! One report with every outcome and every kind of evidence.

use report::model::{Blame, CheckReport, Evidence, Outcome, Report, Trouble};

use super::{capacity, evidence, failed, load, passed, practice, report, skipped, ten};

/// Some of everything: 16 points earned, 17 lost, 7 undecided.
pub(crate) fn mixed() -> Report {
    let mut report = report(ten().into_iter().map(outcome).collect());
    report.practice = Some(practice::of_python());
    report
}

fn outcome(check: CheckReport) -> CheckReport {
    match check.id.as_str() {
        "stock-floor" => with_question(
            failed(
                check,
                "50 parallel orders for the last 10 pieces: 17 were accepted, and the stock is -7.",
                vec![
                    Evidence::Exchange(Box::new(evidence::held("1"))),
                    evidence::burst(),
                    evidence::query(),
                    evidence::statements(),
                    evidence::plan(),
                    evidence::keyspace(),
                    evidence::fault(),
                    evidence::upstream(),
                    evidence::migration(),
                    evidence::printed(),
                    evidence::comparison(),
                    load::slow(),
                    capacity::half(),
                    evidence::log(),
                ],
            ),
            "Two requests read the same stock before either writes. Where would you put the \
             guard, and what would it cost under load?",
        ),
        "cancel-restocks" => skipped(
            check,
            Blame::Submission,
            "it needs `stock-floor`, which did not pass",
        ),
        "stranger" => with_question(
            failed(
                check,
                "Step 2 showed one customer's order to another: status expected 404, got 200.",
                vec![
                    Evidence::Exchange(Box::new(evidence::held("1"))),
                    Evidence::Exchange(Box::new(evidence::shown_to_a_stranger())),
                ],
            ),
            "Why 404 and not 403 for an order that belongs to somebody else?",
        ),
        "token-required" => failed(
            check,
            "No whole answer within 5000 ms.",
            vec![Evidence::Exchange(Box::new(evidence::unanswered(
                "1",
                Trouble::TimedOut(5_000),
            )))],
        ),
        "paging" => CheckReport {
            outcome: Outcome::Inconclusive,
            blame: Some(Blame::Nobody),
            reason: Some("Measured 1.9 to 2.2 times the baseline; the limit is 2.0.".to_owned()),
            duration_ms: 412,
            evidence: vec![Evidence::Note(
                "Three rounds of 40 pages each: 1.9, 2.1 and 2.2 times the baseline.".to_owned(),
            )],
            ..check
        },
        "foreign-keys" => CheckReport {
            outcome: Outcome::Errored,
            blame: Some(Blame::Ours),
            reason: Some("Our own connection to `db` was reset before the query.".to_owned()),
            duration_ms: 9,
            evidence: vec![Evidence::Log(report::model::Log {
                source: "db".to_owned(),
                lines: vec!["LOG:  could not receive data from client".to_owned()],
                lines_omitted: 0,
            })],
            ..check
        },
        _ => passed(check, 38),
    }
}

fn with_question(check: CheckReport, ask: &str) -> CheckReport {
    CheckReport {
        ask: Some(ask.to_owned()),
        ..check
    }
}
