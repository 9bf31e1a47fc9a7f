//! One subcommand a file.

mod bench;
mod campaign;
mod challenge;
mod clean;
mod demo;
mod doctor;
mod grade;
mod images;
mod lint;
mod load;
mod new;
mod pack;
mod report;
mod run;
mod stability;
mod verify;

use std::process::ExitCode;

use crate::{
    args::{Cli, Command},
    failure::Failure,
    output::{self, Look},
    places::Places,
};

/// Does what was asked for; failures are told on stderr and become exit codes here alone.
pub(crate) async fn run(cli: Cli) -> ExitCode {
    let done = Box::pin(dispatch(&cli)).await;
    done.unwrap_or_else(|failure| {
        output::say(&failure.describe(&Look::stderr()));
        failure.exit_code()
    })
}

async fn dispatch(cli: &Cli) -> Result<ExitCode, Failure> {
    let global = &cli.global;
    let places = Places::new(global);
    match &cli.command {
        Command::Grade(args) => Box::pin(grade::run(global, &places, args)).await,
        Command::Demo(args) => demo::run(global, &places, args).await,
        Command::Images(args) => images::run(&places, args).await,
        Command::Load(args) => Box::pin(load::run(global, args)).await,
        Command::Clean => clean::run().await,
        Command::Doctor => doctor::run(&places).await,
        Command::Challenge(args) => challenge::run(global, &places, args).await,
        Command::Report(args) => report::run(args),
    }
}
