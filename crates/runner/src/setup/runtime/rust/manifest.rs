//! `Cargo.toml`, as far as it says which programs there are and what they are built from.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Value;

use crate::setup::files::Files;

/// What is read of it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Manifest {
    package: Option<Package>,
    lib: Option<Target>,
    bin: Vec<Target>,
    example: Vec<Target>,
    test: Vec<Target>,
    bench: Vec<Target>,
    workspace: Option<Value>,
    dependencies: BTreeMap<String, Value>,
    dev_dependencies: BTreeMap<String, Value>,
    build_dependencies: BTreeMap<String, Value>,
    target: BTreeMap<String, Value>,
    patch: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Package {
    name: String,
    default_run: Option<String>,
    build: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Target {
    name: Option<String>,
    path: Option<String>,
}

impl Manifest {
    /// In the error, why it cannot be read.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| {
            let message = error.message();
            let before = error.span().and_then(|span| text.get(..span.start));
            let Some(before) = before else {
                return message.to_owned();
            };
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            format!("{message} at line {line} column {column}")
        })
    }

    /// Why the dependencies cannot be built without the sources.
    pub(super) fn needs_all_files(&self, files: &Files<'_>) -> Option<&'static str> {
        let build = self
            .package
            .as_ref()
            .and_then(|package| package.build.as_ref());
        let others = [&self.example, &self.test, &self.bench];
        if self.workspace.is_some() || self.package.is_none() {
            return Some("Cargo.toml has a workspace");
        }
        if build.is_some_and(|build| build.as_bool() != Some(false)) || files.has("build.rs") {
            return Some("there is a build script");
        }
        if self.asked().any(has_path) {
            return Some("a dependency is a folder of the submission");
        }
        if others.iter().any(|targets| !targets.is_empty()) {
            return Some("Cargo.toml lists examples, tests or benchmarks");
        }
        let is_plain = |path: &String| {
            path.split('/')
                .all(|part| !part.is_empty() && part != ".." && part != ".")
                && path
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b))
                && !path.starts_with('-')
        };
        (!self.programs().all(|(_, path)| is_plain(&path)) || !self.library().iter().all(is_plain))
            .then_some("Cargo.toml names unusual paths")
    }

    /// The files that Cargo wants to see, whatever is in them: programs, and the library that it names.
    pub(super) fn stand_ins(&self) -> (Vec<String>, Option<String>) {
        let mut programs: Vec<_> = self.programs().map(|(_, path)| path).collect();
        if programs.is_empty() {
            programs.push("src/main.rs".to_owned());
        }
        (programs, self.library())
    }

    /// What is started; in the error, what to add.
    pub(super) fn program(&self, files: &Files<'_>) -> Result<String, String> {
        let Some(package) = &self.package else {
            return Err("Cargo.toml is a workspace; write `start: target/release/NAME` in tryout.yaml, or `web: ` in a Procfile".to_owned());
        };
        let mut names: Vec<_> = self.programs().map(|(name, _)| name).collect();
        if files.has("src/main.rs") && !self.programs().any(|(_, path)| path == "src/main.rs") {
            names.push(package.name.clone());
        }
        names.extend(files.paths().filter_map(|path| {
            let path = path.strip_prefix("src/bin/")?;
            let name = path.strip_suffix("/main.rs").or(path.strip_suffix(".rs"))?;
            (!name.contains('/')).then(|| name.to_owned())
        }));
        names.retain(|name| is_name(name));
        names.sort();
        names.dedup();
        let said = package.default_run.clone();
        // Beside a program of the package's own name, others are its tools.
        let chosen = said.or_else(|| names.contains(&package.name).then(|| package.name.clone()));
        match (chosen, names.as_slice()) {
            (Some(chosen), _) if names.contains(&chosen) => Ok(chosen),
            (_, [only]) => Ok(only.clone()),
            (_, []) => Err("there is no program in it: no src/main.rs".to_owned()),
            (_, several) => Err(format!(
                "there are several programs ({}); write `default-run` in Cargo.toml, or `start: target/release/NAME` in tryout.yaml",
                several.join(", ")
            )),
        }
    }

    /// Names and paths of those that it lists.
    fn programs(&self) -> impl Iterator<Item = (String, String)> {
        let package = self.package.as_ref().map(|package| package.name.as_str());
        self.bin.iter().map(move |target| {
            let name = target.name.clone().unwrap_or_default();
            let path = target.path.clone().unwrap_or_else(|| {
                if Some(name.as_str()) == package {
                    "src/main.rs".to_owned()
                } else {
                    format!("src/bin/{name}.rs")
                }
            });
            (name, path)
        })
    }

    fn library(&self) -> Option<String> {
        let path = self.lib.as_ref()?.path.clone();
        Some(path.unwrap_or_else(|| "src/lib.rs".to_owned()))
    }

    fn asked(&self) -> impl Iterator<Item = &Value> {
        let of_targets = self.target.values().chain(self.patch.values());
        self.dependencies
            .values()
            .chain(self.dev_dependencies.values())
            .chain(self.build_dependencies.values())
            .chain(of_targets)
    }
}

/// Whether a table, or one inside of it, names a folder.
fn has_path(asked: &Value) -> bool {
    asked
        .as_table()
        .is_some_and(|table| table.contains_key("path") || table.values().any(has_path))
}

/// As Cargo wants it, and a shell does as it is.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}
