/// What is run of a submission, and told of it at first.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    pub(super) migrate: Option<String>,
    pub(super) start: Option<String>,
    /// Told only where the tests are what it is about.
    pub(super) test: Option<String>,
}

/// What a submission itself says of how it is run, found well-formed. All of it may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    /// The name of a [`Runtime`](super::Runtime): `node-20`.
    pub runtime: Option<String>,
    /// The path of a Dockerfile inside the submission; not beside `runtime`.
    pub dockerfile: Option<String>,
    /// Run while the image is built, after the dependencies are there.
    pub build: Option<String>,
    /// Run once before the start, with the services there.
    pub migrate: Option<String>,
    /// Starts the app.
    pub start: Option<String>,
    /// Runs the submission's own tests.
    pub test: Option<String>,
    /// Whether nothing of it is to be started: only its image is wanted, to run its tests in.
    pub unstarted: bool,
}

impl Declared {
    pub(super) fn run(&self) -> Run {
        if self.unstarted {
            return Run {
                test: self.test.clone(),
                ..Run::default()
            };
        }
        Run {
            migrate: self.migrate.clone(),
            start: self.start.clone(),
            test: None,
        }
    }
}
