//! The way into a sandbox whose addresses are not in this host's reach: the engine runs in a virtual
//! machine, without root, in a network namespace of its own, or on another host.
//!
//! A container of ours stands in the sandbox's network and in the engine's usual one. Ports of it are
//! published; its kernel passes on what comes to them, and nothing else. The engine's side of it is
//! the loopback address for an engine at a socket, and the engine's own address for one reached by TCP:
//! whoever reaches that can reach the submission while it is graded.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use bollard::models::{ContainerCreateBody, ContainerInspectResponse, HostConfig, PortBinding};

use super::{
    SandboxError, limits,
    rules::{Endpoint, Ruleset},
    site::{self, Site},
    way::Way,
};

const ROLE: &str = "forwarder";
const MEMORY: u64 = 32 * 1024 * 1024;
const PIDS: u32 = 16;
/// The first port; each target has one, in their order.
const FIRST_PORT: u16 = 20_000;

/// A running forwarder that passes on nothing yet.
#[derive(Debug)]
pub(super) struct Forwarder {
    container: String,
    /// In the sandbox's network.
    address: Ipv4Addr,
    /// Where each port is reached from here.
    published: Vec<SocketAddr>,
}

impl Forwarder {
    /// Starts one with room for so many targets.
    pub(super) async fn start(
        site: &Site,
        image: &str,
        network: &str,
        targets: usize,
    ) -> Result<Self, SandboxError> {
        let reached_at = site.engine.reached_at();
        let ports: Vec<_> = (FIRST_PORT..).take(targets).collect();
        let body = body(image, reached_at, &ports);
        let container = site.make_container(ROLE, body).await?;
        site.connect(ROLE, &container, network).await?;
        site.start(ROLE, &container).await?;
        let inspected = site.inspect(ROLE, &container).await?;
        let (address, _) = site::address(ROLE, &inspected, network)?;
        let published = ports
            .iter()
            .map(|port| {
                let published = published(&inspected, *port);
                let published = published.ok_or_else(|| SandboxError::NotPublished {
                    port: *port,
                    address: reached_at,
                })?;
                Ok(SocketAddr::new(reached_at, published))
            })
            .collect::<Result<_, SandboxError>>()?;
        Ok(Self {
            container,
            address,
            published,
        })
    }

    /// Passes on to an app, its second instance where there may be one, and its services.
    pub(super) async fn open(
        &self,
        site: &Site,
        (app, replica): (Endpoint, Option<Endpoint>),
        services: &[Endpoint],
    ) -> Result<(), SandboxError> {
        let targets = [app].into_iter().chain(replica);
        let targets = targets.chain(services.iter().copied());
        let targets: Vec<_> = (FIRST_PORT..).zip(targets).collect();
        let rules = Ruleset::of_forwarder(&targets);
        rules.load(site.docker(), ROLE, &self.container).await
    }

    /// Through it.
    pub(super) fn way(&self, replicated: bool) -> Option<Way> {
        let (app, others) = self.published.split_first()?;
        let (replica, services) = others.split_at_checked(usize::from(replicated))?;
        Some(Way {
            from: self.address,
            app: *app,
            replica: replica.first().copied(),
            services: services.to_vec(),
        })
    }
}

fn body(image: &str, reached_at: IpAddr, ports: &[u16]) -> ContainerCreateBody {
    let names = || ports.iter().map(|port| format!("{port}/tcp"));
    let binding = PortBinding {
        host_ip: Some(reached_at.to_string()),
        // Any that is free.
        host_port: Some(String::new()),
    };
    ContainerCreateBody {
        image: Some(image.to_owned()),
        user: Some("65534:65534".to_owned()),
        healthcheck: Some(limits::no_health_check()),
        exposed_ports: Some(names().collect()),
        host_config: Some(HostConfig {
            port_bindings: Some(
                names()
                    .map(|name| (name, Some(vec![binding.clone()])))
                    .collect(),
            ),
            sysctls: Some(HashMap::from([(
                "net.ipv4.ip_forward".to_owned(),
                "1".to_owned(),
            )])),
            cap_drop: Some(vec!["ALL".to_owned()]),
            cap_add: Some(vec!["NET_ADMIN".to_owned()]),
            ..limits::host_config(MEMORY, 1.0, PIDS)
        }),
        ..Default::default()
    }
}

/// The port on the engine's side.
fn published(container: &ContainerInspectResponse, port: u16) -> Option<u16> {
    let ports = container.network_settings.as_ref()?.ports.as_ref()?;
    let bindings = ports.get(&format!("{port}/tcp"))?.as_ref()?;
    bindings.first()?.host_port.as_ref()?.parse().ok()
}
