//! Rust: built by Cargo. Dependencies are built before the sources are there, with a program that does
//! nothing in their place.

mod manifest;

use super::{Found, OwnBuild, Runtime, Shown, Steps, Toolchain};
use crate::setup::{Ground, SetupMistake, files::Files};

use manifest::Manifest;

pub(super) static RUST: Runtime = Runtime {
    name: "rust-1.85",
    title: "Rust 1.85",
    image: "tryout/rust:1.85",
    on_host: Toolchain {
        programs: &[&["cargo"], &["rustc"], &["cc", "gcc"]],
        version: &["--version"],
        packages: "cargo rustc gcc libc6-dev",
        prepare: &[],
        prepare_bare: &[],
        programs_made: &[],
        environment: &[("CARGO_HOME", "../cargo")],
        ask_registry: "cargo info --registry crates-io libc",
    },
    markers: &["Cargo.toml"],
    steps,
};

/// The name of the program that is started.
const APP: &str = "app";

fn steps(files: &Files<'_>, own: OwnBuild, ground: Ground) -> Found<Steps> {
    let manifest = match Manifest::read(&files.text("Cargo.toml")?.unwrap_or_default()) {
        Ok(manifest) => manifest,
        Err(why) => return Ok(Err(SetupMistake::CargoToml { why })),
    };
    let locked = if files.has("Cargo.lock") {
        " --locked"
    } else {
        ""
    };
    let cargo_build = format!("cargo build --release{locked}");
    let mut notes = Vec::new();
    let mut manifests = files.of_these(&["Cargo.toml", "Cargo.lock", ".cargo/config.toml"]);
    let mut install = None;
    if let Some(why) = manifest.needs_all_files(files) {
        notes.push(format!(
            "any change builds the dependencies again, since {why}"
        ));
        manifests.clear();
    } else if !manifests.is_empty() {
        install = Some(of_dependencies(&manifest, &cargo_build));
    }
    if ["rust-toolchain.toml", "rust-toolchain"]
        .iter()
        .any(|path| files.has(path))
    {
        notes.push("rust-toolchain is not read: there is one toolchain".to_owned());
    }
    // Cargo goes by times, and a submission's files have none of their own.
    let cargo_build_anew =
        format!("find . -name '*.rs' -not -path './target/*' -exec touch {{}} + && {cargo_build}");
    let (build, start) = match manifest.program(files) {
        _ if own == OwnBuild::Yes => (
            None,
            Err("beside `build: ` tryout.yaml needs `start: `".to_owned()),
        ),
        Ok(name) => {
            let app = format!("{}{APP}", ground.folders().programs);
            let build = format!("{cargo_build_anew} && cp target/release/{name} {app}");
            (Some(build), Ok(app))
        }
        Err(help) => (Some(cargo_build_anew), Err(help)),
    };
    Ok(Ok(Steps {
        manifests,
        shown: Shown {
            install: install
                .is_some()
                .then(|| format!("{cargo_build} of the dependencies")),
            build: build.is_some().then(|| cargo_build.clone()),
        },
        install,
        build,
        start,
        notes,
    }))
}

/// Builds them with sources that do nothing.
fn of_dependencies(manifest: &Manifest, cargo_build: &str) -> String {
    let (programs, library) = manifest.stand_ins();
    let mut words = Vec::new();
    let mut paths = Vec::new();
    for path in programs.iter().chain(&library) {
        let content = if Some(path) == library.as_ref() {
            ""
        } else {
            "fn main() {}"
        };
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        words.push(format!("mkdir -p {folder} && echo '{content}' > {path}"));
        paths.push(path.as_str());
    }
    words.push(cargo_build.to_owned());
    words.push(format!("rm {}", paths.join(" ")));
    words.join(" && ")
}
