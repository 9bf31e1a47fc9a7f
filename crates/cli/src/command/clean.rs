//! `tryout clean`.

use std::process::ExitCode;

use report::exit;
use runner::{Engine, clean};

use crate::{failure::Failure, output};

pub(crate) async fn run() -> Result<ExitCode, Failure> {
    let engine = Engine::connect()
        .await
        .map_err(|error| Failure::ours(&error))?;
    let cleaned = clean(&engine)
        .await
        .map_err(|error| Failure::ours(&error))?;
    if cleaned.is_empty() {
        output::say("nothing was left behind\n");
    } else {
        output::say(&format!(
            "removed {} containers, {} networks and {} temporary folders of runs that died\n",
            cleaned.containers,
            cleaned.networks,
            cleaned.folders.len()
        ));
    }
    Ok(exit::ExitCode::Success.into())
}
