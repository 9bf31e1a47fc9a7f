//! Where the things of one sandbox are made.

use std::{
    collections::HashMap,
    future::Future,
    net::Ipv4Addr,
    path::Path,
    sync::{Mutex, PoisonError},
};

use bollard::{
    Docker,
    errors::Error as EngineError,
    models::{
        ContainerCreateBody, ContainerInspectResponse, EndpointSettings, NetworkConnectRequest,
        NetworkCreateRequest,
    },
    query_parameters::{CreateContainerOptionsBuilder, InspectContainerOptions},
};
use tokio_util::task::TaskTracker;

use super::{
    SandboxError,
    loosening::{Loosening, Part},
};
use crate::{
    Engine, RunId,
    lease::{Lease, SANDBOX_LABEL},
};

/// Requests in flight that make something, by run.
///
/// A request whose caller was dropped may still make its thing. Removing a run's things therefore
/// waits for these first; a dropped caller makes nothing afterwards.
#[derive(Debug, Default)]
pub(super) struct Makings {
    runs: Mutex<HashMap<RunId, TaskTracker>>,
}

impl Makings {
    pub(super) fn of(&self, run: &RunId) -> TaskTracker {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.entry(run.clone()).or_default().clone()
    }

    /// Waits until nothing of a run is being made.
    pub(super) async fn settle(&self, run: &RunId) {
        let tracker = {
            let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
            runs.remove(run)
        };
        if let Some(tracker) = tracker {
            tracker.close();
            tracker.wait().await;
        }
    }
}

/// A private network.
#[derive(Debug, Clone)]
pub(super) struct Network {
    pub(super) name: String,
    id: String,
}

impl Network {
    /// Whether its addresses are in this host's reach. Engines call a network's bridge by the
    /// beginning of its id, and no two networks have the same one.
    fn is_here(&self) -> bool {
        let id = self.id.get(..12).unwrap_or(&self.id);
        Path::new("/sys/class/net")
            .join(format!("br-{id}"))
            .exists()
    }
}

/// Where the things of one sandbox are made: each with its labels, none forgotten.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) engine: Engine,
    labels: HashMap<String, String>,
    /// Begins every name: `tryout-RUN-SANDBOX`.
    prefix: String,
    making: TaskTracker,
    loosening: Option<Loosening>,
    runtime: Option<String>,
    forwarded: bool,
}

impl Site {
    pub(super) fn new(engine: &Engine, lease: &Lease, run: &RunId, making: TaskTracker) -> Self {
        let mut sandbox = uuid::Uuid::new_v4().simple().to_string();
        sandbox.truncate(6);
        let mut labels = lease.labels(run);
        labels.insert(SANDBOX_LABEL.to_owned(), sandbox.clone());
        Self {
            engine: engine.clone(),
            labels,
            prefix: format!("tryout-{run}-{sandbox}"),
            making,
            loosening: None,
            runtime: None,
            forwarded: false,
        }
    }

    /// Of the things of this sandbox, as `NAME=VALUE`.
    pub(super) fn label(&self) -> String {
        let sandbox = self.labels.get(SANDBOX_LABEL).map_or("", String::as_str);
        format!("{SANDBOX_LABEL}={sandbox}")
    }

    /// With less asked for, for tests.
    pub(super) fn loosened(mut self, loosening: Option<Loosening>) -> Self {
        self.loosening = loosening;
        self
    }

    /// With a runtime for the submission's containers.
    pub(super) fn with_runtime(mut self, runtime: Option<String>) -> Self {
        self.runtime = runtime;
        self
    }

    /// Whether through a forwarder in any case.
    pub(super) fn forwarded(mut self, forwarded: bool) -> Self {
        self.forwarded = forwarded;
        self
    }

    /// Whether a network's addresses are used from here.
    pub(super) fn reaches(&self, network: &Network) -> bool {
        !self.forwarded && network.is_here()
    }

    /// The runtime of the submission's containers; the engine's usual one where there is none.
    pub(super) fn runtime(&self) -> Option<String> {
        self.runtime.clone()
    }

    /// Takes from a container what a test wants to see gone.
    pub(super) fn loosen(&self, part: Part, body: &mut ContainerCreateBody) {
        if let Some(loosening) = &self.loosening {
            loosening.apply(part, body);
        }
    }

    pub(super) fn docker(&self) -> &Docker {
        self.engine.docker()
    }

    /// Makes a container; its labels overrule those of its image, which may be a stranger's.
    pub(super) async fn make_container(
        &self,
        role: &str,
        mut body: ContainerCreateBody,
    ) -> Result<String, SandboxError> {
        body.labels
            .get_or_insert_default()
            .extend(self.labels.clone());
        let options = CreateContainerOptionsBuilder::new()
            .name(&format!("{}-{role}", self.prefix))
            .build();
        let docker = self.docker().clone();
        let made = self.finish(role, async move {
            docker.create_container(Some(options), body).await
        });
        match made.await? {
            Ok(made) => Ok(made.id),
            Err(source) => Err(SandboxError::MakeContainer {
                role: role.to_owned(),
                source,
            }),
        }
    }

    /// Starts a container.
    pub(super) async fn start(&self, role: &str, container: &str) -> Result<(), SandboxError> {
        self.docker()
            .start_container(container, None)
            .await
            .map_err(|source| SandboxError::StartContainer {
                role: role.to_owned(),
                source,
            })
    }

    /// Puts a container into a network beside its own; started, it has an address in both.
    pub(super) async fn connect(
        &self,
        role: &str,
        container: &str,
        network: &str,
    ) -> Result<(), SandboxError> {
        let join = NetworkConnectRequest {
            container: container.to_owned(),
            endpoint_config: Some(EndpointSettings::default()),
        };
        let joined = self.docker().connect_network(network, join).await;
        joined.map_err(|source| SandboxError::Connect {
            role: role.to_owned(),
            source,
        })
    }

    /// Looks at a container.
    pub(super) async fn inspect(
        &self,
        role: &str,
        container: &str,
    ) -> Result<ContainerInspectResponse, SandboxError> {
        self.docker()
            .inspect_container(container, None::<InspectContainerOptions>)
            .await
            .map_err(|source| SandboxError::Inspect {
                role: role.to_owned(),
                source,
            })
    }

    /// Makes the sandbox's private network.
    pub(super) async fn make_network(&self) -> Result<Network, SandboxError> {
        self.make_network_named(self.prefix.clone()).await
    }

    /// Makes a private network beside it.
    pub(super) async fn make_network_of(&self, role: &str) -> Result<Network, SandboxError> {
        self.make_network_named(format!("{}-{role}", self.prefix))
            .await
    }

    async fn make_network_named(&self, name: String) -> Result<Network, SandboxError> {
        let request = NetworkCreateRequest {
            name: name.clone(),
            driver: Some("bridge".to_owned()),
            internal: Some(true),
            enable_ipv6: Some(false),
            labels: Some(self.labels.clone()),
            ..Default::default()
        };
        let docker = self.docker().clone();
        let made = self.finish(
            "network",
            async move { docker.create_network(request).await },
        );
        match made.await? {
            Ok(made) => Ok(Network { name, id: made.id }),
            Err(source) if is_exhaustion(&source) => {
                Err(SandboxError::NoAddressRangeLeft { source })
            }
            Err(source) => Err(SandboxError::MakeNetwork { source }),
        }
    }

    /// Runs a making request to its end even when the caller is dropped, so that what it makes is
    /// there to be removed when [`Makings::settle`] returns.
    async fn finish<T: Send + 'static>(
        &self,
        what: &str,
        making: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, SandboxError> {
        let given_up = || SandboxError::GivenUp {
            what: what.to_owned(),
        };
        if self.making.is_closed() {
            return Err(given_up());
        }
        self.making.spawn(making).await.map_err(|_| given_up())
    }
}

/// Docker names no code of its own for it.
fn is_exhaustion(error: &EngineError) -> bool {
    matches!(
        error,
        EngineError::DockerResponseServerError { message, .. }
            if message.contains("non-overlapping") || message.contains("fully subnetted")
    )
}

/// The address in a private network and the gateway of it, which is this host.
pub(super) fn address(
    role: &str,
    container: &ContainerInspectResponse,
    network: &str,
) -> Result<(Ipv4Addr, Ipv4Addr), SandboxError> {
    let endpoint = container
        .network_settings
        .as_ref()
        .and_then(|settings| settings.networks.as_ref())
        .and_then(|networks| networks.get(network));
    let parse = |text: Option<&String>| text.and_then(|text| text.parse().ok());
    endpoint
        .and_then(|e| Some((parse(e.ip_address.as_ref())?, parse(e.gateway.as_ref())?)))
        .ok_or_else(|| SandboxError::NoAddress {
            role: role.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_without_address_ranges_is_told_from_another_refusal() {
        let told = |message: &str| EngineError::DockerResponseServerError {
            status_code: 500,
            message: message.to_owned(),
        };
        // As 20.10 and as 28 say it.
        assert!(is_exhaustion(&told(
            "could not find an available, non-overlapping IPv4 address pool among the defaults to \
             assign to the network"
        )));
        assert!(is_exhaustion(&told(
            "all predefined address pools have been fully subnetted"
        )));
        assert!(!is_exhaustion(&told("no space left on device")));
    }

    #[tokio::test]
    async fn what_a_dropped_caller_began_is_waited_for() {
        let makings = Makings::default();
        let run = RunId::random();
        let (go_on, gate) = tokio::sync::oneshot::channel::<()>();
        let (made, is_made) = tokio::sync::oneshot::channel();
        let caller = makings.of(&run).spawn(async move {
            let _ = gate.await;
            let _ = made.send(());
        });
        drop(caller);
        let mut settled = std::pin::pin!(makings.settle(&run));
        assert!(futures_util::poll!(&mut settled).is_pending());
        go_on.send(()).unwrap();
        settled.await;
        assert!(is_made.await.is_ok());
    }
}
