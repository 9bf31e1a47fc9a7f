//! `mutants.yaml`: what is read, every mistake as its author sees it, and the schema.
//! `UPDATE_GOLDEN=1` rewrites the errors, `UPDATE_SCHEMAS=1` the schema.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::{fs, path::Path};

use challenge_spec::{
    Challenge, LoadError, Skills,
    mutants::{Mutants, places},
    schema::mutants_schema,
};
use miette::{GraphicalReportHandler, GraphicalTheme};

const FILE: &str = "schema: 1
id: shop
title: Shop
version: 1.0.0
summary: A shop.
solutions: { python: solution }
checks:
  - id: lists-orders
    title: Orders are listed
    skill: api-design
    points: 1
    steps:
      - request: { send: GET /orders, expect: { status: 200 } }
";

fn load(mutants: &str) -> (String, Result<Mutants, LoadError>) {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("shop");
    fs::create_dir_all(dir.join("solution/app")).unwrap();
    for (name, text) in [
        ("challenge.yaml", FILE),
        ("brief.md", "# Shop\n"),
        (
            "solution/app/main.py",
            "def a(n):\n    if n > 3:\n        return 1\n    if n > 3:\n        return 2\n",
        ),
        ("mutants.yaml", mutants),
    ] {
        fs::write(dir.join(name), text).unwrap();
    }
    let challenge = Challenge::load(&dir, &Skills::embedded()).unwrap();
    (
        format!("{}/", root.path().display()),
        Mutants::load(&challenge),
    )
}

#[test]
fn what_is_there_is_read() {
    let text = "files: { python: [app] }\nequivalent:\n  - of: python\n    file: app/main.py\n    was: \"    if n > 3:\"\n    becomes: \"    if n >= 4:\"\n    occurrence: 2\n    reason: Whole numbers.\n";
    let mutants = load(text).1.unwrap();
    assert_eq!(mutants.files["python"], ["app"]);
    assert_eq!(mutants.equivalent[0].occurrence, Some(2));
}

#[test]
fn each_mistake_is_told_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutants");
    let text = fs::read_to_string(folder.join("mistakes.yaml")).unwrap();
    let (root, loaded) = load(&text);
    let error = loaded.unwrap_err();
    let mut told = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .with_links(false)
        .without_syntax_highlighting()
        .render_report(&mut told, &error)
        .unwrap();
    let told = told.replace(&root, "");
    let lines: Vec<&str> = told.lines().map(str::trim_end).collect();
    let told = format!("{}\n", lines.join("\n").trim_end());
    let golden = folder.join("mistakes.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &told).unwrap();
    }
    assert_eq!(fs::read_to_string(golden).unwrap_or_default(), told);
}

#[test]
fn whole_lines_are_looked_for() {
    let text = "  a\n  b\n  a  \nxa\n";
    assert_eq!(places(text, "  a\n"), [0, 2]);
    assert_eq!(places(text, "  b\n  a"), [1]);
    assert!(places(text, "a").is_empty());
    assert!(places(text, "").is_empty());
}

#[test]
fn the_committed_schema_is_the_one_of_the_type() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/mutants.schema.json");
    let made = serde_json::to_string_pretty(&mutants_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), made);
}
