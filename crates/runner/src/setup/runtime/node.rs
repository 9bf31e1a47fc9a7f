//! Node.js: dependencies by npm, started by npm's own conventions.

use serde_json::{Map, Value};

use super::{Found, OwnBuild, Runtime, Shown, Steps, Toolchain};
use crate::setup::{Ground, MOST_BYTES, SetupMistake, files::Files};

pub(super) static NODE: Runtime = Runtime {
    name: "node-20",
    title: "Node.js 20",
    image: "tryout/node:20",
    on_host: Toolchain {
        programs: &[&["node"], &["npm"]],
        version: &["--version"],
        packages: "nodejs npm",
        prepare: &[],
        prepare_bare: &[],
        programs_made: &[],
        environment: &[
            ("NPM_CONFIG_AUDIT", "false"),
            ("NPM_CONFIG_FUND", "false"),
            ("NPM_CONFIG_UPDATE_NOTIFIER", "false"),
        ],
        ask_registry: "npm view npm version",
    },
    markers: &["package.json"],
    steps,
};

const LOCKS: [&str; 2] = ["npm-shrinkwrap.json", "package-lock.json"];
/// What npm runs of a package's own while it installs: it may need any file.
const INSTALL_SCRIPTS: [&str; 8] = [
    "preinstall",
    "install",
    "postinstall",
    "preprepare",
    "prepare",
    "postprepare",
    "prepublish",
    "dependencies",
];
const DEPENDENCIES: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];

fn steps(files: &Files<'_>, _: OwnBuild, _: Ground) -> Found<Steps> {
    let Some(text) = files.text("package.json")? else {
        return Ok(Ok(Steps {
            manifests: Vec::new(),
            install: None,
            shown: Shown::default(),
            build: None,
            start: start(files, &Map::new()),
            notes: Vec::new(),
        }));
    };
    if text.len() > MOST_BYTES {
        let path = "package.json";
        return Ok(Err(SetupMistake::TooLarge { path }));
    }
    let package = match serde_json::from_str::<Map<String, Value>>(&text) {
        Ok(package) => package,
        Err(error) => {
            let why = error.to_string();
            let path = "package.json";
            return Ok(Err(SetupMistake::Json { path, why }));
        }
    };
    let is_locked = LOCKS.iter().any(|lock| files.has(lock));
    let mut notes: Vec<String> = Vec::new();
    if !is_locked {
        let other = ["yarn.lock", "pnpm-lock.yaml", "bun.lock"];
        notes.extend(
            files
                .of_these(&other)
                .iter()
                .map(|lock| format!("{lock} is not read: npm installs what package.json asks for")),
        );
    }
    let mut manifests = files.of_these(&["package.json", LOCKS[0], LOCKS[1], ".npmrc"]);
    if let Some(why) = needs_all_files(&package) {
        notes.push(format!(
            "any change installs the dependencies again, since package.json {why}"
        ));
        manifests.clear();
    }
    let install = if is_locked { "npm ci" } else { "npm install" };
    Ok(Ok(Steps {
        manifests,
        // What npm keeps for another time would be kept in the image.
        install: Some(format!("{install} && rm -rf /tmp/npm")),
        shown: Shown {
            install: Some(install.to_owned()),
            build: None,
        },
        build: script(&package, "build").map(|_| "npm run build".to_owned()),
        start: start(files, &package),
        notes,
    }))
}

/// As `npm start` does it, and for a package that names its main file.
fn start(files: &Files<'_>, package: &Map<String, Value>) -> Result<String, String> {
    // npm starts a server.js where there is no script.
    if script(package, "start").is_some() || (!package.is_empty() && files.has("server.js")) {
        return Ok("npm start".to_owned());
    }
    let main = package.get("main").and_then(Value::as_str);
    let main = main.map(|main| main.trim_start_matches("./"));
    let is_plain = |path: &&str| !path.starts_with('-') && path.bytes().all(is_plain_byte);
    [main.filter(is_plain), Some("server.js"), Some("index.js")]
        .into_iter()
        .flatten()
        .find(|path| files.has(path))
        .map(|path| format!("node {path}"))
        .ok_or_else(|| {
            "add a script `start` to package.json, a server.js or index.js, `web: ` to a Procfile, or `start: ` to tryout.yaml".to_owned()
        })
}

fn is_plain_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-/".contains(&byte)
}

fn script<'a>(package: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    package.get("scripts")?.get(name)?.as_str()
}

/// Why installing takes more than the files that name the dependencies.
fn needs_all_files(package: &Map<String, Value>) -> Option<String> {
    if package.contains_key("workspaces") {
        return Some("has workspaces".to_owned());
    }
    let mut scripts = INSTALL_SCRIPTS.iter();
    if let Some(name) = scripts.find(|name| script(package, name).is_some()) {
        return Some(format!("has a script `{name}`"));
    }
    let is_local = |version: &str| {
        ["file:", "link:", "./", "../", "~/", "/"]
            .iter()
            .any(|start| version.starts_with(start))
    };
    DEPENDENCIES
        .iter()
        .filter_map(|key| package.get(*key)?.as_object())
        .flatten()
        .any(|(_, version)| version.as_str().is_some_and(is_local))
        .then(|| "depends on a folder of the submission".to_owned())
}
