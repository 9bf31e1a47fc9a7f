//! How a submission is run, found from what it says and from its files.
//!
//! In this order: its own declaration (`tryout.yaml`, read by whoever asks), its Dockerfile, its
//! Procfile, its language. What the declaration leaves out is found in the others. Nothing is built
//! or started here, so that a mistake is told before anything else is done.

mod declared;
mod dockerfile;
mod files;
mod ground;
mod host;
mod mistake;
mod procfile;
mod runtime;
mod shell;
mod told;

pub(crate) use self::shell::arguments;
pub use self::{declared::Declared, ground::Ground, mistake::SetupMistake, runtime::Runtime};
use self::{
    files::Files,
    procfile::Procfile,
    runtime::{Found, OwnBuild, RUNTIMES},
    told::Told,
};
pub(crate) use self::{host::HostSteps, runtime::Toolchain};
use crate::snapshot::{Snapshot, SnapshotError};

/// Where a Dockerfile is looked for; the engine takes the second name too.
const DOCKERFILES: [&str; 2] = ["Dockerfile", "dockerfile"];
const PROCFILE: &str = "Procfile";
/// No file that says how it is run is read if it is larger.
const MOST_BYTES: usize = 1024 * 1024;

/// How a submission is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    pub(crate) image: ImageSource,
    /// How it is built without an image, where that is asked for and known.
    pub(crate) host: Option<HostSteps>,
    found: String,
    migrate: Option<String>,
    start: Option<String>,
    test: Option<String>,
}

/// What its image is built by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ImageSource {
    /// A Dockerfile of its own.
    Own {
        /// Inside the submission.
        path: String,
    },
    /// One of ours.
    Made {
        /// Of a [`Runtime`].
        runtime: &'static str,
        /// The Dockerfile's text.
        dockerfile: String,
    },
}

impl Setup {
    /// Finds how a submission is run; in the inner error, why that cannot be said, which is the
    /// submission's own fault.
    ///
    /// # Errors
    /// When the snapshot cannot be read.
    pub fn of(
        submission: &Snapshot,
        declared: &Declared,
    ) -> Result<Result<Self, SetupMistake>, SnapshotError> {
        let files = Files::of(submission);
        if let Some(name) = &declared.runtime {
            let Some(runtime) = Runtime::named(name) else {
                return Ok(Err(SetupMistake::UnknownRuntime { name: name.clone() }));
            };
            let told = Told::declared(&format!("runtime {name}"));
            return Self::made(&files, declared, runtime, told, Ground::Image);
        }
        if let Some(path) = &declared.dockerfile {
            let path = path.trim_start_matches("./");
            if files.text(path)?.is_none() {
                let path = path.to_owned();
                return Ok(Err(SetupMistake::NoSuchDockerfile { path }));
            }
            let told = Told::declared(&format!("built from {path}"));
            return Ok(Ok(Self::own(path, declared, told)));
        }
        for path in DOCKERFILES {
            if files.text(path)?.is_none() {
                continue;
            }
            if declared.build.is_some() {
                return Ok(Err(SetupMistake::BuildBesideDockerfile));
            }
            let mut told = Told::new(format!("{path} at the top: built from it"));
            if files.has(PROCFILE) {
                told.note("the Procfile is not read beside a Dockerfile");
            }
            return Ok(Ok(Self::own(path, declared, told)));
        }
        Self::detected(&files, declared, Ground::Image)
    }

    /// Built by the Dockerfile at a path inside the submission, started as it says.
    pub fn of_dockerfile(path: &str) -> Self {
        let told = Told::new(format!("built from {path}"));
        Self::own(path, &Declared::default(), told)
    }

    fn own(path: &str, declared: &Declared, mut told: Told) -> Self {
        let run = declared.run();
        told.commands([
            ("migrated", &run.migrate),
            ("started", &run.start),
            ("tested", &run.test),
        ]);
        Self {
            image: ImageSource::Own {
                path: path.to_owned(),
            },
            host: None,
            found: told.finish(),
            migrate: run.migrate,
            start: run.start,
            test: declared.test.clone(),
        }
    }

    fn detected(files: &Files<'_>, declared: &Declared, ground: Ground) -> Found<Self> {
        let mut candidates = RUNTIMES
            .iter()
            .filter_map(|runtime| Some((*runtime, runtime.marker(files)?)));
        let has_procfile = files.has(PROCFILE);
        let Some((runtime, marker)) = candidates.next() else {
            let nested = files.nested(DOCKERFILES.iter().copied().chain(runtime::markers()));
            return Ok(Err(SetupMistake::nothing_found(has_procfile, nested)));
        };
        if let Some((other, other_marker)) = candidates.next() {
            return Ok(Err(SetupMistake::TwoCandidates {
                one: (marker, runtime.title),
                other: (other_marker, other.title),
                runtimes: (runtime.name, other.name),
            }));
        }
        let title = runtime.title;
        let told = if has_procfile {
            Told::new(format!("Procfile and {marker} at the top: {title}"))
        } else {
            Told::new(format!("{marker} at the top: {title}"))
        };
        Self::made(files, declared, runtime, told, ground)
    }

    fn made(
        files: &Files<'_>,
        declared: &Declared,
        runtime: &'static Runtime,
        mut told: Told,
        ground: Ground,
    ) -> Found<Self> {
        let procfile = match files.text(PROCFILE)?.map(|text| Procfile::parse(&text)) {
            Some(Ok(procfile)) => procfile,
            Some(Err(mistake)) => return Ok(Err(mistake)),
            None => Procfile::default(),
        };
        let mut run = declared.run();
        if !declared.unstarted {
            run.migrate = run.migrate.or(procfile.release);
            run.start = run.start.or(procfile.web);
        }
        let own = match &declared.build {
            Some(_) => OwnBuild::Yes,
            None => OwnBuild::No,
        };
        let mut steps = match runtime.steps(files, own, ground)? {
            Ok(steps) => steps,
            Err(mistake) => return Ok(Err(mistake)),
        };
        if declared.build.is_some() {
            steps.build.clone_from(&declared.build);
            steps.shown.build = None;
        }
        if run.start.is_none() && !declared.unstarted {
            run.start = match steps.start.clone() {
                Ok(start) => Some(start),
                Err(help) => {
                    let runtime = runtime.title;
                    return Ok(Err(SetupMistake::NoStart { runtime, help }));
                }
            };
        }
        let installed = steps.shown.install.clone().or(steps.install.clone());
        let built = steps.shown.build.clone().or(steps.build.clone());
        told.commands([
            ("installed", &installed),
            ("built", &built),
            ("migrated", &run.migrate),
            ("started", &run.start),
            ("tested", &run.test),
        ]);
        for note in &steps.notes {
            told.note(note);
        }
        Ok(Ok(Self {
            image: ImageSource::Made {
                runtime: runtime.name,
                dockerfile: dockerfile::text(runtime, &steps),
            },
            host: (ground == Ground::Host).then(|| HostSteps {
                runtime: runtime.name,
                install: steps.install.clone(),
                build: steps.build.clone(),
                unused: None,
            }),
            found: told.finish(),
            migrate: run.migrate,
            start: run.start,
            test: declared.test.clone(),
        }))
    }

    /// What was found and why, in one sentence without a full stop. Partly the submission's own
    /// words: hostile, bounded, in one line.
    pub fn found(&self) -> &str {
        &self.found
    }

    /// The runtime that it is built and run with; none where it has a Dockerfile of its own.
    pub fn runtime(&self) -> Option<&'static str> {
        match (&self.image, &self.host) {
            (_, Some(host)) => Some(host.runtime),
            (ImageSource::Own { .. }, None) => None,
            (ImageSource::Made { runtime, .. }, None) => Some(runtime),
        }
    }

    /// Run once before the start, with the services there.
    pub fn migrate(&self) -> Option<&str> {
        self.migrate.as_deref()
    }

    /// Starts the app; none where the image says it.
    pub fn start(&self) -> Option<&str> {
        self.start.as_deref()
    }

    /// Runs the submission's own tests.
    pub fn test(&self) -> Option<&str> {
        self.test.as_deref()
    }
}
