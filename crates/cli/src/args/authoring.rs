//! What authors of challenges do.

use std::path::PathBuf;

use clap::Args;

use super::Ground;

#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// Ids or folders; all challenges unless given
    #[arg(value_name = "CHALLENGE")]
    pub(crate) names: Vec<String>,
    /// Exit with 2 where there is advice, too
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The folder to make; its last part becomes the challenge's id
    #[arg(value_name = "NAME")]
    pub(crate) target: PathBuf,
    /// The language of its starter and solution
    #[arg(long, value_name = "LANGUAGE", default_value = "python")]
    pub(crate) language: String,
    /// Copy this challenge, an id or a folder, with other names, values and parameters instead
    #[arg(long, value_name = "CHALLENGE", conflicts_with = "language")]
    pub(crate) from: Option<String>,
    /// What chooses these; the same seed makes the same copy
    #[arg(long, requires = "from")]
    pub(crate) seed: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Pack {
    /// The challenge's id, or its folder
    #[arg(value_name = "CHALLENGE", default_value = ".")]
    pub(crate) challenge: String,
    /// The bundle to write, a .tar.gz; `ID-public.tar.gz` or `ID-full.tar.gz` unless given
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Everything, for another machine: hidden checks, solutions and defects too
    #[arg(long)]
    pub(crate) full: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The challenge's id, or its folder
    #[arg(value_name = "CHALLENGE", default_value = ".")]
    pub(crate) challenge: String,
    /// These checks, and what they require; all unless given
    #[arg(long = "check", value_name = "CHECK", value_delimiter = ',')]
    pub(crate) checks: Vec<String>,
    /// What they are run on: solution:LANGUAGE, starter:LANGUAGE, defect:ID, nothing, or a folder;
    /// the first solution unless given
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) subject: Option<String>,
    /// Keep the sandbox, and run a check again when its file changes; Ctrl-C ends it
    #[arg(long)]
    pub(crate) watch: bool,
    /// Where random values come from; each time they are others
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) ground: Ground,
}
