//! The services of one sandbox: what they are started from, and their start.

use std::{net::SocketAddr, time::Duration};

use bollard::models::{ContainerCreateBody, ContainerState, HostConfig};
use chrono::DateTime;
use futures_util::future::try_join_all;

use super::{
    SandboxError,
    app::ROLE,
    ended,
    holder::{Holder, Place},
    kept::{Prepared, Preparing},
    limits, log,
    rules::Endpoint,
    site::Site,
    slowing,
};
use crate::{RunnerError, ServiceEndpoint, ServiceSpec, service};

/// For a server that starts from a prepared state on a busy machine.
pub(super) const READY_WITHIN: Duration = Duration::from_secs(30);
/// `/dev/shm`; the engine's own default.
const SHARED_MEMORY: u64 = 64 * 1024 * 1024;

/// A service that takes up sessions.
#[derive(Debug, Clone)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) container: String,
    pub(super) image: String,
    pub(super) endpoint: ServiceEndpoint,
    /// The container of the proxy before it, where it can be made slow.
    pub(super) proxy: Option<String>,
}

/// A service's container, not started.
#[derive(Debug)]
pub(super) struct Made {
    container: String,
    proxy: Option<String>,
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
    sidecar: &str,
) -> Result<Made, SandboxError> {
    let server = service::of(&service.kind).server(&service.limits, &prepared.grader_password);
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
    let proxy = if service.slowed {
        Some(slowing::make(site, service, holder, sidecar).await?)
    } else {
        None
    };
    Ok(Made {
        container: site.make_container(&service.name, body).await?,
        proxy,
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
        proxy,
        prepared,
    }: Made,
) -> Result<Service, SandboxError> {
    let kind = service::of(&service.kind);
    site.start(&service.name, &container).await?;
    tokio::select! {
        biased;
        () = kind.ready(address, &prepared.grader_password) => {}
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
    if let Some(proxy) = &proxy {
        slowing::start(site, &service.name, proxy).await?;
    }
    Ok(Service {
        name: service.name.clone(),
        container,
        endpoint: kind.endpoint(address, &prepared.grader_password),
        image: prepared.image,
        proxy,
    })
}

/// Sees to it that no service ended before the submission's process started: the submission had no
/// part in that, whatever became of it since.
pub(super) async fn were_there(
    site: &Site,
    services: &[Service],
    app: &str,
) -> Result<(), SandboxError> {
    let app = ended::state(site, ROLE, app).await?;
    try_join_all(services.iter().map(async |service| {
        let state = ended::state(site, &service.name, &service.container).await?;
        if ended_before(&state, &app) {
            return Err(died(site, &service.name, &service.container).await?);
        }
        Ok(())
    }))
    .await?;
    Ok(())
}

/// Sees to it that all services run before anything of the submission does.
pub(super) async fn are_there(site: &Site, services: &[Service]) -> Result<(), SandboxError> {
    try_join_all(services.iter().map(async |service| {
        let state = ended::state(site, &service.name, &service.container).await?;
        if state.running != Some(true) {
            return Err(died(site, &service.name, &service.container).await?);
        }
        Ok(())
    }))
    .await?;
    Ok(())
}

/// By the engine's clock alone.
fn ended_before(service: &ContainerState, app: &ContainerState) -> bool {
    let time = |text: &Option<String>| DateTime::parse_from_rfc3339(text.as_deref()?).ok();
    let (ended, started) = (time(&service.finished_at), time(&app.started_at));
    let known = ended
        .zip(started)
        .is_some_and(|(ended, started)| ended < started);
    service.running != Some(true) && known
}

async fn died(site: &Site, service: &str, container: &str) -> Result<SandboxError, SandboxError> {
    let state = ended::state(site, service, container).await?;
    let log = log::tail(site.docker(), service, container).await?;
    Ok(SandboxError::ServiceDied {
        service: service.to_owned(),
        exit: ended::in_words(&state),
        log: log.lines.join("\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(running: bool, started: &str, finished: &str) -> ContainerState {
        ContainerState {
            running: Some(running),
            started_at: Some(started.to_owned()),
            finished_at: Some(finished.to_owned()),
            ..Default::default()
        }
    }

    #[test]
    fn what_ended_before_the_app_began_is_told_from_what_ended_since() {
        let never = "0001-01-01T00:00:00Z";
        let app = state(true, "2026-11-24T10:00:00.123Z", never);
        // The engine leaves zeros at the end out.
        let ended = |at: &str| ended_before(&state(false, never, at), &app);
        assert!(ended("2026-11-24T10:00:00.1Z"));
        assert!(!ended("2026-11-24T10:00:00.2Z"));
        assert!(!ended("2026-11-24T10:00:01Z"));
        assert!(!ended("soon"));
        assert!(!ended_before(&state(true, never, never), &app));
    }
}
