//! Ruby: gems by Bundler, started by Rack's conventions.

use super::{Found, OwnBuild, Runtime, Shown, Steps, Toolchain};
use crate::setup::{Ground, files::Files};

pub(super) static RUBY: Runtime = Runtime {
    name: "ruby-3.3",
    title: "Ruby 3.3",
    image: "tryout/ruby:3.3",
    on_host: Toolchain {
        programs: &[&["ruby"], &["bundle"]],
        version: &["--version"],
        packages: "ruby-dev ruby-bundler build-essential libpq-dev libyaml-dev",
        prepare: &[],
        prepare_bare: &[],
        programs_made: &[],
        environment: &[
            ("BUNDLE_PATH", "../gems"),
            ("BUNDLE_APP_CONFIG", "../gems"),
            ("RACK_ENV", "production"),
            ("RAILS_ENV", "production"),
        ],
        ask_registry: "gem specification rack --remote name",
    },
    markers: &["Gemfile"],
    steps,
};

const LOCK: &str = "Gemfile.lock";
/// In the order in which they are looked for.
const PROGRAMS: [&str; 3] = ["app.rb", "server.rb", "main.rb"];

fn steps(files: &Files<'_>, _: OwnBuild, _: Ground) -> Found<Steps> {
    let gemfile = files.text("Gemfile")?.unwrap_or_default();
    let lock = files.text(LOCK)?;
    let mut notes = Vec::new();
    let mut manifests = files.of_these(&["Gemfile", LOCK, ".ruby-version", ".tool-versions"]);
    if let Some(why) = needs_all_files(&gemfile) {
        notes.push(format!(
            "any change installs the gems again, since the Gemfile {why}"
        ));
        manifests.clear();
    }
    // A lock file that the Gemfile has outgrown is an error then, not a surprise.
    let frozen = if lock.is_some() {
        "BUNDLE_FROZEN=true "
    } else {
        ""
    };
    Ok(Ok(Steps {
        manifests,
        install: files
            .has("Gemfile")
            .then(|| format!("{frozen}bundle install --jobs 2")),
        build: None,
        shown: Shown {
            install: files.has("Gemfile").then(|| "bundle install".to_owned()),
            build: None,
        },
        start: start(files, lock.as_deref().unwrap_or(&gemfile)),
        notes,
    }))
}

/// `asked` names the gems, one a line.
fn start(files: &Files<'_>, asked: &str) -> Result<String, String> {
    let has_gem = |name: &str| {
        asked.lines().any(|line| {
            let mut words = line.split(|c: char| c.is_whitespace() || "'\",(".contains(c));
            words.any(|word| word == name)
        })
    };
    if files.has("config.ru") {
        return Ok(if has_gem("puma") {
            "bundle exec puma --bind tcp://0.0.0.0:$PORT".to_owned()
        } else {
            "bundle exec rackup --host 0.0.0.0 --port $PORT".to_owned()
        });
    }
    let mut programs = PROGRAMS.iter();
    programs
        .find(|path| files.has(path))
        .map(|path| format!("bundle exec ruby {path}"))
        .ok_or_else(|| {
            "add a config.ru, an app.rb that listens on $PORT, `web: ` to a Procfile, or `start: ` to tryout.yaml".to_owned()
        })
}

/// Why installing takes more than the files that name the gems.
fn needs_all_files(gemfile: &str) -> Option<&'static str> {
    let lines = || {
        gemfile
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with('#'))
    };
    if lines().any(|line| line == "gemspec" || line.starts_with("gemspec ")) {
        return Some("asks for the submission's own gemspec");
    }
    if lines()
        .any(|line| line.contains("path:") || line.contains(":path") || line.starts_with("path "))
    {
        return Some("names a folder of the submission");
    }
    lines()
        .any(|line| line.starts_with("eval_gemfile") || line.contains("instance_eval"))
        .then_some("reads other files")
}
