//! PHP: packages by Composer, served from `public` by php-fpm behind a web server.

use serde_json::{Map, Value};

use super::{Found, OwnBuild, Runtime, Shown, Steps, Toolchain};
use crate::setup::{Ground, MOST_BYTES, SetupMistake, files::Files};

pub(super) static PHP: Runtime = Runtime {
    name: "php-8.4",
    title: "PHP 8.4",
    image: "tryout/php:8.4",
    on_host: Toolchain {
        programs: &[&["php8.4", "php"], &["composer"]],
        version: &["--version"],
        packages: "php-cli php-pgsql php-mbstring composer",
        prepare: &[],
        prepare_bare: &[],
        programs_made: &[],
        // Of PHP's own server, which answers one request at a time without.
        environment: &[
            ("COMPOSER_ALLOW_SUPERUSER", "1"),
            ("PHP_CLI_SERVER_WORKERS", "8"),
        ],
        ask_registry: "composer show --all --available --no-interaction psr/log",
    },
    markers: &["composer.json"],
    steps,
};

const LOCK: &str = "composer.lock";
const INSTALL: &str = "composer install --no-dev --no-interaction --no-progress";
/// Without what may need the sources.
const PACKAGES_ONLY: &str = "--no-autoloader --no-scripts";
/// Folders whose `index.php` answers every request, as frameworks have them.
const ROOTS: [&str; 3] = ["public", "web", "."];

fn steps(files: &Files<'_>, own: OwnBuild, ground: Ground) -> Found<Steps> {
    let path = "composer.json";
    let text = files.text(path)?;
    if text.as_ref().is_some_and(|text| text.len() > MOST_BYTES) {
        return Ok(Err(SetupMistake::TooLarge { path }));
    }
    let package = match text.map(|text| serde_json::from_str::<Map<String, Value>>(&text)) {
        Some(Ok(package)) => package,
        Some(Err(error)) => {
            let why = error.to_string();
            return Ok(Err(SetupMistake::Json { path, why }));
        }
        None => {
            return Ok(Ok(Steps {
                manifests: Vec::new(),
                install: None,
                shown: Shown::default(),
                build: None,
                start: start(files, ground),
                notes: Vec::new(),
            }));
        }
    };
    let mut notes = Vec::new();
    let mut manifests = files.of_these(&[path, LOCK]);
    if has_local_repository(&package) {
        notes.push(
            "any change installs the packages again, since composer.json names a folder of the submission".to_owned(),
        );
        manifests.clear();
    }
    // What is built in its own way may want the autoloader, which wants the sources.
    let install = match own {
        OwnBuild::Yes => {
            manifests.clear();
            INSTALL.to_owned()
        }
        OwnBuild::No => format!("{INSTALL} {PACKAGES_ONLY}"),
    };
    let dump = "composer dump-autoload --no-dev --no-interaction --optimize";
    Ok(Ok(Steps {
        manifests,
        install: Some(install),
        shown: Shown {
            install: Some("composer install".to_owned()),
            build: Some("composer dump-autoload".to_owned()),
        },
        build: (own == OwnBuild::No).then(|| dump.to_owned()),
        start: start(files, ground),
        notes,
    }))
}

fn start(files: &Files<'_>, ground: Ground) -> Result<String, String> {
    let mut roots = ROOTS.iter();
    roots
        .find(|root| files.has(format!("{root}/index.php").trim_start_matches("./")))
        .map(|root| match ground {
            Ground::Image => format!("serve-php {root}"),
            Ground::Host => format!("php -S \"0.0.0.0:$PORT\" -t {root} {root}/index.php"),
        })
        .ok_or_else(|| {
            "add a public/index.php, `web: ` to a Procfile, or `start: ` to tryout.yaml".to_owned()
        })
}

/// A repository of type `path`, which is a folder, or one that is an address without a scheme.
fn has_local_repository(package: &Map<String, Value>) -> bool {
    let is_local = |repository: &Value| {
        let text = |key: &str| repository.get(key).and_then(Value::as_str);
        text("type") == Some("path") || text("type") == Some("artifact")
    };
    match package.get("repositories") {
        Some(Value::Array(all)) => all.iter().any(is_local),
        Some(Value::Object(all)) => all.values().any(is_local),
        _ => false,
    }
}
