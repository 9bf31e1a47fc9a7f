//! Removing what dead runs left, and nothing else.

use std::{path::PathBuf, time::Duration};

use futures_util::future::try_join_all;

use crate::{
    Engine, RunnerError,
    docker::teardown::{Thing, containers, networks, remove_containers, remove_network},
    lease, local,
};

/// How often all that is there is listed and removed: an engine finishes what a dead process asked of it,
/// and a network that was in use is free a moment later.
const ROUNDS: u32 = 10;

/// Between two rounds, where one left something: so that the engine gets on with what it is about.
const PAUSE: Duration = Duration::from_millis(200);

/// What was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// How many containers.
    pub containers: usize,
    /// How many private networks.
    pub networks: usize,
    /// How many processes on this host.
    pub processes: usize,
    /// The temporary folders.
    pub folders: Vec<PathBuf>,
}

impl Cleaned {
    /// Whether there was nothing to remove.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Ends the processes and removes the containers, networks and temporary folders whose makers are
/// gone. Those of a live process stay, and so does whatever is not ours.
///
/// # Errors
/// When the engine does not list what there is, or does not remove it.
pub async fn clean(engine: &Engine) -> Result<Cleaned, RunnerError> {
    let mut cleaned = clean_host().await;
    for _ in 0..ROUNDS {
        let round = round(engine).await?;
        cleaned.containers += round.containers;
        cleaned.networks += round.networks;
        if round.found == 0 {
            break;
        }
        if round.containers + round.networks < round.found {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(cleaned)
}

/// What one look at the engine came to.
struct Round {
    /// How many things of dead runs there were.
    found: usize,
    /// How many containers were removed.
    containers: usize,
    /// How many networks were.
    networks: usize,
}

async fn round(engine: &Engine) -> Result<Round, RunnerError> {
    let of_runs = lease::RUN_LABEL;
    let (containers, networks) =
        tokio::try_join!(containers(engine, of_runs), networks(engine, of_runs))?;
    let containers = dead(containers);
    let networks = dead(networks);
    let removed = remove_containers(engine, &containers).await?;
    let disconnected = try_join_all(networks.iter().map(|n| remove_network(engine, &n.id))).await?;
    Ok(Round {
        found: containers.len() + networks.len(),
        containers: count(&removed),
        networks: count(&disconnected),
    })
}

/// The same of what is on this host alone; needs no engine.
pub async fn clean_host() -> Cleaned {
    let (processes, folders) = local::remove_dead().await;
    Cleaned {
        processes,
        folders,
        ..Cleaned::default()
    }
}

fn dead(things: Vec<Thing>) -> Vec<Thing> {
    things
        .into_iter()
        .filter(|thing| lease::is_dead(&thing.labels))
        .collect()
}

/// Another process that cleans at the same time may have been first.
fn count(removed: &[bool]) -> usize {
    removed.iter().filter(|&&by_us| by_us).count()
}
