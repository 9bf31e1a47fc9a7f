//! The `tryout` command.

mod args;
mod build_log;
mod bundle;
mod command;
mod failure;
mod output;
mod places;
mod progress;
mod signal;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed stdout or stderr leaves nobody to tell.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    output::log_to_stderr();
    command::run(cli).await
}
