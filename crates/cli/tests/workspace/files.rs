use std::{fs, path::Path};

use crate::metadata::root;

/// A review past 400, never past 600.
const LONGEST: usize = 600;
const NO_NAMES: [&str; 6] = ["utils", "helpers", "misc", "common", "types", "imp"];

#[test]
fn files_are_small_and_have_names_that_say_something() {
    let mut seen = 0;
    for room in fs::read_dir(root().join("crates")).unwrap() {
        visit(&room.unwrap().path().join("src"), &mut seen);
    }
    assert!(seen > 100, "only {seen} files were looked at");
}

fn visit(folder: &Path, seen: &mut usize) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, seen);
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            !NO_NAMES.contains(&name),
            "{} has a name for anything",
            path.display()
        );
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
        *seen += 1;
    }
}
