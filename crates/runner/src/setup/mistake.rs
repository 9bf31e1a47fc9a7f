//! Why it cannot be said how a submission is run.

use thiserror::Error;

use super::runtime;

/// Why it cannot be said how a submission is run. The submission's own fault; each message is a
/// sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SetupMistake {
    /// A runtime that there is none of.
    #[error("there is no runtime `{name}`; there are {}", runtime::names())]
    UnknownRuntime {
        /// As the submission says it.
        name: String,
    },
    /// The Dockerfile that it names is not there.
    #[error("there is no file {path}, which tryout.yaml names as `dockerfile`")]
    NoSuchDockerfile {
        /// As the submission says it.
        path: String,
    },
    /// A `build` that nothing would run.
    #[error(
        "tryout.yaml says `build`, but the submission is built from its Dockerfile: make it a RUN step there, or write `runtime: ` in tryout.yaml"
    )]
    BuildBesideDockerfile,
    /// Nothing says how.
    #[error(
        "nothing at the top of the submission says how it is run: no tryout.yaml with `runtime`, no Dockerfile, no {}{}",
        runtime::markers().collect::<Vec<_>>().join(", "),
        nested.as_ref().map(|path| format!("; there is {path}: hand in that folder, or write a tryout.yaml")).unwrap_or_default()
    )]
    Nothing {
        /// A file one folder down that would have said it.
        nested: Option<String>,
    },
    /// A Procfile says how it is started, nothing how it is built.
    #[error(
        "the Procfile says how to start, but nothing at the top of the submission says in what language it is: add {}, or write `runtime: ` in tryout.yaml",
        runtime::markers().collect::<Vec<_>>().join(", ")
    )]
    ProcfileAlone,
    /// Two languages at the top.
    #[error(
        "two languages at the top of the submission: {} says {}, {} says {}; write `runtime: {}` or `runtime: {}` in tryout.yaml",
        one.0, one.1, other.0, other.1, runtimes.0, runtimes.1
    )]
    TwoCandidates {
        /// A file and its language.
        one: (&'static str, &'static str),
        /// Another file and its language.
        other: (&'static str, &'static str),
        /// What would decide it.
        runtimes: (&'static str, &'static str),
    },
    /// It is known how to build it, not how to start it.
    #[error("nothing says how to start this {runtime} app: {help}")]
    NoStart {
        /// The language.
        runtime: &'static str,
        /// What to add.
        help: String,
    },
    /// A file that is larger than any that makes sense.
    #[error("{path} has more than {} bytes", super::MOST_BYTES)]
    TooLarge {
        /// Which.
        path: &'static str,
    },
    /// The Procfile cannot be read.
    #[error("line {line} of the Procfile {mistake}")]
    Procfile {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        mistake: &'static str,
    },
    /// A manifest in JSON cannot be read.
    #[error("{path} is no JSON object: {why}")]
    Json {
        /// Which.
        path: &'static str,
        /// With line and column.
        why: String,
    },
    /// `Cargo.toml` cannot be read.
    #[error("Cargo.toml cannot be read: {why}")]
    CargoToml {
        /// With line and column.
        why: String,
    },
    /// `pom.xml` cannot be read.
    #[error("pom.xml cannot be read: {why}")]
    PomXml {
        /// With line and column.
        why: String,
    },
}

impl SetupMistake {
    pub(super) fn nothing_found(has_procfile: bool, nested: Option<String>) -> Self {
        if has_procfile {
            Self::ProcfileAlone
        } else {
            Self::Nothing { nested }
        }
    }
}
