//! What uses a submission from inside its private network: a suite of tests in a container of its own.
//! It reaches the submission and nothing else, and nothing reaches it.

use std::{collections::BTreeMap, time::Duration};

use crate::{AppLimits, BuildLimits, BuildNetwork, LogTail, Reading, setup::Setup};

/// How a visitor is built; like a submission.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitorSpec {
    /// From its files.
    pub setup: Setup,
    /// While its image is built.
    pub build_limits: BuildLimits,
    /// What its build may reach.
    pub build_network: BuildNetwork,
}

/// One run of a visitor's program.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Whose, in names of containers and messages: lower-case words joined by hyphens.
    pub name: String,
    /// The id of its image.
    pub image: String,
    /// Given to a shell in the image's folder. Finds `BASE_URL` and `RESULTS` in its environment.
    pub command: String,
    /// Environment beside these.
    pub env: BTreeMap<String, String>,
    /// What it may use.
    pub limits: AppLimits,
    /// From its process starting to its end.
    pub within: Duration,
    /// Whether what it leaves in `RESULTS` is read.
    pub read_results: bool,
}

/// What came of it. What was printed and left is somebody else's text, bounded.
#[derive(Debug, Clone, PartialEq)]
pub struct Visited {
    /// How its program ended.
    pub end: VisitEnd,
    /// What it printed last, to both streams.
    pub log: LogTail,
    /// Files in `RESULTS` that end in `.xml` or `.tap`, by name; in the error, why they were not read.
    pub results: Result<Vec<(String, Vec<u8>)>, String>,
    /// From its process starting to its end.
    pub took: Duration,
    /// What the sandbox's programs, this one among them, had done by its end; none where that is not told.
    pub reading: Option<Reading>,
}

/// How a visitor's program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VisitEnd {
    /// By itself.
    Exited {
        /// 0 for success, by convention.
        code: i64,
    },
    /// It did not, and was ended.
    TooLong,
    /// Its container was killed for want of memory.
    OutOfMemory,
    /// Its container did not start or did not live as long as its program: no doing of what it visits,
    /// but of its image or of what runs in it, if not of the engine's.
    Unusable {
        /// In words.
        why: String,
    },
}
