//! Each matcher, and the laws that hold for all.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "tables read best without marks"
)]

use challenge_spec::matcher::Matcher;
use probe::matching::{MAX_MISMATCHES, evaluate, matches};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn matcher(expected: &Value) -> Matcher {
    Matcher::parse(expected).unwrap()
}

#[track_caller]
fn accepts(expected: Value, actual: Value) {
    let found = evaluate(&matcher(&expected), Some(&actual), "json $");
    assert!(found.is_empty(), "{expected} {actual} {found:?}");
}

#[track_caller]
fn refuses(expected: Value, actual: Value) {
    let matcher = matcher(&expected);
    let found = evaluate(&matcher, Some(&actual), "json $");
    assert!(!found.is_empty(), "{expected} {actual}");
    assert!(!matches(&matcher, Some(&actual)), "{expected} {actual}");
}

fn told(expected: Value, actual: Value) -> Vec<(String, String, String)> {
    evaluate(&matcher(&expected), Some(&actual), "json $")
        .into_iter()
        .map(|one| (one.at, one.expected, one.actual))
        .collect()
}

#[test]
fn scalars_match_exactly() {
    accepts(json!(1), json!(1.0));
    refuses(json!(1), json!("1"));
    refuses(json!(1), json!(true));
    refuses(json!(0), json!(null));
    refuses(json!("a"), json!("A"));
    accepts(
        json!(18_446_744_073_709_551_615_u64),
        json!(18_446_744_073_709_551_615_u64),
    );
    refuses(
        json!(9_007_199_254_740_993_i64),
        json!(9_007_199_254_740_992_i64),
    );
    refuses(
        json!(9_007_199_254_740_993_i64),
        json!(9_007_199_254_740_992.0),
    );
}

#[test]
fn objects_match_partially_and_lists_item_by_item() {
    accepts(
        json!({ "a": { "b": 1 } }),
        json!({ "a": { "b": 1, "c": 2 }, "d": 3 }),
    );
    refuses(json!({ "a": null }), json!({}));
    refuses(json!({ "a": 1 }), json!([1]));
    accepts(json!([{ "a": 1 }]), json!([{ "a": 1, "b": 2 }]));
    refuses(json!([1, 2]), json!([1, 2, 3]));
    refuses(json!([1, 2]), json!([2, 1]));
    refuses(json!([]), json!({}));
}

#[test]
fn exact_leaves_no_room() {
    accepts(
        json!({ "$exact": { "a": { "$any": true } } }),
        json!({ "a": 1 }),
    );
    refuses(json!({ "$exact": { "a": 1 } }), json!({ "a": 1, "b": 2 }));
    refuses(
        json!({ "$exact": { "a": { "b": 1 } } }),
        json!({ "a": { "b": 1, "c": 2 } }),
    );
    assert_eq!(
        told(json!({ "$exact": { "a": 1 } }), json!({ "a": 1, "b c": 2 })),
        [("json $['b c']".into(), "nothing".into(), "2".into())]
    );
}

#[test]
fn presence() {
    accepts(json!({ "a": { "$any": true } }), json!({ "a": null }));
    refuses(json!({ "a": { "$any": true } }), json!({}));
    accepts(json!({ "a": { "$absent": true } }), json!({}));
    refuses(json!({ "a": { "$absent": true } }), json!({ "a": null }));
}

#[test]
fn types() {
    accepts(json!({ "$type": "integer" }), json!(3.0));
    refuses(json!({ "$type": "integer" }), json!(3.5));
    refuses(json!({ "$type": "integer" }), json!("3"));
    accepts(json!({ "$type": ["string", "null"] }), json!(null));
    refuses(json!({ "$type": ["string", "null"] }), json!(false));
    for (name, value) in [
        ("string", json!("")),
        ("number", json!(1.5)),
        ("boolean", json!(false)),
        ("array", json!([])),
        ("object", json!({})),
        ("null", json!(null)),
    ] {
        accepts(json!({ "$type": name }), value.clone());
        for other in ["string", "number", "boolean", "array", "object", "null"] {
            if other != name {
                refuses(json!({ "$type": other }), value.clone());
            }
        }
    }
}

#[test]
fn ranges() {
    accepts(json!({ "$range": { "min": 1, "max": 3 } }), json!(1));
    accepts(json!({ "$range": { "min": 1, "max": 3 } }), json!(3.0));
    refuses(json!({ "$range": { "min": 1 } }), json!(0.999));
    refuses(json!({ "$range": { "max": 3 } }), json!(4));
    refuses(json!({ "$range": { "above": 1 } }), json!(1));
    refuses(json!({ "$range": { "below": 1 } }), json!(1.0));
    accepts(json!({ "$range": { "above": 1, "below": 2 } }), json!(1.5));
    refuses(json!({ "$range": { "min": 1 } }), json!("2"));
}

#[test]
fn strings() {
    accepts(json!({ "$regex": "^a.c" }), json!("abcd"));
    accepts(json!({ "$regex": "b" }), json!("abc"));
    refuses(json!({ "$regex": "^b" }), json!("abc"));
    refuses(json!({ "$regex": "1" }), json!(1));
    accepts(json!({ "$contains": "bc" }), json!("abcd"));
    refuses(json!({ "$contains": "" }), json!(1));
    refuses(json!({ "$contains": "x" }), json!("abc"));
    accepts(
        json!({ "$format": "uuid" }),
        json!("67e55044-10b1-426f-9247-bb680e5fe0c8"),
    );
    refuses(json!({ "$format": "date" }), json!(20_261_124));
}

#[test]
fn lengths() {
    accepts(json!({ "$length": 2 }), json!("üß"));
    accepts(json!({ "$length": { "min": 1 } }), json!([null]));
    refuses(
        json!({ "$length": { "max": 1 } }),
        json!({ "a": 1, "b": 2 }),
    );
    refuses(json!({ "$length": 2 }), json!(22));
}

#[test]
fn combinations() {
    accepts(json!({ "$one_of": [1, { "$type": "string" }] }), json!("x"));
    refuses(json!({ "$one_of": [1, { "$type": "string" }] }), json!(2));
    accepts(
        json!({ "$all": [{ "$type": "string" }, { "$length": 1 }] }),
        json!("x"),
    );
    assert_eq!(
        told(
            json!({ "$all": [{ "$type": "string" }, { "$length": 1 }, { "$regex": "y" }] }),
            json!("xx")
        )
        .len(),
        2
    );
    accepts(json!({ "$not": 1 }), json!(2));
    refuses(json!({ "$not": 1 }), json!(1.0));
    accepts(
        json!({ "a": { "$one_of": [{ "$absent": true }, null] } }),
        json!({}),
    );
}

#[test]
fn lists() {
    accepts(
        json!({ "$each": { "n": 1 } }),
        json!([{ "n": 1 }, { "n": 1 }]),
    );
    accepts(json!({ "$each": 1 }), json!([]));
    refuses(json!({ "$each": 1 }), json!(1));
    assert_eq!(
        told(json!({ "$each": 1 }), json!([1, 2, 1]))[0].0,
        "json $[1]"
    );
    accepts(
        json!({ "$contains": { "n": 2 } }),
        json!([{ "n": 1 }, { "n": 2 }]),
    );
    refuses(json!({ "$contains": 1 }), json!([]));
    accepts(json!({ "$unique": true }), json!([1, "1", 2]));
    refuses(
        json!({ "$unique": true }),
        json!([{ "a": 1, "b": 2 }, { "b": 2, "a": 1.0 }]),
    );
    refuses(
        json!({ "$unique": "$.id" }),
        json!([{ "id": 1, "x": 1 }, { "id": 1, "x": 2 }]),
    );
}

/// The first matcher takes what the second needs, unless it makes room.
#[test]
fn unordered_finds_a_pairing_where_there_is_one() {
    accepts(
        json!({ "$unordered": [{ "$type": "number" }, 1] }),
        json!([1, 2]),
    );
    accepts(
        json!({ "$unordered": [{ "a": 1 }, { "b": 1 }, {}] }),
        json!([{}, { "a": 1, "b": 1 }, { "a": 1 }]),
    );
    refuses(json!({ "$unordered": [1, 1] }), json!([1, 2]));
    refuses(json!({ "$unordered": [1] }), json!([1, 1]));
    assert_eq!(
        told(json!({ "$unordered": [1, 2, 3] }), json!([3, 9, 1])),
        [("json $[1]".into(), "in some place: 2".into(), "9".into())]
    );
}

#[test]
fn sorted() {
    accepts(
        json!({ "$sorted": {} }),
        json!([1, 1, 2.5, 9_007_199_254_740_993_i64]),
    );
    accepts(
        json!({ "$sorted": { "order": "desc" } }),
        json!(["b", "b", "a"]),
    );
    refuses(json!({ "$sorted": {} }), json!([1, "2"]));
    refuses(
        json!({ "$sorted": { "by": "$.t" } }),
        json!([{ "t": 1 }, {}]),
    );
    assert_eq!(
        told(
            json!({ "$sorted": { "by": "$.t", "order": "desc" } }),
            json!([{ "t": 3 }, { "t": 1 }, { "t": 2 }])
        ),
        [("json $[2]".into(), "not after 1".into(), "2".into())]
    );
}

#[test]
fn every_mismatch_has_its_place() {
    assert_eq!(
        told(
            json!({ "id": { "$format": "uuid" }, "items": [{ "n": 1 }, { "n": { "$range": { "min": 2 } } }], "it's": { "$absent": true } }),
            json!({ "items": [{ "n": "1" }, { "n": 1 }], "it's": null })
        ),
        [
            (
                "json $.id".into(),
                "a string of the form uuid".into(),
                "nothing".into()
            ),
            ("json $.items[0].n".into(), "1".into(), "\"1\"".into()),
            (
                "json $.items[1].n".into(),
                "a number at least 2".into(),
                "1".into()
            ),
            (r"json $['it\'s']".into(), "nothing".into(), "null".into()),
        ]
    );
}

/// An answer may be as large as is read; what is told of it is not, and telling takes no age.
#[test]
fn mismatches_are_bounded() {
    let large = Value::from(vec![json!("x".repeat(2_000)); 2_000]);
    let many = json!({ "$each": { "$type": "number" } });
    let found = evaluate(&matcher(&many), Some(&large), "json $");
    assert_eq!(found.len(), MAX_MISMATCHES);
    assert!(found.iter().all(|one| one.actual.len() < 300));
    let found = evaluate(&matcher(&json!(1)), Some(&large), "json $");
    assert!(found[0].actual.len() < 300);
    let keyed = json!({ "k".repeat(100_000): 1 });
    let found = evaluate(&matcher(&json!({ "$exact": {} })), Some(&keyed), "json $");
    assert!(found[0].at.len() < 400);
    let repeated = Value::from(vec![1; 300_000]);
    accepts(json!({ "$sorted": {} }), repeated.clone());
    refuses(json!({ "$unique": true }), repeated);
}

fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..3).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("finite", |float| serde_json::Number::from_f64(float)
            .map(Value::from)),
        "[a-c]{0,2}".prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-c]", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_matcher() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any_json(),
        Just(json!({ "$any": true })),
        Just(json!({ "$absent": true })),
        Just(json!({ "$type": ["integer", "object"] })),
        Just(json!({ "$range": { "min": 0 } })),
        Just(json!({ "$length": { "min": 1 } })),
        Just(json!({ "$sorted": {} })),
        Just(json!({ "$unique": true })),
        any_json().prop_map(|value| json!({ "$exact": value })),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| json!({ "$each": one })),
            inner.clone().prop_map(|one| json!({ "$contains": one })),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({ "$one_of": all })),
            prop::collection::vec(inner.clone(), 1..3).prop_map(|all| json!({ "$all": all })),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|all| json!({ "$unordered": all })),
            ("[a-c]", inner).prop_map(|(key, one)| json!({ key: one })),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_matches_itself(value in any_json()) {
        prop_assert_eq!(evaluate(&matcher(&value), Some(&value), "$"), []);
        prop_assert_eq!(evaluate(&matcher(&json!({ "$exact": value.clone() })), Some(&value), "$"), []);
    }

    #[test]
    fn a_partial_object_passes_over_others(value in any_json(), extra in any_json()) {
        if let Value::Object(fields) = &value {
            let mut more = fields.clone();
            more.insert("extra".to_owned(), extra);
            let more = Value::Object(more);
            prop_assert!(matches(&matcher(&value), Some(&more)));
            let exact = json!({ "$exact": value });
            prop_assert!(!matches(&matcher(&exact), Some(&more)));
        }
    }

    #[test]
    fn not_turns_round_and_twice_not_is_nothing(expected in any_matcher(), actual in prop::option::of(any_json())) {
        let plain = matches(&matcher(&expected), actual.as_ref());
        let once = json!({ "$not": expected });
        prop_assert_eq!(matches(&matcher(&once), actual.as_ref()), !plain);
        prop_assert_eq!(matches(&matcher(&json!({ "$not": once })), actual.as_ref()), plain);
    }

    #[test]
    fn mismatches_are_told_exactly_where_it_does_not_match(expected in any_matcher(), actual in prop::option::of(any_json())) {
        let matcher = matcher(&expected);
        let found = evaluate(&matcher, actual.as_ref(), "$");
        prop_assert_eq!(found.is_empty(), matches(&matcher, actual.as_ref()));
    }

    #[test]
    fn any_order_will_do(items in prop::collection::vec(any_json(), 0..6), seed in any::<usize>()) {
        let mut turned = items.clone();
        if !items.is_empty() {
            turned.rotate_left(seed % items.len());
        }
        let expected = matcher(&json!({ "$unordered": items }));
        prop_assert!(matches(&expected, Some(&Value::from(turned))));
    }
}
