//! The recipe of the sidecar image compiles what the workspace tests.

use std::collections::BTreeSet;

use crate::metadata::{direct, read};

/// The packages of a `Cargo.lock` that come from a registry, each with its version and checksum.
fn locked(text: &str) -> BTreeSet<(String, String, String)> {
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key))?;
        Some(line.trim_start_matches(" = ").trim_matches('"').to_owned())
    };
    text.split("[[package]]")
        .filter_map(|block| {
            Some((
                value(block, "name")?,
                value(block, "version")?,
                value(block, "checksum")?,
            ))
        })
        .collect()
}

#[test]
fn the_image_is_made_of_the_versions_that_are_tested() {
    let image = locked(&read("runner-images/sidecar/Cargo.lock"));
    let workspace = locked(&read("Cargo.lock"));
    assert!(image.iter().any(|(name, ..)| name == "hyper"));
    let others: Vec<_> = image.difference(&workspace).collect();
    assert!(
        others.is_empty(),
        "runner-images/sidecar/Cargo.lock has other versions than Cargo.lock: {others:?}"
    );
}

#[test]
fn the_image_is_made_with_the_crates_own_dependencies() {
    let manifest = read("runner-images/sidecar/Cargo.toml");
    let lines = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]");
    let named = lines.skip(1).take_while(|line| !line.starts_with('['));
    let named: BTreeSet<String> = named
        .filter_map(|line| Some(line.split_once(" = ")?.0.to_owned()))
        .collect();
    assert_eq!(named, direct(false)["sidecar"]);
}
