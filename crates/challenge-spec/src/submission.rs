//! What a submission says of itself: its `tryout.yaml`.
//!
//! The file belongs to whoever hands in: a mistake in it is theirs, and is told with its place as the
//! mistakes of a challenge are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    finding::Finding,
    path::Path,
    problem::{Problem, Problems},
    schema,
    shape::{self, Shaped},
    skills::disagreement,
    source::{self, Unread},
    yaml,
};

/// The name of the file, at the top of the submission.
pub const MANIFEST_FILE: &str = "tryout.yaml";

/// How a submission is run. All of it may be left out: what is, is found in the other files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Manifest {
    /// The runtime that it is built and run with; not beside `dockerfile`.
    pub runtime: Option<Runtime>,
    /// The path of the Dockerfile that it is built by, inside the submission; not beside `runtime`.
    pub dockerfile: Option<String>,
    /// Run while the image is built, after the dependencies are there and instead of what would be
    /// run by convention; not beside `dockerfile`.
    pub build: Option<String>,
    /// Run once in each new sandbox, before the start and with the services there.
    pub migrate: Option<String>,
    /// Starts the app.
    pub start: Option<String>,
    /// Runs the submission's own tests.
    pub test: Option<String>,
}

/// A language of one version, with the tools to build and run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Runtime {
    /// Go 1.24.
    #[serde(rename = "go-1.24")]
    Go1_24,
    /// Java 21 with Maven.
    #[serde(rename = "java-21")]
    Java21,
    /// Node.js 20 with npm.
    #[serde(rename = "node-20")]
    Node20,
    /// PHP 8.4 with Composer.
    #[serde(rename = "php-8.4")]
    Php8_4,
    /// Python 3.13 with pip.
    #[serde(rename = "python-3.13")]
    Python3_13,
    /// Ruby 3.3 with Bundler.
    #[serde(rename = "ruby-3.3")]
    Ruby3_3,
    /// Rust 1.85 with Cargo.
    #[serde(rename = "rust-1.85")]
    Rust1_85,
}

impl Runtime {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Go1_24,
        Self::Java21,
        Self::Node20,
        Self::Php8_4,
        Self::Python3_13,
        Self::Ruby3_3,
        Self::Rust1_85,
    ];

    /// As the file writes it: `node-20`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Go1_24 => "go-1.24",
            Self::Java21 => "java-21",
            Self::Node20 => "node-20",
            Self::Php8_4 => "php-8.4",
            Self::Python3_13 => "python-3.13",
            Self::Ruby3_3 => "ruby-3.3",
            Self::Rust1_85 => "rust-1.85",
        }
    }
}

impl Manifest {
    /// Reads the file's bytes.
    ///
    /// # Errors
    /// All mistakes at once, each with its place.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, Problems> {
        let text = match source::text(MANIFEST_FILE, bytes) {
            Ok(text) => text,
            Err(Unread::Text(problems)) => return Err(problems),
            Err(_) => {
                let problem = too_large();
                return Err(Problems::new(MANIFEST_FILE, "", vec![problem]));
            }
        };
        read(&text).map_err(|problems| Problems::new(MANIFEST_FILE, &text, problems))
    }
}

fn read(text: &str) -> Result<Manifest, Vec<Problem>> {
    let root = yaml::parse(text).map_err(|problem| vec![*problem])?;
    let Shaped {
        value,
        mut findings,
        repaired,
    } = shape::check(&schema::submission_schema(), text, &root);
    let mut problems = yaml::duplicates(&root);
    let manifest: Option<Manifest> = match serde_json::from_value(value) {
        Ok(manifest) => Some(manifest),
        Err(error) => {
            if findings.is_empty() {
                problems.push(disagreement(&error));
            }
            None
        }
    };
    if let Some(manifest) = &manifest {
        let mut more = disagreements(manifest);
        more.retain(|finding| !repaired.covers(&finding.path));
        findings.extend(more);
    }
    problems.extend(
        findings
            .into_iter()
            .map(|finding| finding.into_problem(text, &root)),
    );
    match manifest {
        Some(manifest) if problems.is_empty() => Ok(manifest),
        _ => Err(problems),
    }
}

/// What a file of the right shape may still get wrong.
fn disagreements(manifest: &Manifest) -> Vec<Finding> {
    let root = Path::root();
    let mut findings = Vec::new();
    for (key, command) in [
        ("build", &manifest.build),
        ("migrate", &manifest.migrate),
        ("start", &manifest.start),
        ("test", &manifest.test),
    ] {
        let Some(command) = command else { continue };
        if command.trim().is_empty() {
            let finding = Finding::value(root.key(key), format!("the command `{key}` is empty"));
            findings.push(finding.help("leave the key out, or write a command".to_owned()));
        } else if command.contains('\0') {
            let message = format!("the command `{key}` has a zero byte");
            findings.push(Finding::value(root.key(key), message));
        }
    }
    let Some(dockerfile) = &manifest.dockerfile else {
        return findings;
    };
    let leaves = dockerfile.starts_with('/') || dockerfile.split('/').any(|part| part == "..");
    if dockerfile.trim().is_empty() {
        findings.push(Finding::value(root.key("dockerfile"), "the path is empty"));
    } else if leaves {
        findings.push(
            Finding::value(
                root.key("dockerfile"),
                format!("`{dockerfile}` leaves the submission"),
            )
            .help("write a path inside the submission, without `..`".to_owned()),
        );
    }
    for (key, is_there, help) in [
        (
            "runtime",
            manifest.runtime.is_some(),
            "keep `runtime` to be built by us, or `dockerfile` to build it yourself",
        ),
        (
            "build",
            manifest.build.is_some(),
            "a Dockerfile builds all by itself: make it a RUN step there",
        ),
    ] {
        if is_there {
            findings.push(
                Finding::key(
                    root.key(key),
                    format!("`{key}` and `dockerfile` exclude each other"),
                )
                .label("not beside `dockerfile`")
                .help(help.to_owned())
                .also(
                    root.key("dockerfile"),
                    crate::path::Part::Key,
                    "`dockerfile` is here",
                ),
            );
        }
    }
    findings
}

pub(crate) fn too_large() -> Problem {
    Problem {
        message: format!("the file has more than {} bytes", source::MOST_BYTES),
        label: String::new(),
        span: 0..0,
        help: None,
        also: None,
    }
}
