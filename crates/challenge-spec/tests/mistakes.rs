//! Every kind of mistake, as people see it: `mistakes/NAME.yaml` and beside it the rendered error.
//! `UPDATE_GOLDEN=1` rewrites the errors.

use std::{
    fs,
    path::{Path, PathBuf},
};

use challenge_spec::{Challenge, LoadError, Skills};
use miette::{GraphicalReportHandler, GraphicalTheme};

const WIDTH: usize = 100;

/// A folder of the name `shop` with everything that a challenge may name.
fn folder(root: &Path) -> PathBuf {
    let dir = root.join("challenges/shop");
    for inner in ["solutions/python", "starters/python", "defects", "seeds"] {
        fs::create_dir_all(dir.join(inner)).expect("a folder of our own");
    }
    for (file, text) in [
        ("brief.md", "# Shop\n"),
        ("openapi.yaml", "openapi: 3.1.0\n"),
        ("defects/no-stock.patch", ""),
        ("seeds/items.sql", "select 1;\n"),
    ] {
        fs::write(dir.join(file), text).expect("a file of our own");
    }
    dir
}

fn load(bytes: &[u8]) -> (tempfile::TempDir, Result<Challenge, LoadError>) {
    let root = tempfile::tempdir().expect("a temporary folder");
    let dir = folder(root.path());
    fs::write(dir.join("challenge.yaml"), bytes).expect("a file of our own");
    let loaded = Challenge::load(&dir, &Skills::embedded());
    (root, loaded)
}

fn rendered(root: &Path, error: &LoadError) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(WIDTH)
        .with_links(false)
        .without_syntax_highlighting();
    let mut text = String::new();
    handler
        .render_report(&mut text, error)
        .expect("a report is written");
    let lines = text.replace(&format!("{}/", root.display()), "");
    let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
}

fn mistakes() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .expect("the folder is part of the crate")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    files.sort();
    files
}

#[test]
fn each_mistake_is_told_as_recorded() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let files = mistakes();
    assert!(files.len() > 60, "only {} files", files.len());
    let mut differing = Vec::new();
    for file in files {
        let (root, loaded) = load(&fs::read(&file).expect("readable"));
        let Err(error) = loaded else {
            panic!("{} has no mistake", file.display());
        };
        let told = rendered(root.path(), &error);
        let golden = file.with_extension("txt");
        if update {
            fs::write(&golden, &told).expect("writable");
        } else if fs::read_to_string(&golden).unwrap_or_default() != told {
            differing.push(format!("{}\n{told}", golden.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn no_recorded_error_is_without_its_file() {
    for file in mistakes() {
        let golden = fs::read_to_string(file.with_extension("txt")).expect("recorded");
        let place = "challenges/shop/challenge.yaml:";
        assert!(golden.contains(place), "{} has no place", file.display());
        assert!(!golden.contains("mistake in tryout"), "{}", file.display());
    }
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    for entry in fs::read_dir(dir).expect("part of the crate") {
        let path = entry.expect("an entry").path();
        assert!(path.with_extension("yaml").exists(), "{}", path.display());
    }
}
