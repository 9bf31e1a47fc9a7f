//! The services of one sandbox: what they are started from, and their start.

use std::{net::SocketAddr, time::Duration};

use bollard::models::{ContainerCreateBody, HostConfig};

use super::{
    Preparing, SandboxError, ended, exit,
    holder::{Holder, Place},
    limits, log,
    rules::Endpoint,
    service::{self, Prepared},
    site::Site,
};
use crate::{RunnerError, ServiceEndpoint, ServiceSpec};

/// For a server that starts from a prepared state on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// `/dev/shm`; the engine's own default.
const SHARED_MEMORY: u64 = 64 * 1024 * 1024;

/// A service that takes up sessions.
#[derive(Debug, Clone)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) container: String,
    pub(super) image: String,
    pub(super) endpoint: ServiceEndpoint,
}

/// A service's container, not started.
#[derive(Debug)]
pub(super) struct Made {
    container: String,
    prepared: Prepared,
}

/// The image of ours that a service is made from.
pub(super) fn base_image(service: &ServiceSpec) -> String {
    service::of(&service.kind).base()
}

/// Finds or makes a service's first state; `base` is the id of [`base_image`].
pub(super) async fn prepare(
    site: &Site,
    service: &ServiceSpec,
    base: &str,
    preparing: &Preparing,
) -> Result<Prepared, RunnerError> {
    match service::of(&service.kind).first_state() {
        Some(state) => preparing.image(site, &service.name, state, base).await,
        None => Ok(Prepared::of_base(base)),
    }
}

/// Where a service is reached by the app.
pub(super) fn endpoint(service: &ServiceSpec, place: Place) -> Endpoint {
    Endpoint {
        address: place.address,
        port: service::of(&service.kind).port(),
    }
}

/// Makes a service's container in its holder's namespace.
pub(super) async fn make(
    site: &Site,
    service: &ServiceSpec,
    holder: &Holder,
    prepared: Prepared,
) -> Result<Made, SandboxError> {
    let server = service::of(&service.kind).server(&service.limits, &prepared);
    let body = ContainerCreateBody {
        image: Some(prepared.image.clone()),
        entrypoint: Some(Vec::new()),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(HostConfig {
            network_mode: Some(holder.network_mode()),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            readonly_rootfs: Some(server.read_only),
            shm_size: Some(limits::bytes(SHARED_MEMORY)),
            tmpfs: Some(server.folders()),
            ..limits::host_config(
                service.limits.memory,
                service.limits.cpus,
                service.limits.pids,
            )
        }),
        cmd: Some(server.command),
        env: Some(server.environment),
        ..Default::default()
    };
    Ok(Made {
        container: site.make_container(&service.name, body).await?,
        prepared,
    })
}

/// Starts a service and waits until it takes up sessions.
pub(super) async fn start(
    site: &Site,
    service: &ServiceSpec,
    address: SocketAddr,
    Made {
        container,
        prepared,
    }: Made,
) -> Result<Service, SandboxError> {
    let kind = service::of(&service.kind);
    site.start(&service.name, &container).await?;
    tokio::select! {
        biased;
        () = kind.ready(address, &prepared) => {}
        () = ended::wait(site.docker(), &container) => {
            return Err(died(site, &service.name, &container).await?);
        }
        () = tokio::time::sleep(READY_WITHIN) => {
            return Err(SandboxError::ServiceNotReady {
                service: service.name.clone(),
                within: READY_WITHIN,
            });
        }
    }
    Ok(Service {
        name: service.name.clone(),
        container,
        endpoint: kind.endpoint(address, &prepared),
        image: prepared.image,
    })
}

async fn died(site: &Site, service: &str, container: &str) -> Result<SandboxError, SandboxError> {
    let state = ended::state(site, service, container).await?;
    let log = log::tail(site.docker(), service, container).await?;
    Ok(SandboxError::ServiceDied {
        service: service.to_owned(),
        exit: exit::in_words(&state),
        log: log.lines.join("\n"),
    })
}
