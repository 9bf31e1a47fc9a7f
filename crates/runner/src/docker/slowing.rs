//! A proxy before a service, which makes it slow.
//!
//! It stands in the service's network namespace: what comes from the app to the service's port is led to the
//! proxy's by the namespace's rules, and what comes from us is not. So the service keeps its name, its address and
//! its port, and neither the app nor the service can be past it. It is steered as a stub is.

use std::time::Duration;

use bollard::models::{ContainerCreateBody, HostConfig};
use sidecar::protocol::{Order, PROGRAM};
use tokio::time::Instant;

use super::{
    SandboxError, breaking::BreakingError, ended, holder::Holder, limits, services::Service,
    site::Site, steering,
};
use crate::{
    ServiceSpec, ServiceState,
    service::{self, FOLDER, TMP, USER, folders},
};

/// Twice what it cannot use up whatever comes, and as much for what the kernel keeps of its connections.
pub(super) const MEMORY: u64 = 512 * 1024 * 1024;
const PIDS: u32 = 32;
/// As many connections as it takes up, each with one to the service.
const OPEN_FILES: u32 = 4096;
/// For a small program of ours on a busy machine.
const HEARS_WITHIN: Duration = Duration::from_secs(30);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// Makes the proxy of a service.
pub(super) async fn make(
    site: &Site,
    spec: &ServiceSpec,
    holder: &Holder,
    image: &str,
) -> Result<String, SandboxError> {
    let port = service::of(&spec.kind).port().to_string();
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        user: Some(format!("{USER}:{USER}")),
        entrypoint: Some(Vec::new()),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(HostConfig {
            network_mode: Some(holder.network_mode()),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            readonly_rootfs: Some(true),
            tmpfs: Some(folders(TMP)),
            ulimits: Some(vec![limits::open_files(OPEN_FILES)]),
            ..limits::host_config(MEMORY, 1.0, PIDS)
        }),
        cmd: Some(
            [PROGRAM, "proxy", FOLDER, &port]
                .map(str::to_owned)
                .to_vec(),
        ),
        ..Default::default()
    };
    site.make_container(&role(&spec.name), body).await
}

/// Starts it, first or again, and waits until it listens.
pub(super) async fn start(site: &Site, service: &str, proxy: &str) -> Result<(), SandboxError> {
    site.start(&role(service), proxy).await?;
    let deadline = Instant::now() + HEARS_WITHIN;
    loop {
        let Err(error) = tell(site, service, proxy, Duration::ZERO).await else {
            return Ok(());
        };
        if Instant::now() > deadline {
            return Err(error);
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

/// From now on a service is so slow.
pub(super) async fn delay(
    site: &Site,
    spec: &ServiceSpec,
    service: &Service,
    by: Duration,
) -> Result<(), SandboxError> {
    let Some(proxy) = &service.proxy else {
        let service = spec.name.clone();
        return Err(BreakingError::NoProxy { service }.into());
    };
    tell(site, &spec.name, proxy, by).await
}

/// Whether it runs; without it the service is of no use to the app.
pub(super) async fn state(
    site: &Site,
    service: &str,
    proxy: &str,
) -> Result<ServiceState, SandboxError> {
    let state = ended::state(site, &role(service), proxy).await?;
    Ok(match state.running {
        Some(true) => ServiceState::Running,
        _ => ServiceState::Exited {
            exit: format!("the proxy before it: {}", ended::in_words(&state)),
        },
    })
}

/// In names of containers and in messages.
pub(super) fn role(service: &str) -> String {
    format!("{service}-delay")
}

async fn tell(site: &Site, service: &str, proxy: &str, by: Duration) -> Result<(), SandboxError> {
    let by_ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
    let order = Order::Delay { by_ms };
    steering::give(site, &role(service), proxy, &order).await?;
    Ok(())
}
