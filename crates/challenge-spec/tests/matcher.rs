//! Reading expectations into matchers.

use challenge_spec::{
    matcher::{Format, JsonType, MATCHERS, Matcher, MatcherMistake, Order, RenderedMatcherError},
    path::Part,
};
use serde_json::{Value, json};

fn parse(expected: &Value) -> Matcher {
    Matcher::parse(expected).expect("a matcher")
}

/// The mistakes as `place: sentence`, and a guess after `|`.
fn mistakes(expected: &Value) -> Vec<String> {
    Matcher::mistakes(expected)
        .into_iter()
        .map(|error| {
            let part = match error.part {
                Part::Key => "key",
                Part::Value => "value",
            };
            let help = error.mistake.help().unwrap_or_default();
            format!("{} {part}: {} | {help}", error.at, error.mistake)
        })
        .collect()
}

#[test]
fn an_object_without_matchers_is_partial_and_a_list_is_item_by_item() {
    let Matcher::Object { fields, exact } = parse(&json!({ "a": 1, "b": [null, "x"] })) else {
        panic!("no object");
    };
    assert!(!exact);
    assert!(matches!(&fields["a"], Matcher::Literal(one) if *one == json!(1)));
    let Matcher::Array(items) = &fields["b"] else {
        panic!("no list");
    };
    assert!(matches!(&items[0], Matcher::Literal(Value::Null)));
    assert!(matches!(&items[1], Matcher::Literal(Value::String(x)) if x == "x"));
}

#[test]
fn exact_reaches_every_object_below_and_none_beside() {
    let expected = json!({
        "in": { "$exact": { "a": { "b": 1 }, "c": { "$each": { "d": 1 } } } },
        "out": { "e": 1 },
    });
    let Matcher::Object { fields, exact } = parse(&expected) else {
        panic!("no object");
    };
    assert!(!exact);
    assert!(matches!(
        &fields["out"],
        Matcher::Object { exact: false, .. }
    ));
    let Matcher::Object { fields, exact } = &fields["in"] else {
        panic!("no object");
    };
    assert!(exact);
    assert!(matches!(&fields["a"], Matcher::Object { exact: true, .. }));
    let Matcher::Each(each) = &fields["c"] else {
        panic!("no $each");
    };
    assert!(matches!(&**each, Matcher::Object { exact: true, .. }));
}

#[test]
fn every_matcher_reads_its_argument() {
    assert!(matches!(parse(&json!({ "$any": true })), Matcher::Any));
    assert!(matches!(
        parse(&json!({ "$absent": true })),
        Matcher::Absent
    ));
    assert!(matches!(
        parse(&json!({ "$type": "integer" })),
        Matcher::Type(types) if types == [JsonType::Integer]
    ));
    assert!(matches!(
        parse(&json!({ "$type": ["string", "null"] })),
        Matcher::Type(types) if types == [JsonType::String, JsonType::Null]
    ));
    assert!(matches!(
        parse(&json!({ "$range": { "min": 1, "below": 2.5 } })),
        Matcher::Range(range)
            if range.min == Some(1.into()) && range.max.is_none() && range.below.is_some()
    ));
    assert!(matches!(
        parse(&json!({ "$regex": "^a+$" })),
        Matcher::Regex(regex) if regex.is_match("aa") && !regex.is_match("ab")
    ));
    assert!(matches!(
        parse(&json!({ "$length": 3 })),
        Matcher::Length(length) if length.min == Some(3) && length.max == Some(3)
    ));
    assert!(matches!(
        parse(&json!({ "$length": { "max": 9 } })),
        Matcher::Length(length) if length.min.is_none() && length.max == Some(9)
    ));
    assert!(matches!(
        parse(&json!({ "$format": "date-time" })),
        Matcher::Format(Format::DateTime)
    ));
    assert!(matches!(
        parse(&json!({ "$one_of": [1, { "$type": "null" }] })),
        Matcher::OneOf(some)
            if matches!(some.as_slice(), [Matcher::Literal(_), Matcher::Type(_)])
    ));
    assert!(matches!(
        parse(&json!({ "$all": [{ "$any": true }] })),
        Matcher::All(all) if all.len() == 1
    ));
    assert!(matches!(
        parse(&json!({ "$not": { "$any": true } })),
        Matcher::Not(not) if matches!(*not, Matcher::Any)
    ));
    assert!(matches!(
        parse(&json!({ "$contains": "x" })),
        Matcher::Contains(what) if matches!(*what, Matcher::Literal(_))
    ));
    assert!(matches!(
        parse(&json!({ "$unordered": [] })),
        Matcher::Unordered(items) if items.is_empty()
    ));
    assert!(matches!(
        parse(&json!({ "$sorted": { "by": "$.created_at", "order": "desc" } })),
        Matcher::Sorted {
            by: Some(_),
            order: Order::Descending
        }
    ));
    assert!(matches!(
        parse(&json!({ "$sorted": {} })),
        Matcher::Sorted {
            by: None,
            order: Order::Ascending
        }
    ));
    assert!(matches!(
        parse(&json!({ "$unique": true })),
        Matcher::Unique(None)
    ));
    assert!(matches!(
        parse(&json!({ "$unique": "$.id" })),
        Matcher::Unique(Some(_))
    ));
}

#[test]
fn each_name_in_the_list_is_known_to_the_reader() {
    for name in MATCHERS {
        let expected = json!({ *name: 0.5 });
        let unknown = Matcher::mistakes(&expected)
            .iter()
            .any(|error| matches!(error.mistake, MatcherMistake::Unknown(_)));
        assert!(!unknown, "{name}");
    }
}

#[test]
fn all_mistakes_come_at_once_with_their_places() {
    let expected = json!({
        "a": { "$regx": "x" },
        "b": { "$type": ["string", "int"] },
        "c": { "$range": { "mn": 1, "max": "9" } },
        "d": { "$regex": "(" },
        "e": { "$length": { "min": 3, "max": 2 } },
        "f": { "$one_of": [] },
        "g": { "$type": "string", "$regex": "x" },
        "h": [{ "$unique": "id" }],
        "i": { "$any": false },
        "j": { "$format": "datetime" },
        "k": { "$sorted": "asc" },
        "l": { "$range": {} },
        "m": { "$range": { "above": 3, "below": 3 } },
    });
    insta::assert_snapshot!(mistakes(&expected).join("\n"));
}

#[test]
fn a_template_may_stand_where_anything_else_is_wanted() {
    let expected = json!({
        "a": { "$range": { "min": "{{ low }}" } },
        "b": { "$type": "{{ kind }}" },
        "c": { "$one_of": "{{ list }}" },
        "d": { "$regex": "({{ word('x') }}" },
        "e": { "$length": "{{ n }}" },
        "f": { "$unique": "{{ path }}" },
    });
    assert_eq!(mistakes(&expected), Vec::<String>::new());
    assert!(Matcher::parse(&json!({ "$range": { "min": "{{ low }}" } })).is_err());
}

#[derive(Debug, thiserror::Error)]
#[error("no")]
struct No;

#[test]
fn what_a_template_gives_is_data_and_no_matcher() {
    let trap = json!({ "$any": true });
    let render = |text: &str| -> Result<Value, No> {
        match text {
            "{{ answer }}" => Ok(trap.clone()),
            "{{ three }}" => Ok(json!(3)),
            other => Ok(json!(other)),
        }
    };
    let expected = json!({ "a": "{{ answer }}", "b": { "$length": "{{ three }}" } });
    let Matcher::Object { fields, .. } = Matcher::parse_rendered(&expected, render).unwrap() else {
        panic!("no object");
    };
    assert!(matches!(
        &fields["a"],
        Matcher::Object { fields, .. } if matches!(fields["$any"], Matcher::Literal(Value::Bool(true)))
    ));
    assert!(matches!(&fields["b"], Matcher::Length(length) if length.min == Some(3)));
}

#[test]
fn a_template_that_fails_says_where() {
    let error = Matcher::parse_rendered(&json!({ "a": ["x", "{{ boom }}"] }), |text| {
        if text == "x" { Ok(json!("x")) } else { Err(No) }
    })
    .unwrap_err();
    let RenderedMatcherError::Template { at, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(at.to_string(), "a[1]");
}
