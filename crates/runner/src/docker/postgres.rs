//! A PostgreSQL server: its address, its roles, and how it is started from its kept image.

mod image;

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
};

use bollard::models::{ContainerCreateBody, HostConfig};

use super::{
    holder::{Holder, Place},
    limits,
    site::Site,
};
use crate::{PostgresSpec, ServiceEndpoint, ServiceSpec, docker::SandboxError, wait};

pub(super) use image::{PreparedImage, Preparing};

/// Where it listens.
pub(super) const PORT: u16 = 5432;
/// The owner of the database; not a superuser.
const APP_ROLE: &str = "app";
/// Fixed: nobody but the submission reaches its database, and it is told the password anyway.
const APP_PASSWORD: &str = "app";
/// Reads everything and writes nothing.
const GRADER_ROLE: &str = "tryout_grader";
/// Shared memory beside `shared_buffers`, which is not of it.
const SHARED_MEMORY: u64 = 64 * 1024 * 1024;

/// The URL that the submission is handed.
pub(super) fn app_url(service: &ServiceSpec, postgres: &PostgresSpec) -> String {
    let (host, database) = (&service.name, &postgres.database);
    format!("postgres://{APP_ROLE}:{APP_PASSWORD}@{host}:{PORT}/{database}")
}

/// Where the grader reaches it.
pub(super) fn endpoint(
    place: Place,
    postgres: &PostgresSpec,
    image: &PreparedImage,
) -> ServiceEndpoint {
    ServiceEndpoint::Postgres {
        address: address(place),
        database: postgres.database.clone(),
        user: GRADER_ROLE.to_owned(),
        password: image.grader_password.clone(),
    }
}

/// Makes the server's container in its holder's namespace.
pub(super) async fn make(
    site: &Site,
    service: &ServiceSpec,
    holder: &Holder,
    image: &PreparedImage,
) -> Result<String, SandboxError> {
    let body = ContainerCreateBody {
        image: Some(image.id.clone()),
        entrypoint: Some(Vec::new()),
        cmd: Some(["postgres", "-k", "/tmp"].map(str::to_owned).to_vec()),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(HostConfig {
            network_mode: Some(holder.network_mode()),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            shm_size: Some(limits::bytes(SHARED_MEMORY)),
            tmpfs: Some(socket_folder()),
            ..limits::host_config(
                service.limits.memory,
                service.limits.cpus,
                service.limits.pids,
            )
        }),
        ..Default::default()
    };
    site.make_container(&service.name, body).await
}

/// Ends when the server takes up sessions.
pub(super) async fn ready(place: Place, postgres: &PostgresSpec) {
    wait::accepts_sessions(address(place), GRADER_ROLE, &postgres.database).await;
}

fn address(place: Place) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(place.address), PORT)
}

/// `/tmp` for the server's socket, which must not be kept in an image.
fn socket_folder() -> HashMap<String, String> {
    let options = "rw,nosuid,nodev,noexec,size=16m,mode=1777";
    HashMap::from([("/tmp".to_owned(), options.to_owned())])
}
