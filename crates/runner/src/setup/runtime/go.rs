//! Go: modules, and the main packages that there are.

use std::collections::BTreeSet;

use super::{Found, OwnBuild, Runtime, Shown, Steps, Toolchain};
use crate::{
    setup::{Ground, files::Files},
    snapshot::SnapshotError,
};

pub(super) static GO: Runtime = Runtime {
    name: "go-1.24",
    title: "Go 1.24",
    image: "tryout/go:1.24",
    on_host: Toolchain {
        programs: &[&["go"]],
        version: &["version"],
        packages: "golang-go",
        prepare: &[],
        prepare_bare: &[],
        programs_made: &[],
        // Modules that cannot be written to could not be removed either.
        environment: &[("CGO_ENABLED", "0"), ("GOFLAGS", "-modcacherw")],
        ask_registry: "cd ../tmp && go list -m golang.org/x/text@v0.3.0",
    },
    markers: &["go.mod"],
    steps,
};

/// The name of the program that is started.
const APP: &str = "app";

fn steps(files: &Files<'_>, own: OwnBuild, ground: Ground) -> Found<Steps> {
    let modules = files.text("go.mod")?.unwrap_or_default();
    let is_vendored = files.has("vendor/modules.txt");
    let mut notes = Vec::new();
    let mut manifests = files.of_these(&["go.mod", "go.sum"]);
    let mut install = (!manifests.is_empty() && !is_vendored).then(|| "go mod download".to_owned());
    if install.is_none() {
        manifests.clear();
    } else if files.has("go.work") || has_local_replacement(&modules) {
        notes.push(
            "any change downloads the modules again, since a module is replaced by a folder"
                .to_owned(),
        );
        manifests.clear();
    }
    if !asks_for_modules(&modules) && !files.has("go.work") {
        install = None;
        manifests.clear();
    }
    let mains = mains(files)?;
    let (build, start) = programs(&mains, own, ground.folders().programs);
    Ok(Ok(Steps {
        manifests,
        install,
        shown: Shown::default(),
        build,
        start,
        notes,
    }))
}

/// What is built, and what of it is started.
fn programs(
    mains: &BTreeSet<String>,
    own: OwnBuild,
    folder: &str,
) -> (Option<String>, Result<String, String>) {
    let others = |app: &str| {
        let others: Vec<_> = mains.iter().filter(|main| *main != app).cloned().collect();
        let others = others.join(" ");
        if others.is_empty() {
            String::new()
        } else {
            format!(" && go build -o {folder} {others}")
        }
    };
    let app = match mains.iter().next() {
        Some(only) if mains.len() == 1 => Some(only.as_str()),
        // Beside a program at the top, those in folders are its tools.
        _ => mains.contains(".").then_some("."),
    };
    match app {
        _ if own == OwnBuild::Yes => (
            None,
            Err("beside `build: ` tryout.yaml needs `start: `".to_owned()),
        ),
        Some(app) => (
            Some(format!("go build -o {folder}{APP} {app}{}", others(app))),
            Ok(format!("{folder}{APP}")),
        ),
        None if mains.is_empty() => (None, Err("there is no package main in it".to_owned())),
        None => {
            let all: Vec<_> = mains.iter().map(String::as_str).collect();
            let all = all.join(" ");
            (
                Some(format!("go build -o {folder} {all}")),
                Err(format!(
                    "there are several programs ({all}), which are built into {folder}; write `start: ` in tryout.yaml or `web: ` in a Procfile"
                )),
            )
        }
    }
}

/// The folders that hold a package main, as `go build` takes them.
fn mains(files: &Files<'_>) -> Result<BTreeSet<String>, SnapshotError> {
    let nested: Vec<_> = files
        .paths()
        .filter_map(|path| path.strip_suffix("/go.mod"))
        .collect();
    let mut mains = BTreeSet::new();
    for path in files.paths() {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let package = if folder.is_empty() {
            ".".to_owned()
        } else {
            format!("./{folder}")
        };
        let is_other = nested.iter().any(|other| {
            let rest = folder.strip_prefix(other);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if is_other || mains.contains(&package) || !is_source(name) || !is_package(folder) {
            continue;
        }
        let text = files.text(path)?.unwrap_or_default();
        if is_main(&text) {
            mains.insert(package);
        }
    }
    Ok(mains)
}

fn is_source(name: &str) -> bool {
    name.strip_suffix(".go")
        .is_some_and(|name| !name.ends_with("_test") && !name.starts_with(['_', '.']))
}

/// Whether `go build` takes the folder's name, and a shell does as it is.
fn is_package(folder: &str) -> bool {
    folder.split('/').all(|part| {
        part.is_empty()
            || (!part.starts_with(['_', '.', '-'])
                && part != "testdata"
                && part != "vendor"
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)))
    })
}

/// Of package main and built by default.
fn is_main(text: &str) -> bool {
    for line in text.lines().map(str::trim) {
        if line == "//go:build ignore" || line == "// +build ignore" {
            return false;
        }
        if let Some(name) = line.strip_prefix("package ") {
            let name = name.split(['/', ';']).next().unwrap_or_default();
            return name.trim() == "main";
        }
    }
    false
}

fn asks_for_modules(modules: &str) -> bool {
    modules
        .lines()
        .any(|line| line.trim_start().starts_with("require"))
}

/// `replace x => ./y`, in a block or not.
fn has_local_replacement(modules: &str) -> bool {
    modules
        .lines()
        .filter_map(|line| Some(line.split_once("=>")?.1.trim()))
        .any(|target| target.starts_with(['.', '/']))
}
