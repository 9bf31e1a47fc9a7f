//! The format as a whole: what is valid loads, agrees with the committed schema, and survives a round.

use std::{
    fs,
    path::{Path, PathBuf},
};

use challenge_spec::{
    Challenge, LoadError, Skills,
    expression::FUNCTIONS,
    matcher::MATCHERS,
    model::{ChallengeFile, Step, Visibility},
    schema::challenge_schema,
};
use serde_json::{Value, json};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn reference() -> String {
    fs::read_to_string(docs().join("challenge-format.md")).expect("the reference is there")
}

/// The first YAML block of the reference.
fn example() -> String {
    let text = reference();
    let block = text.split("```yaml\n").nth(1).expect("an example");
    let example = block.split("```").next().expect("its end");
    example.to_owned()
}

fn load(id: &str, yaml: &str) -> Result<Challenge, LoadError> {
    let root = tempfile::tempdir().expect("a temporary folder");
    let dir = root.path().join(id);
    fs::create_dir(&dir).expect("a folder of our own");
    fs::write(dir.join("brief.md"), "# Brief\n").expect("a file of our own");
    fs::write(dir.join("challenge.yaml"), yaml).expect("a file of our own");
    Challenge::load(&dir, &Skills::embedded())
}

#[test]
fn the_example_of_the_reference_is_valid() {
    let challenge = load("todo-api", &example()).unwrap_or_else(|error| {
        let list = error.problems().map(|problems| problems.list().to_string());
        panic!("{}", list.unwrap_or_else(|| error.to_string()));
    });
    assert_eq!(challenge.id(), "todo-api");
    assert_eq!(challenge.brief, "# Brief\n");
    assert_eq!(challenge.possible_points(), 8);
    assert_eq!(challenge.file.limits.app.pids, 256, "a default");
    let check = challenge.check("creates-an-item").expect("a check");
    assert_eq!(check.visibility, Visibility::Public);
    assert!(challenge.check("other").is_none());
    let Step::Request(request) = &check.steps[0] else {
        panic!("no request");
    };
    assert_eq!(request.expect.capture["item"], "$.id");
    let kinds: Vec<&str> = challenge
        .file
        .checks
        .iter()
        .flat_map(|check| &check.steps)
        .map(|step| match step {
            Step::Request(_) => "request",
            Step::Parallel(_) => "parallel",
            Step::Meanwhile(_) => "meanwhile",
            Step::Sql(_) => "sql",
            Step::Queries(_) => "queries",
            Step::Explain(_) => "explain",
            Step::Redis(_) => "redis",
            Step::Upstream(_) => "upstream",
            Step::Stub(_) => "stub",
            Step::Fault(_) => "fault",
            Step::Replica(_) => "replica",
            Step::Eventually(_) => "eventually",
            Step::Repeat(_) => "repeat",
            Step::Assert(_) => "assert",
            Step::Logs(_) => "logs",
            Step::OpenApi(_) => "openapi",
            Step::Differential(_) => "differential",
            Step::Load(_) => "load",
            Step::Capacity(_) => "capacity",
            Step::Migration(_) => "migration",
            Step::Suite(_) => "suite",
            Step::OwnSuite(_) => "own_suite",
            Step::Pipeline(_) => "pipeline",
        })
        .collect();
    for kind in [
        "request",
        "parallel",
        "meanwhile",
        "sql",
        "queries",
        "explain",
        "redis",
        "fault",
        "replica",
        "eventually",
        "repeat",
        "assert",
        "logs",
        "openapi",
        "stub",
        "upstream",
        "load",
        "capacity",
    ] {
        assert!(kinds.contains(&kind), "the example shows no {kind}");
    }
}

#[test]
fn the_reference_names_every_matcher_and_function() {
    let text = reference();
    for matcher in MATCHERS {
        assert!(text.contains(&format!("`{matcher}: ")), "{matcher}");
    }
    for function in FUNCTIONS {
        assert!(text.contains(function.signature), "{}", function.signature);
    }
}

#[test]
fn a_valid_file_survives_a_round_and_agrees_with_the_schema() {
    let challenge = load("todo-api", &example()).expect("valid");
    let value = serde_json::to_value(&challenge.file).expect("serializable");
    let schema = challenge_schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mistakes: Vec<String> = validator
        .iter_errors(&value)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert_eq!(mistakes, Vec::<String>::new());
    let again: ChallengeFile = serde_json::from_value(value).expect("readable");
    assert_eq!(again, challenge.file);

    let mut wrong = serde_json::to_value(&again).expect("serializable");
    wrong["checks"][0]["points"] = json!(0);
    assert!(!validator.is_valid(&wrong), "the schema bounds points");
    wrong["checks"][0]["points"] = json!(1);
    wrong["checks"][0]["steps"][0]["request"]["expect"]["stauts"] = json!(200);
    assert!(!validator.is_valid(&wrong), "the schema knows every key");
}

#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let path = docs().join("schema/challenge.schema.json");
    let made = serde_json::to_string_pretty(&challenge_schema()).expect("serializable") + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&path, &made).expect("writable");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == made,
        "{} is out of date; run this test with UPDATE_SCHEMAS=1",
        path.display()
    );
    let schema: Value = serde_json::from_str(&committed).expect("JSON");
    jsonschema::meta::validate(&schema).expect("a schema of its draft");
    assert_eq!(
        schema["$defs"]["Check"]["properties"]["points"]["minimum"],
        1
    );
    assert_eq!(
        schema["$defs"]["App"]["properties"]["port"]["maximum"],
        65535
    );
}

#[test]
fn anchors_aliases_and_merges_are_filled_in() {
    let yaml = "\
schema: 1
id: shop
title: Shop
version: 1.0.0
summary: A shop.
checks:
  - &first
    id: first
    title: First
    skill: api-design
    points: 1
    steps: &steps
      - request: { send: GET /orders }
  - <<: *first
    id: second
    points: 2
  - { id: third, title: Third, skill: security, points: 3, steps: *steps }
";
    let challenge = load("shop", yaml).expect("valid");
    let checks = &challenge.file.checks;
    assert_eq!(challenge.possible_points(), 6);
    assert_eq!(checks[1].title, "First");
    assert_eq!(checks[2].steps, checks[0].steps);
}

#[test]
fn words_that_older_yaml_takes_for_booleans_and_numbers_stay_words() {
    let yaml = "\
schema: 1
id: shop
title: yes
version: 1.0.0
summary: off
vars: { country: NO, agent: 007, many: 1_000 }
checks:
  - id: first
    title: on
    skill: api-design
    points: 1
    steps:
      - request: { send: GET /orders, expect: { json: null, text: \"07\" } }
";
    let challenge = load("shop", yaml).expect("valid");
    assert_eq!(challenge.file.title, "yes");
    assert_eq!(challenge.file.vars["country"].0, "NO");
    assert_eq!(challenge.file.vars["agent"].0, "007");
    assert_eq!(challenge.file.vars["many"].0, "1_000");
    let Step::Request(request) = &challenge.file.checks[0].steps[0] else {
        panic!("no request");
    };
    let json = request.expect.json.as_ref().map(|json| &json.0);
    assert_eq!(json, Some(&Value::Null), "null is an expectation too");
}

#[test]
fn seeds_are_read_and_folders_found() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let dir = root.path().join("shop");
    fs::create_dir_all(dir.join("solutions/python")).expect("a folder of our own");
    fs::write(dir.join("brief.md"), "b").expect("a file of our own");
    fs::write(dir.join("items.sql"), "select 1;").expect("a file of our own");
    let yaml = "\
schema: 1
id: shop
title: Shop
version: 1.0.0
summary: A shop.
services: { db: { postgres: { version: \"17\", database: shop, seed: [items.sql] } } }
solutions: { python: solutions/python }
checks:
  - { id: first, title: First, skill: security, points: 1, steps: [{ sql: { query: select 1 } }] }
";
    fs::write(dir.join("challenge.yaml"), yaml).expect("a file of our own");
    fs::create_dir(root.path().join("empty")).expect("a folder of our own");
    let challenge = Challenge::load(&dir, &Skills::embedded()).expect("valid");
    assert_eq!(challenge.seeds[Path::new("items.sql")], "select 1;");
    assert_eq!(
        challenge.solution("python"),
        Some(dir.join("solutions/python"))
    );
    assert_eq!(challenge.solution("go"), None);
    assert_eq!(
        Challenge::discover(root.path()).expect("readable"),
        [("shop".to_owned(), dir)]
    );
    assert!(Challenge::discover(&root.path().join("none")).is_err());
}
