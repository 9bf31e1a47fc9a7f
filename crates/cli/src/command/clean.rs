//! `tryout clean`.

use std::process::ExitCode;

use report::exit;
use runner::{Cleaned, Engine, clean, clean_host};

use crate::{failure::Failure, output};

pub(crate) async fn run() -> Result<ExitCode, Failure> {
    let engine = match Engine::connect().await {
        Ok(engine) => engine,
        Err(error) => {
            tell(&clean_host().await);
            let failure = Failure::ours(&error);
            return Err(Failure::Ours(format!(
                "only this machine itself was looked at, no containers: {failure}"
            )));
        }
    };
    let cleaned = clean(&engine)
        .await
        .map_err(|error| Failure::ours(&error))?;
    tell(&cleaned);
    Ok(exit::ExitCode::Success.into())
}

fn tell(cleaned: &Cleaned) {
    if cleaned.is_empty() {
        output::say("nothing was left behind\n");
    } else {
        output::say(&format!(
            "removed {} containers, {} networks, {} processes and {} temporary folders of runs that died\n",
            cleaned.containers,
            cleaned.networks,
            cleaned.processes,
            cleaned.folders.len()
        ));
    }
}
