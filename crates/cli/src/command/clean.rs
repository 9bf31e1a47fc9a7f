//! `tryout clean`.

use std::process::ExitCode;

use report::exit;
use runner::{clean::clean, engine::Engine};

use crate::{failure::Failure, output};

pub(crate) async fn run() -> Result<ExitCode, Failure> {
    let engine = Engine::connect()
        .await
        .map_err(|error| Failure::ours(&error))?;
    let cleaned = clean(&engine)
        .await
        .map_err(|error| Failure::ours(&error))?;
    output::say(&format!("{cleaned}\n"));
    Ok(exit::ExitCode::Success.into())
}
