use challenge_spec::model::{Expect, Rows};
use probe::expectation::{Expectation, RowsExpectation};
use report::model::Trouble;
use serde_json::{Value, json};

use crate::{answered, judge, scope};

fn get() -> Value {
    json!({ "send": "GET /" })
}

fn places(expect: &Value, status: u16, headers: &[(&str, &str)], body: &str) -> Vec<String> {
    let judged = judge(expect, &answered(get(), status, headers, body.to_owned()));
    judged.mismatches.into_iter().map(|one| one.at).collect()
}

#[test]
fn an_answer_as_it_must_be() {
    let expect = json!({
        "status": [201, "2xx"],
        "headers": { "Location": { "$regex": "^/orders/" }, "Vary": "A, B", "X-No": { "$absent": true } },
        "json": { "id": { "$type": "integer" } },
        "text": { "$contains": "\"id\"" },
        "paths": { "$.items[*].n": [1, 2], "$.items[0].n": 1, "$.none": { "$absent": true } },
        "capture": { "id": "$.id", "all": "$.items[*].n", "where": "header:location", "code": "status", "raw": "body" },
    });
    let body = r#"{"id": 7, "items": [{"n": 1}, {"n": 2}]}"#;
    let headers = [("location", "/orders/7"), ("vary", "A"), ("vary", "B")];
    let judged = judge(&expect, &answered(get(), 201, &headers, body));
    assert_eq!(judged.mismatches, []);
    assert_eq!(judged.diff, None);
    assert_eq!(
        judged.captures,
        [
            ("id".to_owned(), json!(7)),
            ("all".to_owned(), json!([1, 2])),
            ("where".to_owned(), json!("/orders/7")),
            ("code".to_owned(), json!(201)),
            ("raw".to_owned(), json!(body)),
        ]
    );
}

#[test]
fn every_part_that_differs_is_told() {
    let expect = json!({
        "status": 201,
        "headers": { "Location": { "$any": true }, "X-Yes": { "$absent": true } },
        "json": { "a": 1 },
        "text": "x",
        "paths": { "$.b": 2, "$..c": { "$length": 1 } },
        "capture": { "d": "$.d", "e": "header:E" },
    });
    assert_eq!(
        places(&expect, 500, &[("x-yes", "1")], "{}"),
        [
            "status",
            "header Location",
            "header X-Yes",
            "body",
            "json $.a",
            "json $.b",
            "json $..c",
            "json $.d",
            "header E"
        ]
    );
}

#[test]
fn an_expectation_of_nothing_takes_any_whole_answer() {
    assert_eq!(places(&json!({}), 500, &[], "<html>"), [""; 0]);
}

#[test]
fn a_body_that_is_no_json_is_told_once_with_its_place() {
    let expect = json!({ "json": { "a": 1 }, "paths": { "$.b": 1 }, "capture": { "c": "$.c" } });
    let told = |body: &str| {
        let mut judged = judge(&expect, &answered(get(), 200, &[], body.to_owned()));
        assert_eq!(judged.mismatches.len(), 1, "{body}");
        assert!(judged.captures.is_empty());
        judged.mismatches.remove(0).actual
    };
    assert_eq!(told(""), "an empty body");
    assert_eq!(
        told("<html>"),
        r#"no JSON (expected value at line 1 column 1): "<html>""#
    );
    assert!(told("{\"a\": 1,}").contains("line 1 column 9"));
    assert!(told("{} {}").contains("trailing characters"));
    assert!(told(&"[".repeat(100_000)).contains("nested too deeply"));
    assert!(told(&"x".repeat(1_000_000)).len() < 400);
    let invalid = answered(get(), 200, &[], b"\"\xff\"".to_vec());
    assert_eq!(judge(&expect, &invalid).mismatches.len(), 1);
}

#[test]
fn json_as_deep_as_is_read_is_judged() {
    let body = format!("{}{}", "[".repeat(120), "]".repeat(120));
    let expect = json!({ "json": { "$unique": true }, "paths": { "$..*": { "$any": true } } });
    assert_eq!(places(&expect, 200, &[], &body), [""; 0]);
}

#[test]
fn an_answer_that_is_not_whole_matches_nothing() {
    let mut exchanged = answered(get(), 200, &[], "{\"a\":");
    exchanged.trouble = Some(Trouble::TimedOut(250));
    let judged = judge(
        &json!({ "status": 200, "capture": { "code": "status" } }),
        &exchanged,
    );
    assert_eq!(judged.mismatches.len(), 1);
    assert_eq!(judged.mismatches[0].actual, "no whole answer within 250 ms");
    assert!(judged.captures.is_empty());
    assert!(!judge(&json!({}), &exchanged).holds());
}

#[test]
fn templates_are_rendered_and_what_they_give_is_data() {
    let mut scope = scope();
    scope.capture("id", json!({ "$any": true }));
    let expect: Expect =
        serde_json::from_value(json!({ "json": { "id": "{{ id }}", "n": "{{ 1 + 1 }}" } }))
            .unwrap();
    let expectation = Expectation::new(&expect, &scope).unwrap();
    let of = |body: &str| {
        expectation
            .judge(&answered(get(), 200, &[], body.to_owned()))
            .holds()
    };
    assert!(of(r#"{"id": {"$any": true}, "n": 2}"#));
    assert!(!of(r#"{"id": 1, "n": 2}"#));
}

#[test]
fn a_mistake_of_the_author_is_an_error() {
    let error = |expect: Value| {
        let expect: Expect = serde_json::from_value(expect).unwrap();
        let mut scope = scope();
        scope.capture("theirs", json!("x"));
        Expectation::new(&expect, &scope).unwrap_err()
    };
    assert!(
        error(json!({ "json": "{{ missing }}" }))
            .captures
            .is_empty()
    );
    assert!(error(json!({ "paths": { "a.b": 1 } })).captures.is_empty());
    assert!(
        error(json!({ "capture": { "a": "nowhere" } }))
            .captures
            .is_empty()
    );
    assert_eq!(
        error(json!({ "json": { "n": { "$range": { "min": "{{ theirs }}" } } } })).captures,
        ["theirs"]
    );
}

#[test]
fn rows_are_judged_alike() {
    let expect: Rows = serde_json::from_value(
        json!({ "rows": [{ "n": 1 }], "capture": { "n": "$[0].n", "no": "$[1].n" } }),
    )
    .unwrap();
    let expectation = RowsExpectation::new(&expect, &scope()).unwrap();
    let judged = expectation.judge(vec![json!({ "n": 2, "other": null })]);
    let places: Vec<_> = judged
        .mismatches
        .iter()
        .map(|one| one.at.as_str())
        .collect();
    assert_eq!(places, ["rows $[0].n", "rows $[1].n"]);
    assert_eq!(judged.captures, [("n".to_owned(), json!(2))]);
    assert!(
        judged
            .diff
            .unwrap()
            .contains("-    \"n\": 1,\n+    \"n\": 2,\n")
    );
}
