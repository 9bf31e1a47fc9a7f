//! Load on submissions in real sandboxes, alone and beside another subject.

use std::{fs, path::Path, sync::Arc, thread, time::Duration};

use challenge_spec::{Challenge, Skills};
use grader::{Events, Plan, Selection, Subject, SubjectKind, challenge_files, grade};
use report::model::{Blame, CheckReport, Evidence, Load, Outcome};
use runner::Backend as _;
use serde_json::{Value, json};

use crate::bench::{backend, remove_image, told};

const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apps/load");
/// A machine that is busy with other things says nothing: then it is asked again.
const TRIES: u32 = 4;
const PLAIN: fn() -> Value = || json!({});

fn write_app(folder: &Path, manner: &Value) {
    fs::create_dir_all(folder).unwrap();
    for name in ["Dockerfile", "app.py"] {
        fs::copy(Path::new(APP).join(name), folder.join(name)).unwrap();
    }
    fs::write(folder.join("manner.json"), manner.to_string()).unwrap();
}

/// Loads a submission of this manner, where starter and solution are of that one.
async fn loaded(submission: &Value, other: &Value, more: &Value) -> CheckReport {
    let mut tries = 1;
    loop {
        let check = loaded_once(submission, other, more).await;
        let is_busy = told(&check).contains("rounds said nothing");
        if tries == TRIES || !is_busy {
            return check;
        }
        tries += 1;
    }
}

async fn loaded_once(submission: &Value, other: &Value, more: &Value) -> CheckReport {
    let mut load = json!({
        "requests": requests(),
        "forms": 5,
        "rate": 40,
        "warm_up": "300ms",
        "duration": "1s",
    });
    for (key, value) in more.as_object().unwrap() {
        load[key] = value.clone();
    }
    graded_by(submission, other, &json!({ "load": load })).await
}

pub(crate) fn requests() -> Value {
    json!([
        { "weight": 3, "request": { "send": "GET /items/{{ index }}", "expect": { "status": 200, "json": { "id": "{{ index ~ '' }}" } } } },
        { "request": { "send": "GET /items/fixed", "expect": { "status": 200 } } },
    ])
}

/// Grades a submission of one manner by a step, where starter and solution are of another.
pub(crate) async fn graded_by(submission: &Value, other: &Value, step: &Value) -> CheckReport {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("items");
    write_app(&folder.join("solutions/python"), other);
    write_app(&folder.join("starters/python"), other);
    // In another language than the submission: it is not the one to compare with.
    fs::create_dir_all(folder.join("starters/go")).unwrap();
    fs::write(folder.join("starters/go/main.go"), "package main\n").unwrap();
    fs::write(folder.join("brief.md"), "Serve.\n").unwrap();
    let file = json!({
        "schema": 1,
        "id": "items",
        "title": "Items",
        "version": "1.0.0",
        "summary": "Items",
        "app": { "ready": "/items/ready" },
        "limits": { "request": "3s", "check": "20s", "app": { "cpus": 2 } },
        "starters": { "go": "starters/go", "python": "starters/python" },
        "solutions": { "python": "solutions/python" },
        "checks": [{
            "id": "one",
            "title": "One",
            "skill": "business-logic",
            "points": 3,
            "steps": [step],
        }],
    });
    fs::write(folder.join("challenge.yaml"), format!("{file:#}")).unwrap();
    let skills = Skills::embedded();
    let challenge = Challenge::load(&folder, &skills).unwrap_or_else(|error| {
        let problems = error.problems().map(|all| all.list().to_string());
        panic!("{}", problems.unwrap_or_else(|| error.to_string()))
    });
    write_app(&dir.path().join("submission"), submission);
    let of = |folder: &Path| Subject::of_folder(&challenge, SubjectKind::Submission, folder);
    let subject = of(&dir.path().join("submission")).unwrap();
    let beside = of(&folder.join("solutions/python")).unwrap();
    let digests = [&subject, &beside].map(|subject| subject.snapshot.digest().to_owned());
    let files = challenge_files(&challenge).unwrap();
    let selection = Selection::All;
    let plan = Plan::compile(Arc::new(challenge), &files, &skills, subject, 1, &selection).unwrap();
    let locks = dir.path().join("locks");
    let backend = backend().await.taking_turns(&locks).await.unwrap();
    let report = grade(&plan, &backend, &Events::silent(), Duration::ZERO).await;
    backend.close(plan.run()).await.unwrap();
    for digest in digests {
        remove_image(backend.images(), &digest).await;
    }
    report.checks.into_iter().next().unwrap()
}

fn load(check: &CheckReport) -> &Load {
    let found = check.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Load(load) => Some(&**load),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{}", told(check)))
}

fn failed(check: &CheckReport, because: &str) {
    let told = told(check);
    assert_eq!(check.outcome, Outcome::Failed, "{told}");
    assert!(told.contains(because), "{told}");
}

#[tokio::test]
async fn right_answers_in_time_hold() {
    for more in [
        json!({ "expect": { "errors": 0, "p95": "1m" } }),
        json!({ "rate": null, "connections": 4, "expect": { "errors": 0 } }),
    ] {
        let check = loaded(&PLAIN(), &PLAIN(), &more).await;
        assert_eq!(check.outcome, Outcome::Passed, "{}", told(&check));
    }
}

#[tokio::test]
async fn a_fast_wrong_answer_is_an_error() {
    for (manner, because) in [
        ("wrong every", "json $.id should be"),
        ("503 every", "status should be 200, was 503"),
    ] {
        let more = json!({ "rate": null, "connections": 4, "expect": { "errors": 0.05 } });
        let check = loaded(&json!({ manner: 7 }), &PLAIN(), &more).await;
        failed(&check, "answers under load were wrong: GET /items/");
        failed(&check, because);
        let load = load(&check);
        assert!(!load.samples.is_empty());
        assert_eq!(load.mismatches[0].at, "errors");
        let run = &load.sides[0].runs[0];
        assert!(run.right > 0 && run.p50_ms.is_some() && !run.errors.is_empty());
        // What is allowed to fail may.
        let more = json!({ "rate": null, "connections": 4, "expect": { "errors": 0.4 } });
        let check = loaded(&json!({ manner: 7 }), &PLAIN(), &more).await;
        assert_eq!(check.outcome, Outcome::Passed, "{}", told(&check));
    }
}

#[tokio::test]
async fn a_limit_is_missed_when_three_runs_miss_it() {
    let more = json!({ "expect": { "p50": "20ms" } });
    let check = loaded(&PLAIN(), &PLAIN(), &more).await;
    failed(&check, "too slow in each of 3 runs: p50 was ");
    let said = load(&check).sides[0].runs.iter();
    assert_eq!(said.filter(|run| run.says_nothing.is_none()).count(), 3);
}

#[tokio::test]
async fn who_dies_or_hangs_under_load_loses() {
    let more = json!({ "expect": { "errors": 0 } });
    let check = loaded(&json!({ "dies after": 30 }), &PLAIN(), &more).await;
    failed(&check, "the submission died ");
    let check = loaded(&json!({ "hangs after": 30 }), &PLAIN(), &more).await;
    failed(
        &check,
        "requests under load: too slow: no whole answer within 3 s",
    );
}

#[tokio::test]
async fn who_is_slower_than_a_reference_loses_and_who_is_faster_than_the_starter_does_not() {
    let slow = json!({ "waits": 0.6, "computes": 0.004 });
    let more = json!({ "against": "reference:python", "expect": { "ratio": { "p50": 2 } } });
    let check = loaded(&slow, &PLAIN(), &more).await;
    failed(&check, "p50 was ");
    failed(&check, "times that of reference:python (99 % sure: ");
    let load = load(&check);
    let subjects: Vec<_> = load
        .sides
        .iter()
        .map(|side| side.subject.as_str())
        .collect();
    assert_eq!(subjects, ["submission", "reference:python"]);
    assert!(load.ratios[0].pairs.len() >= 4);
    assert!(load.ratios[0].interval.unwrap().low > 2.0);
    assert!(load.sides[1].runs.iter().all(|run| run.cpu_ms.is_some()));
    let more = json!({ "against": "starter", "expect": { "ratio": { "p50": 0.5, "p95": 0.6 } } });
    let check = loaded(&PLAIN(), &slow, &more).await;
    assert_eq!(check.outcome, Outcome::Passed, "{}", told(&check));
}

#[tokio::test]
async fn computing_time_has_a_ratio_of_its_own() {
    let busy = json!({ "computes": 0.012 });
    let expect = json!({ "ratio": { "cpu": 2 } });
    let more = json!({ "against": "starter", "rate": 25, "expect": expect });
    let check = loaded(&busy, &PLAIN(), &more).await;
    failed(&check, "computing time a request was ");
    // Whatever the machine does: all of it is seen, in each run.
    for run in &load(&check).sides[0].runs {
        assert!(run.cpu_ms.unwrap() >= 12.0, "{run:?}");
    }
}

#[tokio::test]
#[ignore = "takes minutes and a quiet machine; `make prove` runs it"]
async fn a_fifth_slower_than_the_limit_is_told_from_a_fifth_faster() {
    // Beside what answering costs anyway, which is the same for both.
    let waits = |seconds: f64| json!({ "waits": seconds });
    let computes = |seconds: f64| json!({ "waits": 0, "computes": seconds });
    for (what, rate, other, slower, faster) in [
        ("p95", 40, waits(0.1), waits(0.24), waits(0.2 / 1.2)),
        (
            "cpu",
            12,
            computes(0.02),
            computes(0.048),
            computes(0.04 / 1.2),
        ),
    ] {
        let expect = json!({ "ratio": { what: 2 } });
        let more =
            json!({ "against": "starter", "rate": rate, "duration": "2s", "expect": expect });
        let check = loaded(&slower, &other, &more).await;
        failed(&check, "times that of starter (99 % sure: ");
        let estimate = load(&check).ratios[0].interval.unwrap().estimate;
        assert!((2.2..2.5).contains(&estimate), "{what}: {estimate}");
        let check = loaded(&faster, &other, &more).await;
        assert_eq!(check.outcome, Outcome::Passed, "{}", told(&check));
    }
}

#[tokio::test]
async fn each_side_has_what_its_own_setup_captured() {
    let more = json!({
        "setup": [{ "send": "GET /key", "expect": { "status": 200, "capture": { "key": "$.key" } } }],
        "requests": [{ "request": { "send": "GET /items/with-{{ key }}", "expect": { "status": 200 } } }],
        "against": "starter",
        "expect": { "errors": 0, "ratio": { "p95": 5 } },
    });
    let check = loaded(&PLAIN(), &PLAIN(), &more).await;
    assert_eq!(check.outcome, Outcome::Passed, "{}", told(&check));
    let keyless = json!({ "no key": true });
    let check = loaded(&keyless, &PLAIN(), &more).await;
    failed(&check, "GET /key: status should be 200, was 403");
    let check = loaded(&PLAIN(), &keyless, &more).await;
    assert_eq!(check.outcome, Outcome::Errored, "{}", told(&check));
    assert_eq!(check.blame, Some(Blame::Ours));
    assert!(told(&check).contains("step 1.1: starter: GET /key: status"));
}

#[tokio::test]
async fn whatever_is_wrong_with_the_other_subject_is_ours() {
    for manner in [json!({ "503 every": 5 }), json!({ "dies after": 30 })] {
        let more = json!({ "against": "starter", "expect": { "ratio": { "p50": 9 } } });
        let check = loaded(&PLAIN(), &manner, &more).await;
        let told = told(&check);
        let ended = (check.outcome, check.blame);
        assert_eq!(ended, (Outcome::Errored, Some(Blame::Ours)), "{told}");
        assert!(told.contains("starter under load: "), "{told}");
    }
}

/// Prints how many runs said nothing, for people.
#[tokio::test]
async fn who_takes_every_core_is_judged_for_it() {
    if thread::available_parallelism().unwrap().get() < 2 {
        return;
    }
    let more = json!({ "rate": 80, "expect": { "p50": "10ms" } });
    let check = loaded(&json!({ "burns": 6, "waits": 0.02 }), &PLAIN(), &more).await;
    failed(&check, "too slow in each of 3 runs: p50 was ");
    let load = load(&check);
    assert!(load.apart.core.is_some(), "{:?}", load.apart);
    assert_eq!((load.apart.still, &load.apart.lacks), (None, &Vec::new()));
    let runs = &load.sides[0].runs;
    let nothing = runs.iter().filter(|run| run.says_nothing.is_some()).count();
    eprintln!("{nothing} of {} runs said nothing", runs.len());
}

#[tokio::test]
async fn who_computes_while_the_other_side_is_measured_gains_nothing() {
    let other = json!({ "computes": 0.006, "waits": 0.001 });
    let ours = json!({ "computes": 0.006, "waits": 0.001, "burns idle": 6 });
    let expect = json!({ "ratio": { "p50": 0.6 } });
    let more = json!({ "against": "starter", "rate": 40, "expect": expect });
    let check = loaded(&ours, &other, &more).await;
    // Both are alike: a machine that is busy with other things may leave it open, which gains nothing.
    let told = told(&check);
    let gained = !matches!(check.outcome, Outcome::Failed | Outcome::Inconclusive);
    assert!(!gained && told.contains("p50 was "), "{told}");
    let load = load(&check);
    assert_eq!(load.apart.still, Some(true));
    // 0.7 if the other side had to share its core.
    let estimate = load.ratios[0].interval.unwrap().estimate;
    assert!(estimate > 0.8, "{told}");
}
