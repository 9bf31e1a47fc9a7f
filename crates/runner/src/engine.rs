//! The connection to the container engine.

mod address;
mod tunnel;

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};

use bollard::{API_DEFAULT_VERSION, ClientVersion, Docker};

use self::{
    address::{Address, Surroundings},
    tunnel::Tunnel,
};
use crate::{EngineFacts, RunnerError};

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
    /// Held for as long as anybody uses the engine.
    #[expect(dead_code, reason = "held, not read")]
    tunnel: Option<Arc<Tunnel>>,
}

impl Engine {
    /// Connects to the engine that Docker's own program would use: the one that `DOCKER_HOST` names
    /// (`unix://`, `tcp://`, `https://` or `ssh://`, with `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`),
    /// else that of the context in use, else one at a local socket.
    ///
    /// # Errors
    /// [`RunnerError::NoEngine`] when nothing answers in time, [`RunnerError::EngineTooOld`] when its
    /// API is older than 1.41.
    pub async fn connect() -> Result<Self, RunnerError> {
        match Surroundings::of_environment().address() {
            Ok(address) => Self::connect_at(&address).await,
            Err((context, why)) => Err(RunnerError::NoEngine {
                address: format!("the Docker context {context:?}"),
                source: why.into(),
            }),
        }
    }

    /// Connects to the engine at an address written as `DOCKER_HOST` is.
    ///
    /// # Errors
    /// As for [`Engine::connect`].
    pub async fn connect_to(address: &str) -> Result<Self, RunnerError> {
        let address = Address {
            host: address.to_owned(),
            certificates: None,
        };
        Self::connect_at(&address).await
    }

    async fn connect_at(address: &Address) -> Result<Self, RunnerError> {
        let no_engine = |source: Box<dyn std::error::Error + Send + Sync>| RunnerError::NoEngine {
            address: address.host.clone(),
            // The clients in between only say that they failed.
            source: deepest(&*source),
        };
        let tunnel = match address.host.strip_prefix("ssh://") {
            Some(far) => match Tunnel::open(far).await {
                Ok(tunnel) => Some(tunnel),
                Err(error) => {
                    return Err(RunnerError::NoEngine {
                        address: address.host.clone(),
                        source: error.into(),
                    });
                }
            },
            None => None,
        };
        let near = tunnel.as_ref().map(|tunnel| Address {
            host: tunnel.address(),
            certificates: None,
        });
        let docker = client(near.as_ref().unwrap_or(address))
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
            reached_at: host_of(&address.host).await,
            tunnel: tunnel.map(Arc::new),
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

fn client(address: &Address) -> Result<Docker, bollard::errors::Error> {
    let Some(folder) = &address.certificates else {
        return Docker::connect_with_host(&address.host);
    };
    Docker::connect_with_ssl(
        &address.host,
        &folder.join("key.pem"),
        &folder.join("cert.pem"),
        &folder.join("ca.pem"),
        ANSWER_WITHIN.as_secs(),
        API_DEFAULT_VERSION,
    )
}

/// That of `tcp://HOST:PORT` or `ssh://USER@HOST`; of a socket, this host, also where the engine is in a virtual machine.
async fn host_of(address: &str) -> IpAddr {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (scheme, rest) = address.split_once("://").unwrap_or(("tcp", address));
    let rest = rest.trim_end_matches('/');
    let named = match scheme {
        "tcp" | "http" | "https" => rest.to_owned(),
        "ssh" => {
            let host = rest.split('/').next().unwrap_or(rest);
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            let host = host.split_once(':').map_or(host, |(host, _)| host);
            format!("{host}:22")
        }
        _ => return here,
    };
    // It has answered there already.
    let found = tokio::net::lookup_host(named).await;
    found
        .ok()
        .and_then(|mut all| all.next())
        .map_or(here, |found| found.ip())
}

/// What the last cause of an error says; of one of the host, its kind as well.
fn deepest(
    mut error: &(dyn std::error::Error + 'static),
) -> Box<dyn std::error::Error + Send + Sync> {
    while let Some(source) = error.source() {
        error = source;
    }
    match error.downcast_ref::<io::Error>() {
        Some(of_host) => io::Error::new(of_host.kind(), of_host.to_string()).into(),
        None => error.to_string().into(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the client failed")]
    struct Client(#[source] io::Error);

    #[test]
    fn an_engine_that_is_there_and_denied_is_told_from_none() {
        let of = |kind: io::ErrorKind| RunnerError::NoEngine {
            address: "unix:///var/run/docker.sock".to_owned(),
            source: deepest(&Client(io::Error::from(kind))),
        };
        assert!(of(io::ErrorKind::PermissionDenied).is_denied());
        assert!(!of(io::ErrorKind::NotFound).is_denied());
        assert!(!RunnerError::NoVisits.is_denied());
    }
}
