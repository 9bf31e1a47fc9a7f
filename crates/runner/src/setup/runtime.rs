//! The languages that a submission can be built and run in without a Dockerfile of its own.
//!
//! One file each: what shows that a submission is in it, how dependencies are installed, what is
//! built and started by convention. A further one is a file, a line of [`RUNTIMES`] and an image.

mod go;
mod java;
mod node;
mod php;
mod python;
mod ruby;
mod rust;

use super::{Ground, SetupMistake, files::Files};
use crate::snapshot::SnapshotError;

/// All of them, in the order in which they are looked for.
pub(super) static RUNTIMES: [&Runtime; 7] = [
    &python::PYTHON,
    &node::NODE,
    &go::GO,
    &java::JAVA,
    &ruby::RUBY,
    &php::PHP,
    &rust::RUST,
];

/// What is found in a submission's files; in the inner error, its own mistake.
pub(super) type Found<T> = Result<Result<T, SetupMistake>, SnapshotError>;

/// A language of one version, with the tools to build and run it.
#[derive(Debug)]
pub struct Runtime {
    /// `node-20`.
    pub name: &'static str,
    /// `Node.js 20`.
    pub title: &'static str,
    pub(super) image: &'static str,
    pub(crate) on_host: Toolchain,
    /// Files at the top that show the language.
    markers: &'static [&'static str],
    steps: fn(&Files<'_>, OwnBuild, Ground) -> Found<Steps>,
}

/// What a language needs of a host where there is no image of ours.
#[derive(Debug)]
pub(crate) struct Toolchain {
    /// Programs, each with the names that it may have, the best first; the first program is the
    /// language's own.
    pub(crate) programs: &'static [&'static [&'static str]],
    /// Arguments that make the first one tell its version.
    pub(crate) version: &'static [&'static str],
    /// Debian's packages that have them all.
    pub(crate) packages: &'static str,
    /// Arguments of the first one, which make what dependencies are installed into; none where that
    /// is the submission's own folder.
    pub(crate) prepare: &'static [&'static str],
    /// The same where nothing is installed, which may be much faster.
    pub(crate) prepare_bare: &'static [&'static str],
    /// Folders of what is made so whose programs come before all others.
    pub(crate) programs_made: &'static [&'static str],
    /// Beside what the image of the language has set.
    pub(crate) environment: &'static [(&'static str, &'static str)],
    /// Asks the package registry for something that is known to be there.
    pub(crate) ask_registry: &'static str,
}

/// Whether the submission says itself how it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnBuild {
    Yes,
    No,
}

/// How a submission is built and started by the conventions of its language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Steps {
    /// The files that say which dependencies there are. None where that takes more than a few named
    /// files; all files are copied before the dependencies are installed then.
    pub(super) manifests: Vec<String>,
    pub(super) install: Option<String>,
    pub(super) build: Option<String>,
    /// How these are told, where the commands are long.
    pub(super) shown: Shown,
    /// In the error, what to add.
    pub(super) start: Result<String, String>,
    /// What is worth knowing.
    pub(super) notes: Vec<String>,
}

/// What people are told instead of commands.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) install: Option<String>,
    pub(super) build: Option<String>,
}

impl Runtime {
    /// All of them.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        RUNTIMES.iter().copied()
    }

    /// The one of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|runtime| runtime.name == name)
    }

    /// The file that shows that a submission is in this language.
    pub(super) fn marker(&self, files: &Files<'_>) -> Option<&'static str> {
        let mut markers = self.markers.iter().copied();
        markers.find(|marker| files.has(marker))
    }

    pub(super) fn steps(&self, files: &Files<'_>, own: OwnBuild, ground: Ground) -> Found<Steps> {
        (self.steps)(files, own, ground)
    }
}

/// `go-1.24, node-20`.
pub(super) fn names() -> String {
    let names: Vec<_> = Runtime::all().map(|runtime| runtime.name).collect();
    names.join(", ")
}

/// The files that show a language.
pub(super) fn markers() -> impl Iterator<Item = &'static str> {
    Runtime::all().flat_map(|runtime| runtime.markers.iter().copied())
}
