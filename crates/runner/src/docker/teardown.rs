//! Removing containers and networks, whoever else is removing them.

use std::{collections::HashMap, time::Duration};

use bollard::{
    errors::Error as EngineError,
    query_parameters::{
        ListContainersOptionsBuilder, ListNetworksOptionsBuilder, RemoveContainerOptionsBuilder,
    },
};
use futures_util::future::try_join_all;

use super::SandboxError;
use crate::{Engine, RunId, lease};

/// How often all that is there is listed and removed before it is given up.
const ROUNDS: u32 = 10;
/// Between rounds: what is still there is being removed by somebody else, or is just ending.
const PAUSE: Duration = Duration::from_millis(50);

/// A container or network with its labels.
#[derive(Debug, Clone)]
pub(crate) struct Thing {
    pub(crate) id: String,
    pub(crate) labels: HashMap<String, String>,
    /// Whether it is in a network by itself, rather than by another container's namespace.
    connected: bool,
}

/// Removes all that carries a run's label.
pub(super) async fn remove_run(engine: &Engine, run: &RunId) -> Result<(), SandboxError> {
    remove_all(engine, &format!("{}={run}", lease::RUN_LABEL)).await
}

/// Removes all that carries a label, as `NAME=VALUE`.
pub(super) async fn remove_all(engine: &Engine, label: &str) -> Result<(), SandboxError> {
    let mut left = 0;
    for round in 0..ROUNDS {
        let (containers, networks) =
            tokio::try_join!(containers(engine, label), networks(engine, label))?;
        left = containers.len() + networks.len();
        if left == 0 {
            return Ok(());
        }
        if round > 0 {
            tokio::time::sleep(PAUSE * round).await;
        }
        remove_containers(engine, &containers).await?;
        try_join_all(networks.iter().map(|n| remove_network(engine, &n.id))).await?;
    }
    Err(SandboxError::StillThere {
        label: label.to_owned(),
        left,
        rounds: ROUNDS,
    })
}

/// All containers with a label, as `NAME` or `NAME=VALUE`.
pub(crate) async fn containers(engine: &Engine, label: &str) -> Result<Vec<Thing>, SandboxError> {
    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&HashMap::from([("label", vec![label])]))
        .build();
    let listed = engine.docker().list_containers(Some(options)).await;
    let listed = listed.map_err(|source| SandboxError::List {
        things: "containers",
        source,
    })?;
    Ok(listed
        .into_iter()
        .filter_map(|container| {
            let mode = container.host_config.and_then(|host| host.network_mode);
            Some(Thing {
                id: container.id?,
                labels: container.labels.unwrap_or_default(),
                connected: !mode.is_some_and(|mode| mode.starts_with("container:")),
            })
        })
        .collect())
}

/// All networks with a label, as `NAME` or `NAME=VALUE`.
pub(crate) async fn networks(engine: &Engine, label: &str) -> Result<Vec<Thing>, SandboxError> {
    let options = ListNetworksOptionsBuilder::new()
        .filters(&HashMap::from([("label", vec![label])]))
        .build();
    let listed = engine.docker().list_networks(Some(options)).await;
    let listed = listed.map_err(|source| SandboxError::List {
        things: "networks",
        source,
    })?;
    Ok(listed
        .into_iter()
        .filter_map(|network| {
            Some(Thing {
                id: network.id?,
                labels: network.labels.unwrap_or_default(),
                connected: false,
            })
        })
        .collect())
}

/// Ends and removes containers; for each, whether it was this call that did.
///
/// Those that are in a network by themselves go one after the other: when two leave one network in the
/// same moment, Docker 20.10 can lock itself up, and answers nothing about networks until it is
/// started again.
pub(crate) async fn remove_containers(
    engine: &Engine,
    containers: &[Thing],
) -> Result<Vec<bool>, SandboxError> {
    let (connected, others): (Vec<_>, Vec<_>) = containers.iter().partition(|c| c.connected);
    let mut removed = try_join_all(others.iter().map(|c| remove_container(engine, &c.id))).await?;
    for container in connected {
        removed.push(remove_container(engine, &container.id).await?);
    }
    Ok(removed)
}

/// Ends and removes a container with its volumes; whether it was this call that did.
pub(crate) async fn remove_container(engine: &Engine, id: &str) -> Result<bool, SandboxError> {
    let options = RemoveContainerOptionsBuilder::new()
        .force(true)
        .v(true)
        .build();
    match engine.docker().remove_container(id, Some(options)).await {
        Ok(()) => Ok(true),
        Err(error) if is_gone(&error) => Ok(false),
        Err(source) => Err(SandboxError::RemoveContainer {
            name: id.to_owned(),
            source,
        }),
    }
}

/// Removes a network that nothing is connected to; whether it was this call that did. A network that
/// has become busy meanwhile stays: its container is found the next time.
pub(crate) async fn remove_network(engine: &Engine, id: &str) -> Result<bool, SandboxError> {
    match engine.docker().remove_network(id).await {
        Ok(()) => Ok(true),
        Err(error) if is_gone(&error) => Ok(false),
        Err(source) => Err(SandboxError::RemoveNetwork {
            name: id.to_owned(),
            source,
        }),
    }
}

/// Not there any more, or being removed by somebody else (409 for a container, 403 for a network with
/// something connected to it).
fn is_gone(error: &EngineError) -> bool {
    matches!(
        error,
        EngineError::DockerResponseServerError {
            status_code: 403 | 404 | 409,
            ..
        }
    )
}
