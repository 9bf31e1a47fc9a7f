//! Templates and seeded values, as an author sees them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use challenge_spec::{expression::FUNCTIONS, model::Template};
use probe::expression::{MAX_TEXT, RenderReason, Scope, Seeds};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn scope(run: u64, check: &str) -> Scope {
    let env = json!({ "AUTH_SECRET": "hush-hush" });
    let Value::Object(env) = env else {
        unreachable!()
    };
    Scope::for_check(Seeds::new(run), check, env)
}

fn render(template: &str) -> Value {
    scope(1, "check").render_str(template).unwrap()
}

fn fails(template: &str) -> RenderReason {
    scope(1, "check").render_str(template).unwrap_err().reason
}

#[test]
fn one_expression_keeps_its_type() {
    let mut scope = scope(1, "check");
    scope.set("n", json!(2));
    scope.set("list", json!([1, 2.5, "x", null, { "b": 1, "a": [true] }]));
    for (template, value) in [
        ("{{ n }}", json!(2)),
        ("{{n+1}}", json!(3)),
        ("{{- n -}}", json!(2)),
        ("{{ n == 2 }}", json!(true)),
        (
            "{{ list }}",
            json!([1, 2.5, "x", null, { "b": 1, "a": [true] }]),
        ),
        ("{{ list[4].a[0] }}", json!(true)),
        ("{{ none }}", json!(null)),
        ("{{ {'a': n} }}", json!({ "a": 2 })),
        ("{{ '}}' }}", json!("}}")),
        (" {{ n }}", json!(" 2")),
        ("{{ n }}\n", json!("2\n")),
        ("{{ n }}-{{ n }}", json!("2-2")),
        ("{{ '{{' }}{{ '}}' }}", json!("{{}}")),
        (
            "n {{ list[4] }} {{ list[3] }} {{ n > 1 }}",
            json!(r#"n {"b":1,"a":[true]} null true"#),
        ),
        ("<&>{{ '<&>' }}", json!("<&><&>")),
        ("{% if n > 1 %}many{% else %}few{% endif %}", json!("many")),
        ("no template", json!("no template")),
        ("{{ env.AUTH_SECRET }}", json!("hush-hush")),
    ] {
        assert_eq!(scope.render_str(template).unwrap(), value, "{template}");
    }
}

#[test]
fn a_json_value_is_rendered_but_for_its_keys() {
    let mut scope = scope(1, "check");
    scope.set("n", json!(2));
    assert_eq!(
        scope
            .render_json(&json!({ "{{ n }}": ["{{ n }}", "{{ n }}!", 3, null] }))
            .unwrap(),
        json!({ "{{ n }}": [2, "2!", 3, null] })
    );
}

#[test]
fn every_function_is_there_and_seeded_ones_differ() {
    let calls = [
        ("uuid", "uuid('k')"),
        ("int", "int('k', 0, 1000000000)"),
        ("hex", "hex('k', 16)"),
        ("word", "word('k')"),
        ("name", "name('k') ~ name('l') ~ name('m')"),
        ("email", "email('k')"),
        ("choice", "choice('k', range(100000))"),
        ("shuffle", "shuffle('k', range(20))"),
        ("jwt", "jwt({'iat': 1, 'exp': 2}, 's')"),
        ("base64url", "base64url('~~~?')"),
        ("hmac_sha256_hex", "hmac_sha256_hex('s', 't')"),
        ("now", "now() > 1700000000"),
        ("iso", "iso(0)"),
    ];
    let named: BTreeSet<_> = calls.iter().map(|(name, _)| *name).collect();
    let known: BTreeSet<_> = FUNCTIONS.iter().map(|function| function.name).collect();
    assert_eq!(named, known);
    for function in FUNCTIONS {
        let (_, call) = calls
            .iter()
            .find(|(name, _)| *name == function.name)
            .unwrap();
        let of = |run, check| {
            scope(run, check)
                .render_str(&format!("{{{{ {call} }}}}"))
                .unwrap()
        };
        assert_eq!(of(1, "a"), of(1, "a"), "{call}");
        assert_eq!(of(1, "a") != of(2, "a"), function.seeded, "{call}");
        assert_eq!(of(1, "a") != of(1, "b"), function.seeded, "{call}");
    }
}

/// A run is repeated by its seed: these values may never change.
#[test]
fn values_of_a_seed_stay_what_they_were() {
    let all = "{{ [uuid('k'), int('k', -5, 5), hex('k', 8), word('k'), name('k'), email('k'), choice('k', [1, 2, 3]), shuffle('k', [1, 2, 3, 4])] }}";
    assert_eq!(
        render(all),
        json!([
            "d4614ab6-e0ab-4c8f-8964-5e5254568cf8",
            1,
            "329bf7c1",
            "eamwnodj",
            "Ada Bauer",
            "amara.zszaqpsr@example.com",
            3,
            [3, 1, 2, 4]
        ])
    );
}

#[test]
fn the_scope_of_a_run_is_that_of_no_check() {
    let run = Scope::for_run(Seeds::new(1));
    assert_ne!(
        run.render_str("{{ hex('k', 32) }}").unwrap(),
        render("{{ hex('k', 32) }}")
    );
    assert_ne!(
        run.render_str("{{ hex('k', 32) }}").unwrap(),
        scope(1, "").render_str("{{ hex('k', 32) }}").unwrap()
    );
}

#[test]
fn values_have_their_forms() {
    for key in 0..50 {
        let uuid = render(&format!("{{{{ uuid({key}) }}}}"));
        let uuid = uuid::Uuid::parse_str(uuid.as_str().unwrap()).unwrap();
        assert_eq!(uuid.get_version_num(), 4);
        let number = render(&format!("{{{{ int({key}, 3, 5) }}}}"))
            .as_i64()
            .unwrap();
        assert!((3..=5).contains(&number));
        let word = render(&format!("{{{{ word({key}) }}}}"));
        let word = word.as_str().unwrap().to_owned();
        assert!(word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_lowercase()));
    }
    assert_eq!(render("{{ int('k', 7, 7) }}"), json!(7));
    assert!(render("{{ int('k', -9223372036854775807 - 1, 9223372036854775807) }}").is_i64());
    assert_eq!(render("{{ uuid(1) == uuid('1') }}"), json!(true));
    assert_eq!(
        render("{{ shuffle('k', [3, 1, 2]) | sort }}"),
        json!([1, 2, 3])
    );
    assert_eq!(
        render("{{ iso(1700000000) }}"),
        json!("2023-11-14T22:13:20Z")
    );
    assert_eq!(render("{{ base64url('~~~?') }}"), json!("fn5-Pw"));
}

#[test]
fn tokens_take_their_options_by_place_and_by_name() {
    let by_name = render("{{ jwt({'sub': 'u', 'iat': 1}, 's', alg='HS512', ttl=-5) }}");
    let parts: Vec<_> = by_name
        .as_str()
        .unwrap()
        .split('.')
        .map(str::to_owned)
        .collect();
    assert_eq!(parts[0], "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9");
    assert_eq!(parts[2].len(), 86);
    let by_place = render("{{ jwt({'sub': 'u', 'iat': 1, 'exp': 2}, 's', 'none', 60) }}");
    assert!(by_place.as_str().unwrap().ends_with('.'));
    for wrong in [
        "jwt({}, 's', alg='RS256')",
        "jwt('claims', 's')",
        "jwt({}, 's', alg='HS256', tll=3)",
        "jwt({})",
    ] {
        assert!(
            matches!(
                fails(&format!("{{{{ {wrong} }}}}")),
                RenderReason::Evaluate(_)
            ),
            "{wrong}"
        );
    }
}

#[test]
fn tokens_are_remembered_for_redaction() {
    let scope = scope(1, "check");
    let child = scope.with_index(3);
    let token = child.render_str("{{ jwt({'n': index}, 's') }}").unwrap();
    assert_eq!(scope.tokens(), [token.as_str().unwrap()]);
}

#[test]
fn what_is_no_value_is_an_error() {
    assert!(matches!(fails("{{ missing }}"), RenderReason::Undefined));
    assert!(matches!(fails("{{ [missing] }}"), RenderReason::Undefined));
    assert!(matches!(
        fails("x {{ missing }}"),
        RenderReason::Evaluate(_)
    ));
    assert!(matches!(
        fails("{{ missing.name }}"),
        RenderReason::Evaluate(_)
    ));
    assert!(matches!(fails("{{ 1 +"), RenderReason::Evaluate(_)));
    assert!(matches!(
        fails("{{ 1e308 * 10 }}"),
        RenderReason::NotJson(_)
    ));
    assert!(matches!(fails("{{ range }}"), RenderReason::NotJson(_)));
    assert!(matches!(
        fails("{{ int('k', 2, 1) }}"),
        RenderReason::Evaluate(_)
    ));
    assert!(matches!(
        fails("{{ choice('k', []) }}"),
        RenderReason::Evaluate(_)
    ));
    assert!(matches!(
        fails("{{ uuid(1.5) }}"),
        RenderReason::Evaluate(_)
    ));
    assert!(matches!(
        fails("{% include 'x' %}"),
        RenderReason::Evaluate(_)
    ));
}

#[test]
fn templates_end_and_their_texts_are_bounded() {
    let endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
    assert!(matches!(fails(endless), RenderReason::Evaluate(_)));
    let mut scope = scope(1, "check");
    scope.set("long", json!("x".repeat(MAX_TEXT)));
    assert!(scope.render_str("{{ long }}").is_ok());
    for template in ["{{ long ~ 'x' }}", "{{ long }}x", "{{ [long ~ 'x'] }}"] {
        let reason = scope.render_str(template).unwrap_err().reason;
        assert!(matches!(reason, RenderReason::TooLong(_)), "{template}");
    }
}

#[test]
fn an_error_names_what_came_from_the_submission() {
    let mut scope = scope(1, "check");
    scope.set("before", json!(1));
    scope.capture("after", json!("no number"));
    let error = scope
        .render(&Template("{{ after - before }}".to_owned()))
        .unwrap_err();
    assert_eq!(error.captures, ["after"]);
    let error = scope.render_str("{{ before - 'x' }}").unwrap_err();
    assert!(error.captures.is_empty());
    assert_eq!(
        scope.captures_in_json(&json!({ "a": ["{{ after }}", "after", "{{ before }}"] })),
        ["after"]
    );
}

#[test]
fn a_child_keeps_its_values_to_itself() {
    let mut parent = scope(1, "check");
    parent.set("a", json!(1));
    let mut child = parent.with_index(7);
    child.set("b", json!(2));
    assert_eq!(
        child.render_str("{{ [a, b, index] }}").unwrap(),
        json!([1, 2, 7])
    );
    assert!(parent.get("b").is_none() && parent.get("index").is_none());
    assert_eq!(
        child.render_str("{{ uuid('k') }}").unwrap(),
        parent.render_str("{{ uuid('k') }}").unwrap()
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("finite", |float| serde_json::Number::from_f64(float)
            .map(Value::from)),
        any::<String>().prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Compared as text: the order of keys stays, and numbers stay what they were written as.
    #[test]
    fn any_value_goes_through_a_template_unchanged(value in any_json()) {
        let mut scope = Scope::for_run(Seeds::new(1));
        scope.set("v", value.clone());
        let through = scope.render_str("{{ v }}").unwrap();
        prop_assert_eq!(through.to_string(), value.to_string());
    }

    #[test]
    fn text_that_is_no_template_stays(text in "[^{]*") {
        prop_assert_eq!(render(&text), Value::from(text));
    }
}
