//! Small changes to source files, by a program of others in a container of ours.

use async_trait::async_trait;

use crate::{RunId, RunnerError};

/// Makes small changes to source files.
#[async_trait]
pub trait Mutator: Send + Sync {
    /// What makes them, with its version.
    fn tool(&self) -> &'static str;

    /// Every change of each of some files, told by their names and texts; in their order. What is made for
    /// it carries the run's labels.
    ///
    /// # Errors
    /// When the program cannot be run, or fails.
    async fn changes(
        &self,
        run: &RunId,
        files: &[(String, String)],
    ) -> Result<Vec<Changes>, RunnerError>;
}

/// The changes of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Changes {
    /// Each is one alone.
    pub changes: Vec<Change>,
    /// How many more a compiler refuses.
    pub broken: u64,
    /// How many more change nothing, or are one change twice.
    pub equal: u64,
}

/// One change: some lines in the place of others.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Change {
    /// The first line replaced; 0 is the file's first.
    #[serde(rename = "from")]
    pub start: usize,
    /// The line after the last that is replaced.
    #[serde(rename = "to")]
    pub end: usize,
    /// What stands there then, without line feeds.
    pub lines: Vec<String>,
}
