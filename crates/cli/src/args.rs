//! The command line, as clap reads it. Nothing past this crate sees these types.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

mod authoring;
mod campaign;
mod load;

pub(crate) use authoring::{Lint, New, Pack, Run};
pub(crate) use campaign::{Campaign, Stability, Verify};
pub(crate) use load::Load;

/// Grades a backend developer's work by running it.
#[derive(Debug, Parser)]
#[command(name = "tryout", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  graded, at or above --min-score
  1  graded, below --min-score (this includes a submission that does not build)
  2  the input is at fault: a flag, a submission, a challenge file
  3  something of ours broke or no engine answers: nobody lost points for it
  4  too close to call: a person decides";

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The challenges: a folder, or a bundle of it (.tar.gz, .zip); the bundled ones unless given
    #[arg(
        long,
        global = true,
        value_name = "DIR|FILE",
        env = "TRYOUT_CHALLENGES"
    )]
    pub(crate) challenges: Option<PathBuf>,
    /// The folder that holds the recipes of our images
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "TRYOUT_IMAGES",
        hide = true
    )]
    pub(crate) runner_images: Option<PathBuf>,
    /// Print the result only, no progress
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Print what happens as JSON, one event a line, to stdout
    #[arg(long, global = true)]
    pub(crate) json_events: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Grade a submission: build it, start it, use it, report
    Grade(Grade),
    /// Grade a bundled solution, to see what a report looks like
    Demo(Demo),
    /// Send requests to an address as fast as it answers, or at a rate, and say what came of it
    Load(Box<Load>),
    /// The images that submissions are built and run on
    #[command(subcommand)]
    Images(Images),
    /// Remove what runs that died have left behind
    Clean,
    /// Say what this machine can and cannot do, and what to install
    Doctor,
    /// Look at challenges, check them, prove them
    #[command(subcommand)]
    Challenge(Challenge),
    /// Render a report.json again
    Report(Report),
}

#[derive(Debug, Args)]
pub(crate) struct Grade {
    /// What was handed in: a folder, an archive, or a repository's address
    ///
    /// An archive is a .tar, .tar.gz, .tgz or .zip. An address begins with https://, ssh:// or
    /// git+file:// and may end with #REVISION:FOLDER, both optional: a branch, a tag or a full
    /// commit id, and a folder in the repository. Nothing of a repository is run while it is read.
    pub(crate) submission: OsString,
    /// The challenge's id, or its folder
    #[arg(long, short)]
    pub(crate) challenge: String,
    #[command(flatten)]
    pub(crate) how: How,
    #[command(flatten)]
    pub(crate) ground: Ground,
    /// Write all report files to this folder
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The percentage of points at which the exit code is 0
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) min_score: u8,
    /// Leave out what the usual tools of its language say of the code; that costs no points anyway
    #[arg(long)]
    pub(crate) no_practice: bool,
}

#[derive(Debug, Args)]
pub(crate) struct How {
    /// Where random values come from; the same seed asks the same questions
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Run these checks only, and what they require; there is no total then
    #[arg(
        long,
        value_name = "CHECK",
        value_delimiter = ',',
        conflicts_with = "public_only"
    )]
    pub(crate) only: Vec<String>,
    /// Run those checks only that a candidate may see; there is no total then
    #[arg(long)]
    pub(crate) public_only: bool,
}

/// How foreign code is kept in.
#[derive(Debug, Args)]
pub(crate) struct Isolation {
    /// What to do where this engine cannot enforce an item of the isolation (`tryout doctor` says which)
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Level::Reported)]
    pub(crate) isolation: Level,
    /// The engine's runtime for the submission's containers, such as runsc (gVisor)
    #[arg(long, value_name = "NAME")]
    pub(crate) runtime: Option<String>,
}

/// What code is run on.
#[derive(Debug, Args)]
pub(crate) struct Ground {
    /// Where the submission is built and run
    #[arg(long, value_enum, value_name = "BACKEND", default_value_t = BackendName::Docker)]
    pub(crate) backend: BackendName,
    /// Say that the code is your own: --backend local isolates nothing
    #[arg(long)]
    pub(crate) i_trust_this_code: bool,
    #[command(flatten)]
    pub(crate) isolation: Isolation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendName {
    /// In containers
    Docker,
    /// On this machine, as you, isolated by nothing; for your own code only
    Local,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// Grade, and say in the report what is not enforced
    Reported,
    /// Refuse to start the submission
    Strict,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Write the report files to this folder
    #[arg(long, short, value_name = "DIR", default_value = "tryout-report")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Images {
    /// Make the images that are missing or older than their recipe
    Build {
        /// Make all of them anew
        #[arg(long)]
        force: bool,
    },
    /// Show our images and caches with their sizes
    List,
    /// Remove cached submissions and services, the oldest first
    Prune {
        /// How much to keep, such as 10GB or 512MiB; nothing unless given
        #[arg(long, value_name = "SIZE", value_parser = parse_size)]
        keep: Option<u64>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Challenge {
    /// Show which challenges there are
    List,
    /// Show one: its brief, its checks, its points
    Show {
        /// The challenge's id, or its folder
        challenge: String,
    },
    /// Report every mistake in a challenge's files, and what could be better
    Lint(Lint),
    /// Make a new challenge: a small one that is proven as it is, or a private copy of another
    New(New),
    /// Run checks on a solution; with --watch again as their file changes
    Run(Run),
    /// Pack a challenge: what a candidate may have of it, or all of it
    Pack(Pack),
    /// Print the JSON Schema of challenge.yaml
    Schema,
    /// Grade nothing, the starters, the solutions and the defects, and print the kill matrix
    Verify(Verify),
    /// Grade the solutions and the defects again and again, and report verdicts that change
    Stability(Stability),
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The report.json
    pub(crate) file: PathBuf,
    /// What to print to stdout
    #[arg(long, value_enum, default_value_t = Format::Terminal, conflicts_with = "out")]
    pub(crate) format: Format,
    /// Write all report files to this folder instead
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Terminal,
    Json,
    Html,
    Markdown,
    Junit,
}

fn parse_size(text: &str) -> Result<u64, String> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor: u64 = match unit.trim() {
        "" | "B" => 1,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(format!("`{unit}` is no unit; write GB, MB, GiB or MiB")),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| "write a whole number and a unit, such as 10GB".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Challenge, Cli, Command, parse_size};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn challenges_are_named_beside_the_folder_of_all() {
        let cli = Cli::parse_from([
            "tryout",
            "challenge",
            "verify",
            "a",
            "b",
            "--challenges",
            "dir",
        ]);
        let Command::Challenge(Challenge::Verify(super::Verify { names, .. })) = cli.command else {
            panic!("not verify");
        };
        assert_eq!(names, ["a", "b"]);
        assert_eq!(cli.global.challenges, Some("dir".into()));
    }

    #[test]
    fn sizes_have_units_or_are_bytes() {
        assert_eq!(parse_size("10GB"), Ok(10_000_000_000));
        assert_eq!(parse_size("512MiB"), Ok(512 << 20));
        assert_eq!(parse_size("7"), Ok(7));
        assert!(parse_size("10 apples").is_err());
        assert!(parse_size("GB").is_err());
        assert!(parse_size("99999999999GB").is_err());
    }
}
