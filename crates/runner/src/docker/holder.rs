//! A tiny container of ours that holds a network namespace.
//!
//! An app or a service joins its holder's namespace, so that address and rules are there before it
//! and outlive its death and restart. The holder's process is nobody's user without capabilities; the
//! container as such has `NET_ADMIN`, which only a command of ours run in it as root gets. That is half
//! as long as a second container with `NET_ADMIN` in the same namespace takes (0.07 s against 0.13 s), and
//! a `privileged` command is refused by an engine that does not have every capability itself.

use std::{collections::HashMap, net::Ipv4Addr};

use bollard::models::{ContainerCreateBody, EndpointSettings, HostConfig, NetworkingConfig};

use super::{
    SandboxError, limits,
    site::{self, Site},
};

const MEMORY: u64 = 64 * 1024 * 1024;
const PIDS: u32 = 32;

/// A running holder.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub(super) id: String,
    pub(super) address: Ipv4Addr,
    pub(super) gateway: Ipv4Addr,
}

impl Holder {
    /// Starts one in a network; `hosts` are the names that resolve in it.
    pub(super) async fn start(
        site: &Site,
        role: &str,
        image: &str,
        network: &str,
        hosts: &[(String, Ipv4Addr)],
    ) -> Result<Self, SandboxError> {
        let role = format!("{role}-holder");
        let id = site
            .make_container(&role, body(image, network, hosts))
            .await?;
        site.start(&role, &id).await?;
        let (address, gateway) = site::address(&role, &site.inspect(&role, &id).await?, network)?;
        Ok(Self {
            id,
            address,
            gateway,
        })
    }

    /// The network mode of what joins it.
    pub(super) fn network_mode(&self) -> String {
        format!("container:{}", self.id)
    }
}

fn body(image: &str, network: &str, hosts: &[(String, Ipv4Addr)]) -> ContainerCreateBody {
    let hosts = hosts.iter().map(|(name, ip)| format!("{name}:{ip}"));
    ContainerCreateBody {
        image: Some(image.to_owned()),
        user: Some("65534:65534".to_owned()),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(HostConfig {
            network_mode: Some(network.to_owned()),
            dns: Some(vec!["127.0.0.1".to_owned()]),
            extra_hosts: Some(hosts.collect()),
            cap_drop: Some(vec!["ALL".to_owned()]),
            cap_add: Some(vec!["NET_ADMIN".to_owned()]),
            readonly_rootfs: Some(true),
            ..limits::host_config(MEMORY, 1.0, PIDS)
        }),
        networking_config: Some(NetworkingConfig {
            endpoints_config: Some(HashMap::from([(
                network.to_owned(),
                EndpointSettings::default(),
            )])),
        }),
        ..Default::default()
    }
}
