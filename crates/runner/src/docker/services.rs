//! The services of one sandbox: what they are started from, and their start.

use std::time::Duration;

use super::{
    Preparing, SandboxError, ended, exit,
    holder::{Holder, Place},
    log,
    postgres::{self, PreparedImage},
    rules::Endpoint,
    site::Site,
};
use crate::{RunnerError, ServiceEndpoint, ServiceKind, ServiceSpec};

/// For a server that starts from a prepared state on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A service's image with its first state.
#[derive(Debug, Clone)]
pub(super) enum Prepared {
    Postgres(PreparedImage),
}

/// A service that takes up sessions.
#[derive(Debug, Clone)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) container: String,
    pub(super) image: String,
    pub(super) endpoint: ServiceEndpoint,
}

/// The image of ours that a service is made from.
pub(super) fn base_image(service: &ServiceSpec) -> String {
    match &service.kind {
        ServiceKind::Postgres(postgres) => format!("tryout/postgres:{}", postgres.version),
    }
}

/// Finds or makes a service's first state; `base` is the id of [`base_image`].
pub(super) async fn prepare(
    site: &Site,
    service: &ServiceSpec,
    base: &str,
    preparing: &Preparing,
) -> Result<Prepared, RunnerError> {
    match &service.kind {
        ServiceKind::Postgres(postgres) => preparing
            .image(site, service, postgres, base)
            .await
            .map(Prepared::Postgres),
    }
}

/// Where a service is reached by the app.
pub(super) fn endpoint(service: &ServiceSpec, place: Place) -> Endpoint {
    let port = match &service.kind {
        ServiceKind::Postgres(_) => postgres::PORT,
    };
    Endpoint {
        address: place.address,
        port,
    }
}

/// A service's container, not started.
#[derive(Debug)]
pub(super) struct Made {
    container: String,
    prepared: Prepared,
}

/// Makes a service's container in its holder's namespace.
pub(super) async fn make(
    site: &Site,
    service: &ServiceSpec,
    holder: &Holder,
    prepared: Prepared,
) -> Result<Made, SandboxError> {
    let Prepared::Postgres(image) = &prepared;
    let container = postgres::make(site, service, holder, image).await?;
    Ok(Made {
        container,
        prepared,
    })
}

/// Starts a service and waits until it takes up sessions.
pub(super) async fn start(
    site: &Site,
    service: &ServiceSpec,
    place: Place,
    made: Made,
) -> Result<Service, SandboxError> {
    let (ServiceKind::Postgres(postgres), Prepared::Postgres(image)) =
        (&service.kind, &made.prepared);
    let container = made.container;
    site.start(&service.name, &container).await?;
    tokio::select! {
        biased;
        () = postgres::ready(place, postgres) => {}
        () = ended::wait(site.docker(), &container) => {
            return Err(died(site, service, &container).await?);
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
        image: image.id.clone(),
        endpoint: postgres::endpoint(place, postgres, image),
    })
}

async fn died(
    site: &Site,
    service: &ServiceSpec,
    container: &str,
) -> Result<SandboxError, SandboxError> {
    let state = ended::state(site, &service.name, container).await?;
    let log = log::tail(site.docker(), &service.name, container).await?;
    Ok(SandboxError::ServiceDied {
        service: service.name.clone(),
        exit: exit::in_words(&state),
        log: log.lines.join("\n"),
    })
}
