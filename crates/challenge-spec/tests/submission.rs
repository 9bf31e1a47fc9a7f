//! A submission's `tryout.yaml`: what is valid, every mistake as its author sees it, and the schema.

use std::{fs, path::Path};

use challenge_spec::{
    schema::submission_schema,
    submission::{Manifest, Runtime},
};
use serde_json::Value;

fn parse(text: &str) -> Result<Manifest, String> {
    Manifest::parse(text.as_bytes().to_vec()).map_err(|problems| problems.list().to_string())
}

fn mistakes(text: &str) -> String {
    parse(text).expect_err("a mistake")
}

#[test]
fn a_manifest_says_how_it_is_run() {
    let text = "\
runtime: node-20
build: npm run compile
migrate: |
  node migrate.js up
  node seed.js
start: 'GREETING=\"hi there\" node server.js'
test: npm test
";
    let manifest = parse(text).expect("valid");
    assert_eq!(manifest.runtime, Some(Runtime::Node20));
    assert_eq!(manifest.build.as_deref(), Some("npm run compile"));
    let migrate = manifest.migrate.as_deref();
    assert_eq!(migrate, Some("node migrate.js up\nnode seed.js\n"));
    let start = manifest.start.as_deref();
    assert_eq!(start, Some("GREETING=\"hi there\" node server.js"));
    assert_eq!(manifest.test.as_deref(), Some("npm test"));
    let manifest = parse("dockerfile: deploy/Dockerfile\nstart: ./run\n").expect("valid");
    assert_eq!(manifest.dockerfile.as_deref(), Some("deploy/Dockerfile"));
    // All of it may be left out, also by a key without a value.
    let manifest = parse("migrate: ./migrate\nbuild:\n").expect("valid");
    assert_eq!((manifest.runtime, manifest.build), (None, None));
}

#[test]
fn names_of_runtimes_are_those_of_the_file() {
    for runtime in Runtime::ALL {
        let manifest = parse(&format!("runtime: {}\n", runtime.name())).expect("valid");
        assert_eq!(manifest.runtime, Some(runtime));
    }
}

#[test]
fn unknown_keys_and_runtimes_are_told_with_what_was_meant() {
    assert_eq!(
        mistakes("runtime: node\nstrat: node server.js\n"),
        "\
tryout.yaml:1:10: expected `go-1.24`, `java-21`, `node-20`, `php-8.4`, `python-3.13`, `ruby-3.3` or `rust-1.85`, found `node`
    runtime: node
             ^^^^ expected `go-1.24`, `java-21`, `node-20`, `php-8.4`, `python-3.13`, `ruby-3.3` or `rust-1.85`
tryout.yaml:2:1: unknown key `strat`
    strat: node server.js
    ^^^^^ not a key of this object
    help: did you mean `start`?
"
    );
}

#[test]
fn wrong_types_are_told_with_their_places() {
    let told = mistakes("build: [npm ci, npm run build]\nstart: 8080\n");
    assert!(told.contains("tryout.yaml:1:8: "), "{told}");
    assert!(told.contains("tryout.yaml:2:8: "), "{told}");
    assert!(told.contains("a string"), "{told}");
    assert!(mistakes("- a\n").contains("tryout.yaml:1:1: "));
    assert!(mistakes("").contains("the file is empty"));
    assert!(mistakes("start: \"a\n").contains("tryout.yaml:"));
    assert!(mistakes("start: a\nstart: b\n").contains("tryout.yaml:2:1: "));
}

#[test]
fn runtime_and_dockerfile_exclude_each_other_and_so_do_build_and_dockerfile() {
    assert_eq!(
        mistakes("dockerfile: Dockerfile\nruntime: go-1.24\n"),
        "\
tryout.yaml:2:1: `runtime` and `dockerfile` exclude each other
    runtime: go-1.24
    ^^^^^^^ not beside `dockerfile`
    line 1: `dockerfile` is here
    help: keep `runtime` to be built by us, or `dockerfile` to build it yourself
"
    );
    let told = mistakes("build: make\ndockerfile: Dockerfile\n");
    assert!(
        told.contains("tryout.yaml:1:1: `build` and `dockerfile`"),
        "{told}"
    );
}

#[test]
fn empty_commands_and_paths_that_leave_are_mistakes() {
    for (text, expected) in [
        ("start: ''\n", "the command `start` is empty"),
        ("migrate: \"  \"\n", "the command `migrate` is empty"),
        ("test: \"a\\0b\"\n", "the command `test` has a zero byte"),
        ("dockerfile: ''\n", "the path is empty"),
        ("dockerfile: ../Dockerfile\n", "leaves the submission"),
        ("dockerfile: /etc/Dockerfile\n", "leaves the submission"),
        ("dockerfile: a/../../b\n", "leaves the submission"),
    ] {
        let told = mistakes(text);
        assert!(told.contains(expected), "{text}: {told}");
    }
}

#[test]
fn what_is_no_text_and_what_is_too_large_is_told() {
    let problems = Manifest::parse(b"start: \xff\n".to_vec()).expect_err("no UTF-8");
    assert!(problems.told()[0].message.contains("is not UTF-8"));
    let problems = Manifest::parse(vec![b' '; 2 << 20]).expect_err("too large");
    assert!(problems.told()[0].message.contains("more than"));
    // What bounds a challenge file bounds this one.
    let deep = format!("start: {}\n", "[".repeat(10_000));
    assert!(Manifest::parse(deep.into_bytes()).is_err());
}

#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/submission.schema.json");
    let made = serde_json::to_string_pretty(&submission_schema()).expect("serializable") + "\n";
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
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let manifest = parse("runtime: python-3.13\nstart: ./run\n").expect("valid");
    let value = serde_json::to_value(&manifest).expect("serializable");
    assert!(validator.is_valid(&value));
    assert!(!validator.is_valid(&serde_json::json!({ "runtime": "node" })));
    assert!(!validator.is_valid(&serde_json::json!({ "strat": "x" })));
}
