//! Advice on valid challenges, and mistakes in `private.yaml`, as people see them: `advice/NAME.yaml`
//! and `private/NAME.yaml`, each with what is told beside it. `UPDATE_GOLDEN=1` rewrites the latter.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use challenge_spec::{Challenge, Skills, private::Private, schema::private_schema};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

const BRIEF: &str = "# Shop\n\n`GET /health`, `POST /orders`, `GET /orders/{id}`. One check is public.\nThe tables are in `seeds/schema.sql`.\n";

/// A folder of the name `shop` with everything that a challenge may name.
fn folder(root: &Path) -> PathBuf {
    let dir = root.join("challenges/shop");
    for inner in [
        "solutions/python",
        "starters/python",
        "starters/go",
        "defects",
        "seeds",
    ] {
        fs::create_dir_all(dir.join(inner)).unwrap();
    }
    for (file, text) in [
        ("brief.md", BRIEF),
        ("silent.md", "# Shop\n\n`POST /orders` makes an order.\n"),
        ("openapi.yaml", "paths: { /products: {} }\n"),
        ("defects/no-stock.patch", ""),
        ("defects/stock-not-locked.patch", "x\n"),
        ("seeds/schema.sql", "select 1;\n"),
        ("seeds/items.sql", "select 1;\n"),
    ] {
        fs::write(dir.join(file), text).unwrap();
    }
    dir
}

fn rendered(root: &Path, told: &dyn Diagnostic) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .with_links(false)
        .without_syntax_highlighting();
    let mut text = String::new();
    handler.render_report(&mut text, told).unwrap();
    let lines = text.replace(&format!("{}/", root.display()), "");
    let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
}

fn inputs(folder: &str) -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let entries = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_input = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "yaml");
    let mut files: Vec<PathBuf> = entries.filter(is_input).collect();
    files.sort();
    files
}

fn each_as_recorded(folder: &str, tell: impl Fn(&Path) -> String) {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut differing = Vec::new();
    for file in inputs(folder) {
        let told = tell(&file);
        let golden = file.with_extension("txt");
        if update {
            fs::write(&golden, &told).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != told {
            differing.push(format!("{}\n{told}", golden.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn advice_is_told_as_recorded() {
    assert!(inputs("advice").len() >= 10);
    each_as_recorded("advice", |file| {
        let root = tempfile::tempdir().unwrap();
        let dir = folder(root.path());
        fs::copy(file, dir.join("challenge.yaml")).unwrap();
        let challenge = Challenge::load(&dir, &Skills::embedded()).unwrap_or_else(|error| {
            panic!("{}: {}", file.display(), rendered(root.path(), &error))
        });
        let advice = challenge.advice().unwrap();
        if advice.count() == 0 {
            return "none\n".to_owned();
        }
        rendered(root.path(), &advice)
    });
}

#[test]
fn what_nothing_could_be_said_of_is_there_too() {
    let none: Vec<PathBuf> = inputs("advice")
        .into_iter()
        .filter(|file| fs::read_to_string(file.with_extension("txt")).unwrap() == "none\n")
        .collect();
    assert_eq!(none.len(), 1, "{none:?}");
}

#[test]
fn mistakes_in_what_a_copy_changes_are_told_as_recorded() {
    assert!(inputs("private").len() >= 3);
    each_as_recorded("private", |file| {
        let root = tempfile::tempdir().unwrap();
        let dir = folder(root.path());
        fs::copy(file, dir.join("private.yaml")).unwrap();
        let Err(error) = Private::load(&dir) else {
            panic!("{} has no mistake", file.display());
        };
        rendered(root.path(), &error)
    });
}

#[test]
fn the_bundled_declarations_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["challenges/orders-api", "skeleton"] {
        let private = Private::load(&root.join(folder)).unwrap();
        assert!(!private.words.is_empty());
    }
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/private.schema.json");
    let made = serde_json::to_string_pretty(&private_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), made);
}
