//! Commands of ours in containers without a network, without rights, and bounded.

use std::collections::HashMap;

use bollard::models::{ContainerCreateBody, HostConfig};

use super::{DockerBackend, SandboxError, ended, limits, opening::HOLDER, site::Site, teardown};
use crate::{
    RunId, RunnerError, RunnerEvent,
    errand::{Errand, ErrandEnd},
};

/// `nobody` of the base system.
const USER: &str = "65534:65534";
const MEMORY: u64 = 256 * 1024 * 1024;
const PIDS: u32 = 64;

/// Runs it to its end and removes its container.
pub(super) async fn run(
    backend: &DockerBackend,
    run: &RunId,
    errand: &Errand,
) -> Result<ErrandEnd, RunnerError> {
    let images = backend
        .images
        .ensure(&[HOLDER], &|_: RunnerEvent| {})
        .await?;
    let image = images.get(HOLDER).cloned().unwrap_or_default();
    let making = backend.makings.of(run);
    let site = Site::new(&backend.engine, &backend.lease, run, making);
    let role = format!("errand-{}", errand.name);
    let container = site.make_container(&role, body(image, errand)).await?;
    let ended = until_ended(&site, &role, &container, errand).await;
    let removed = teardown::remove_container(&backend.engine, &container).await;
    let ended = ended?;
    removed?;
    Ok(ended)
}

async fn until_ended(
    site: &Site,
    role: &str,
    container: &str,
    errand: &Errand,
) -> Result<ErrandEnd, SandboxError> {
    site.start(role, container).await?;
    let wait = ended::wait(site.docker(), container);
    if tokio::time::timeout(errand.within, wait).await.is_err() {
        return Ok(ErrandEnd::Ended);
    }
    let state = ended::state(site, role, container).await?;
    Ok(match state.exit_code {
        Some(code) if state.oom_killed != Some(true) => ErrandEnd::Exited { code },
        _ => ErrandEnd::Ended,
    })
}

fn body(image: String, errand: &Errand) -> ContainerCreateBody {
    let tmp = "rw,exec,nosuid,nodev,size=16m,mode=1777".to_owned();
    ContainerCreateBody {
        image: Some(image),
        user: Some(USER.to_owned()),
        entrypoint: Some(Vec::new()),
        cmd: Some(errand.command.clone()),
        working_dir: Some("/tmp".to_owned()),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(HostConfig {
            readonly_rootfs: Some(true),
            tmpfs: Some(HashMap::from([("/tmp".to_owned(), tmp)])),
            ..limits::aside(MEMORY, PIDS)
        }),
        ..Default::default()
    }
}
