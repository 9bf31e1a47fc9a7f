//! The connection to the container engine.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use bollard::{ClientVersion, Docker};

use crate::{EngineFacts, RunnerError};

/// Where the engine is when `DOCKER_HOST` does not say.
const LOCAL_SOCKET: &str = "unix:///var/run/docker.sock";

/// The oldest API that is spoken: that of Docker Engine 20.10.
const OLDEST_API: ClientVersion = ClientVersion {
    major_version: 1,
    minor_version: 41,
};

/// An engine that is there at all answers well within this.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How long one request may go without the head of its answer. Stopping a container and unpacking
/// an image answer only when they are done.
const ANSWER_WITHIN: Duration = Duration::from_mins(5);

/// A container engine that answers and is new enough. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    docker: Docker,
    facts: EngineFacts,
    reached_at: IpAddr,
}

impl Engine {
    /// Connects to the engine that `DOCKER_HOST` names (`unix://`, `tcp://` or `http://`), else to the
    /// local socket.
    ///
    /// # Errors
    /// [`RunnerError::NoEngine`] when nothing answers in time, [`RunnerError::EngineTooOld`] when its
    /// API is older than 1.41.
    pub async fn connect() -> Result<Self, RunnerError> {
        let address = std::env::var("DOCKER_HOST").unwrap_or_else(|_| LOCAL_SOCKET.to_owned());
        Self::connect_to(&address).await
    }

    /// Connects to the engine at an address written as `DOCKER_HOST` is.
    ///
    /// # Errors
    /// As for [`Engine::connect`].
    pub async fn connect_to(address: &str) -> Result<Self, RunnerError> {
        let no_engine = |source: Box<dyn std::error::Error + Send + Sync>| RunnerError::NoEngine {
            address: address.to_owned(),
            // The clients in between only say that they failed.
            source: deepest(&*source).into(),
        };
        let docker = Docker::connect_with_host(address)
            .map_err(|e| no_engine(e.into()))?
            .with_timeout(CONNECT_WITHIN);
        let greeting = async {
            let docker = docker.negotiate_version().await?;
            let version = docker.version().await?;
            Ok::<_, bollard::errors::Error>((docker, version))
        };
        // Bollard's own limit ends at the head of an answer; a server that then says no more is no
        // engine either.
        let (docker, version) = tokio::time::timeout(CONNECT_WITHIN * 2, greeting)
            .await
            .map_err(|e| no_engine(e.into()))?
            .map_err(|e| no_engine(e.into()))?;
        let spoken = docker.client_version();
        let name = engine_name(&version);
        if spoken < OLDEST_API {
            return Err(RunnerError::EngineTooOld {
                name,
                api: spoken.to_string(),
                oldest: OLDEST_API.to_string(),
            });
        }
        let facts = EngineFacts {
            name,
            api: spoken.to_string(),
            platform: format!(
                "{}/{}",
                version.os.as_deref().unwrap_or("unknown"),
                version.arch.as_deref().unwrap_or("unknown"),
            ),
        };
        Ok(Self {
            docker: docker.with_timeout(ANSWER_WITHIN),
            facts,
            reached_at: host_of(address).await,
        })
    }

    /// The address of the engine's host for ports that it publishes.
    pub(crate) fn reached_at(&self) -> IpAddr {
        self.reached_at
    }

    /// Which engine it is.
    pub fn facts(&self) -> &EngineFacts {
        &self.facts
    }

    /// For requests of the other modules.
    pub fn docker(&self) -> &Docker {
        &self.docker
    }
}

/// That of `tcp://HOST:PORT`; of a socket, this host, also where the engine is in a virtual machine.
async fn host_of(address: &str) -> IpAddr {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (scheme, rest) = address.split_once("://").unwrap_or(("tcp", address));
    if !matches!(scheme, "tcp" | "http" | "https") {
        return here;
    }
    // It has answered there already.
    let found = tokio::net::lookup_host(rest.trim_end_matches('/')).await;
    found
        .ok()
        .and_then(|mut all| all.next())
        .map_or(here, |found| found.ip())
}

/// What the last cause of an error says.
fn deepest(mut error: &(dyn std::error::Error + 'static)) -> String {
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// `Docker Engine 20.10.24`: Docker itself calls its engine only `Engine`.
fn engine_name(version: &bollard::models::SystemVersion) -> String {
    let component = version
        .components
        .as_ref()
        .and_then(|all| all.first())
        .map_or("Engine", |c| c.name.as_str());
    let number = version.version.as_deref().unwrap_or("of unknown version");
    // A distribution's suffix (`+dfsg1`) says nothing about what the engine can do.
    let number = number.split('+').next().unwrap_or(number);
    if component == "Engine" {
        format!("Docker Engine {number}")
    } else {
        format!("{component} {number}")
    }
}
