//! The same traffic to a submission and to a reference, both in real sandboxes.

use std::{fs, path::Path, sync::Arc, time::Duration};

use challenge_spec::{Challenge, Skills};
use grader::{Events, Plan, Selection, Subject, SubjectKind, challenge_files, grade};
use report::model::{Blame, CheckReport, Comparison, Evidence, Outcome, Report};
use runner::Backend as _;
use serde_json::{Value, json};

use crate::bench::{backend, remove_image, told};

const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apps/shop");

const CHALLENGE: &str = r#"
schema: 1
id: shop
title: Shop
version: 1.0.0
summary: Shop
limits: { request: 3s, check: 6s }
solutions: { python: solutions/python }
checks:
  - id: one
    title: One
    skill: business-logic
    points: 3
    steps:
      - differential:
          against: reference:python
          requests: 40
          times: 2
          vars: { sku: "{{ word('sku' ~ trial) }}" }
          setup:
            - { send: POST /products, json: { sku: "{{ sku }}", stock: 9 } }
          operations:
            - weight: 4
              request:
                send: POST /orders
                json: { sku: "{{ sku }}", quantity: "{{ int('quantity' ~ index, 1, 4) }}" }
                expect: { capture: { order: $.id } }
            - { weight: 2, request: { send: "GET /orders/{{ order }}" } }
            - { weight: 2, request: { send: "DELETE /orders/{{ order }}" } }
            - { weight: 3, request: { send: "GET /products/{{ sku }}" } }
          compare: { headers: [location] }
"#;

fn write_app(folder: &Path, manner: &Value) {
    fs::create_dir_all(folder).unwrap();
    for name in ["Dockerfile", "app.py"] {
        fs::copy(Path::new(APP).join(name), folder.join(name)).unwrap();
    }
    fs::write(folder.join("manner.json"), manner.to_string()).unwrap();
}

/// A submission of this manner, against a reference of that one.
async fn graded(submission: &Value, reference: &Value) -> Report {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("shop");
    write_app(&folder.join("solutions/python"), reference);
    fs::write(folder.join("brief.md"), "Sell.\n").unwrap();
    fs::write(folder.join("challenge.yaml"), CHALLENGE).unwrap();
    let skills = Skills::embedded();
    let challenge = Challenge::load(&folder, &skills).unwrap_or_else(|error| {
        let problems = error.problems().map(|all| all.list().to_string());
        panic!("{}", problems.unwrap_or_else(|| error.to_string()))
    });
    let of =
        |kind: SubjectKind, folder: &Path| Subject::of_folder(&challenge, kind, folder).unwrap();
    let solution = of(
        SubjectKind::Solution("python".to_owned()),
        &folder.join("solutions/python"),
    );
    write_app(&dir.path().join("submission"), submission);
    let subject = of(SubjectKind::Submission, &dir.path().join("submission"));
    let digests = [&subject, &solution].map(|subject| subject.snapshot.digest().to_owned());
    let files = challenge_files(&challenge).unwrap();
    let selection = Selection::All;
    let plan = Plan::compile(Arc::new(challenge), &files, &skills, subject, 1, &selection).unwrap();
    assert_eq!(plan.references(), ["reference:python"]);
    let backend = backend().await;
    let report = grade(&plan, &backend, &Events::silent(), Duration::ZERO).await;
    backend.close(plan.run()).await.unwrap();
    for digest in digests {
        remove_image(backend.images(), &digest).await;
    }
    report
}

fn comparison(check: &CheckReport) -> &Comparison {
    let found = check.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Comparison(comparison) => Some(&**comparison),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{}", told(check)))
}

const PLAIN: fn() -> Value = || json!({});

/// Numbers for ids, other key order and white space, no nulls, times without fractions, addresses with a
/// host, header names in capitals, a whole number for `5.0`, other titles of problems.
#[tokio::test]
async fn an_honest_submission_of_another_manner_passes() {
    for (submission, reference) in [
        (json!({ "counts": 1 }), PLAIN()),
        (PLAIN(), json!({ "counts": 1 })),
    ] {
        // What the one leaves out as null, and has more, the other may have.
        let report = graded(&submission, &reference).await;
        let check = &report.checks[0];
        if submission == PLAIN() {
            assert_eq!(check.outcome, Outcome::Failed, "{}", told(check));
            assert!(
                check
                    .reason
                    .as_deref()
                    .unwrap()
                    .contains("json $.more should be 1")
            );
        } else {
            assert_eq!(check.outcome, Outcome::Passed, "{}", told(check));
        }
    }
}

#[tokio::test]
async fn a_difference_is_shown_by_the_shortest_series_that_makes_it() {
    let submission = json!({ "counts": 1, "wrong": "no restock" });
    let report = graded(&submission, &PLAIN()).await;
    let check = &report.checks[0];
    assert_eq!(
        (check.outcome, check.blame),
        (Outcome::Failed, Some(Blame::Submission)),
        "{}",
        told(check)
    );
    let comparison = comparison(check);
    let lines: Vec<String> = comparison
        .exchanges
        .iter()
        .map(|pair| {
            format!(
                "{} {}",
                pair.subject.request.method, pair.subject.request.target
            )
        })
        .collect();
    // The product, an order, its end, and whatever shows the stock.
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[2].starts_with("DELETE /orders/"), "{lines:?}");
    assert!(comparison.requests_before > 4, "{comparison:?}");
    let last = comparison.exchanges.last().unwrap();
    assert_eq!(last.subject.mismatches, comparison.mismatches);
    assert!(last.reference.answer.is_some());
    let reason = check.reason.as_deref().unwrap();
    assert!(
        reason.starts_with("it answers unlike reference:python: request 4, "),
        "{reason}"
    );
}

#[tokio::test]
async fn what_does_not_come_again_is_nobodys() {
    let report = graded(&json!({ "wrong": "once" }), &PLAIN()).await;
    let check = &report.checks[0];
    assert_eq!(
        (check.outcome, check.blame),
        (Outcome::Inconclusive, Some(Blame::Nobody)),
        "{}",
        told(check)
    );
    assert!(comparison(check).mismatches[0].at.ends_with("stock"));
    assert_eq!(report.total.unwrap().undecided, 3);
}

#[tokio::test]
async fn a_submission_that_dies_or_takes_too_long_loses() {
    for (wrong, because) in [
        ("dies", "the submission died during "),
        ("slow", "too slow: "),
        // Else it would leave the difference that it has shown undecided.
        ("once, then slow", "too slow: "),
    ] {
        let report = graded(&json!({ "wrong": wrong }), &PLAIN()).await;
        let check = &report.checks[0];
        assert_eq!(check.outcome, Outcome::Failed, "{}", told(check));
        assert!(
            check.reason.as_deref().unwrap().starts_with(because),
            "{}",
            told(check)
        );
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_the_reference_is_ours() {
    for (wrong, because) in [
        (
            "never starts",
            "the reference `python` cannot be used: the submission died at start",
        ),
        ("dies", "the reference, asked "),
        ("slow", "the reference's answers took more than 6 s"),
        ("broken", "the reference answered "),
    ] {
        let report = graded(&PLAIN(), &json!({ "wrong": wrong })).await;
        let check = &report.checks[0];
        assert_eq!(
            (check.outcome, check.blame),
            (Outcome::Errored, Some(Blame::Ours)),
            "{}",
            told(check)
        );
        assert!(
            check.reason.as_deref().unwrap().contains(because),
            "{}",
            told(check)
        );
    }
}
