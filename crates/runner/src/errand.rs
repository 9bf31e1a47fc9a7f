//! A command of ours that is run aside: in a container of ours without a network, without rights, and
//! bounded. For what is found out about a submission without running it.

use std::time::Duration;

/// One command, in a shell of the base system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// What it is for, in names of containers and messages: lower-case words joined by hyphens.
    pub name: String,
    /// The program and its arguments: `bash`, and what Debian's base system has.
    pub command: Vec<String>,
    /// From its process starting to its end.
    pub within: Duration,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrandEnd {
    /// By itself.
    Exited {
        /// 0 for success, by convention.
        code: i64,
    },
    /// It did not, or took more than there was.
    Ended,
}
