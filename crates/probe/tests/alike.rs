//! What makes two answers alike, and what does not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bytes::Bytes;
use challenge_spec::model::Compare;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use probe::{alike::Alike, exchange::Received};
use serde_json::{Value, json};

const A: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";
const B: &str = "b4b3a1f5-9d3f-4c7e-8a53-6a7d0ed6f1a2";

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Received {
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        let name = name.parse::<HeaderName>().unwrap();
        all.insert(name, HeaderValue::from_str(value).unwrap());
    }
    Received {
        status: StatusCode::from_u16(status).unwrap(),
        headers: all,
        body: Bytes::from(body.to_owned()),
    }
}

fn json_answer(body: &Value) -> Received {
    answer(
        200,
        &[("content-type", "application/json")],
        &body.to_string(),
    )
}

/// The places where answers differ, one after the other in one series; ours first.
fn differing(rules: &Compare, answers: &[(Received, Received)]) -> Vec<String> {
    let mut alike = Alike::new(rules);
    let each = answers.iter();
    each.flat_map(|(ours, theirs)| alike.compare("0", ours, theirs))
        .map(|mismatch| mismatch.at)
        .collect()
}

fn bodies(pairs: &[(Value, Value)]) -> Vec<String> {
    let answers: Vec<_> = pairs
        .iter()
        .map(|(ours, theirs)| (json_answer(ours), json_answer(theirs)))
        .collect();
    differing(&Compare::default(), &answers)
}

#[test]
fn what_each_side_chooses_for_itself_is_alike() {
    for (ours, theirs) in [
        // Key order, white space, more keys, null or nothing, numbers.
        (
            r#"{"b":1,"a":[1.0,2],"more":1}"#,
            "{\n  \"a\": [1, 2.0], \"b\": 1, \"none\": null }",
        ),
        (
            r#"{"id":17,"order_id":3,"productId":"p-1"}"#,
            &format!(r#"{{"id":"{A}","order_id":"{B}","productId":9}}"#),
        ),
        (
            r#"{"at":"2026-11-24T10:00:00Z"}"#,
            r#"{"at":"2026-11-24T10:00:03.123456+00:00"}"#,
        ),
        (
            r#"{"at":"2026-11-24T10:00:00.5"}"#,
            r#"{"at":"2026-11-24T10:00:03Z"}"#,
        ),
        (r#"{"item_ids":[1,2]}"#, r#"{"item_ids":["a","b"]}"#),
    ] {
        let upper = [("CONTENT-TYPE", "Application/JSON; charset=utf-8")];
        let lower = [("content-type", "application/json")];
        let pair = (answer(200, &upper, ours), answer(200, &lower, theirs));
        assert_eq!(
            differing(&Compare::default(), &[pair]),
            [] as [&str; 0],
            "{ours} {theirs}"
        );
    }
}

#[test]
fn what_is_said_differently_differs() {
    for (ours, theirs, at) in [
        (json!({ "a": "1" }), json!({ "a": 1 }), "json $.a"),
        (json!({}), json!({ "a": 0 }), "json $.a"),
        (json!({ "a": [1] }), json!({ "a": [1, 2] }), "json $.a"),
        (
            json!([{ "n": 1 }, { "n": 3 }]),
            json!([{ "n": 1 }, { "n": 2 }]),
            "json $[1].n",
        ),
        (
            json!({ "at": "soon" }),
            json!({ "at": "2026-11-24T10:00:00Z" }),
            "json $.at",
        ),
        (json!({ "id": null }), json!({ "id": A }), "json $.id"),
        (
            json!({ "day": "2026-11-24" }),
            json!({ "day": "2026-11-25" }),
            "json $.day",
        ),
        (
            json!({ "n": 9_007_199_254_740_993_u64 }),
            json!({ "n": 9_007_199_254_740_992_u64 }),
            "json $.n",
        ),
    ] {
        assert_eq!(bodies(&[(ours, theirs)]), [at]);
    }
    let problem = |status, body: &str| {
        answer(
            status,
            &[("content-type", "application/problem+json")],
            body,
        )
    };
    let json = answer(409, &[("content-type", "application/json")], "{}");
    let told = [
        (problem(404, "{}"), problem(409, "{}"), "status"),
        (json, problem(409, "{}"), "header Content-Type"),
        (problem(409, "no"), problem(409, "{}"), "body"),
    ];
    for (ours, theirs, at) in told {
        assert_eq!(differing(&Compare::default(), &[(ours, theirs)]), [at]);
    }
}

#[test]
fn one_id_stands_for_one_over_a_series() {
    let order = |id: Value| json!({ "id": id });
    let series = [
        (order(json!(1)), order(json!(A))),
        (order(json!(2)), order(json!(B))),
    ];
    assert_eq!(bodies(&series), [] as [&str; 0]);
    let mut swapped = series.to_vec();
    swapped.push((order(json!(2)), order(json!(A))));
    assert_eq!(bodies(&swapped), ["json $.id"]);
    // The same id twice where there are two.
    let twice = [
        (order(json!(1)), order(json!(A))),
        (order(json!(1)), order(json!(B))),
    ];
    assert_eq!(bodies(&twice), ["json $.id"]);
    // Numbers are counted for each kind of thing; a kind has its own place.
    let kinds = json!({ "id": 1, "product_id": 1 });
    assert_eq!(
        bodies(&[(kinds, json!({ "id": A, "product_id": B }))]),
        [] as [&str; 0]
    );
}

#[test]
fn lists_without_an_order_are_alike_in_any() {
    let rules = Compare {
        unordered: vec!["items".to_owned(), "order_ids".to_owned()],
        ..Compare::default()
    };
    let of = |body: Value| json_answer(&body);
    let theirs = json!({ "items": [{ "sku": "a", "n": 1 }, { "sku": "b", "n": 2 }] });
    let against = |ours: Value| differing(&rules, &[(of(ours), of(theirs.clone()))]);
    let turned = json!({ "items": [{ "n": 2.0, "sku": "b", "more": 0 }, { "sku": "a", "n": 1 }] });
    assert_eq!(against(turned.clone()), [] as [&str; 0]);
    // An item counts once, and what has no counterpart is told where it would be.
    let twice = json!({ "items": [{ "sku": "b", "n": 2 }, { "sku": "b", "n": 2 }] });
    assert_eq!(against(twice), ["json $.items[0].sku", "json $.items[0].n"]);
    let fewer = json!({ "items": [{ "sku": "b", "n": 2 }] });
    assert_eq!(against(fewer)[0], "json $.items");
    // Other lists have an order.
    let ordered = differing(&Compare::default(), &[(of(turned), of(theirs))]);
    assert!(!ordered.is_empty());
    // What was tried on the way is no pair of ids.
    let ids = |ids: Value| of(json!({ "order_ids": ids }));
    let series = [
        (ids(json!([2, 1])), ids(json!([A, B]))),
        (ids(json!([1, 2])), ids(json!([A, B]))),
    ];
    assert_eq!(differing(&rules, &series), [] as [&str; 0]);
}

/// An id that both sides were given is no other's.
#[test]
fn a_given_id_stands_for_itself() {
    let rules = Compare::default();
    let mut alike = Alike::new(&rules);
    alike.know(&json!({ "customer": [A] }));
    let of = |customer: &str| json_answer(&json!({ "customer_id": customer }));
    assert_eq!(alike.compare("0", &of(B), &of(A)).len(), 1);
    assert_eq!(alike.compare("0", &of(A), &of(A)), []);
}

#[test]
fn rules_say_what_else_counts_and_what_does_not() {
    let rules = Compare {
        headers: ["Location", "ETag", "X-Total"].map(str::to_owned).to_vec(),
        ids: vec!["number".to_owned()],
        ignore: vec!["cursor".to_owned()],
        ..Compare::default()
    };
    let of = |location: &str, etag: &str, body: &str| {
        let mut headers = vec![("content-type", "application/json"), ("x-total", "3")];
        headers.extend((!location.is_empty()).then_some(("location", location)));
        headers.extend((!etag.is_empty()).then_some(("etag", etag)));
        answer(201, &headers, body)
    };
    let theirs = of("/orders/17?x=1", "\"1\"", r#"{"number":1,"cursor":"x"}"#);
    let fine = of(
        "https://shop.example.com/orders/9a?x=1",
        "W/\"zz\"",
        r#"{"number":"n","cursor":2}"#,
    );
    assert_eq!(
        differing(&rules, &[(fine, theirs.clone())]),
        [] as [&str; 0]
    );
    let body = r#"{"number":1}"#;
    assert_eq!(
        differing(
            &rules,
            &[(of("/order/17?x=1", "\"1\"", body), theirs.clone())]
        ),
        ["header Location"]
    );
    assert_eq!(
        differing(&rules, &[(of("/orders/17?x=1", "", body), theirs.clone())]),
        ["header ETag"]
    );
    let mut total = theirs.clone();
    total
        .headers
        .insert("x-total", HeaderValue::from_static("4"));
    assert_eq!(differing(&rules, &[(total, theirs)]), ["header X-Total"]);
    // Texts of problems are for people.
    let problem = |body: &str| answer(409, &[("content-type", "application/problem+json")], body);
    let pair = |ours, theirs| [(problem(ours), problem(theirs))];
    let same = pair(
        r#"{"status":409,"title":"a"}"#,
        r#"{"status":409,"title":"b","detail":"c"}"#,
    );
    assert_eq!(differing(&Compare::default(), &same), [] as [&str; 0]);
    let other = pair(
        r#"{"status":409,"type":"a"}"#,
        r#"{"status":409,"type":"b"}"#,
    );
    assert_eq!(differing(&Compare::default(), &other), ["json $.type"]);
}
