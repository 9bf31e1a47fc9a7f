//! What proves challenges.

use std::path::PathBuf;

use clap::Args;

use super::Ground;

/// What all that grades many subjects has in common.
#[derive(Debug, Args)]
pub(crate) struct Campaign {
    /// Where random values come from; what was interrupted goes on with the one it began with
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How many sandboxes stand at once; as many as this machine bears unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) jobs: Option<u8>,
    /// Keep what is found out in this file, and go on from it; in the user's cache unless given
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
    /// Grade everything again, whatever was found out before an interruption
    #[arg(long)]
    pub(crate) fresh: bool,
    #[command(flatten)]
    pub(crate) ground: Ground,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Ids or folders; all challenges unless given
    #[arg(value_name = "CHALLENGE")]
    pub(crate) names: Vec<String>,
    /// With how many seeds every subject is graded: the verdicts must be the same
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) seeds: u32,
    /// How often every subject is graded with each seed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) repeat: u32,
    /// Grade only so many defects, chosen by the seed, each subject once: a quick look, and no proof
    #[arg(long, value_name = "N", conflicts_with_all = ["seeds", "repeat", "write", "mutate"])]
    pub(crate) sample: Option<u32>,
    /// Make so many small changes to a solution, one at a time: a check must notice each
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) mutate: Option<u32>,
    /// The solution that is changed, the first unless given
    #[arg(long, value_name = "SOLUTION", requires = "mutate")]
    pub(crate) of: Option<String>,
    /// Write the certificate into the challenge's folder when all holds
    #[arg(long)]
    pub(crate) write: bool,
    #[command(flatten)]
    pub(crate) campaign: Campaign,
}

#[derive(Debug, Args)]
pub(crate) struct Stability {
    /// Its id or its folder
    pub(crate) challenge: String,
    /// How often every subject is graded
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) repeat: u32,
    /// With how many seeds, turn and turn about
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) seeds: u32,
    /// Grade these only: `solutions`, `defects`, or one by its name, such as `solution:go`; all of both
    /// unless given
    #[arg(long, value_name = "SUBJECT", value_delimiter = ',')]
    pub(crate) of: Vec<String>,
    /// Let as many processes compute beside it as the machine has cores
    #[arg(long)]
    pub(crate) noise: bool,
    /// Write down in this file, as JSON, how often that was and what changed; runs from other seeds add up,
    /// with --fresh this one takes their place
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) campaign: Campaign,
}
