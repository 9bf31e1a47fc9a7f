//! A tiny container of ours that holds a network namespace.
//!
//! An app or a service joins its holder's namespace, so that address and rules are there before it
//! and outlive its death and restart. The holder's process is nobody's user without capabilities; the
//! container as such has `NET_ADMIN`, which only a command of ours run in it as root gets. That is half
//! as long as a second container with `NET_ADMIN` in the same namespace takes (0.07 s against 0.13 s), and
//! a `privileged` command is refused by an engine that does not have every capability itself.

use std::{collections::HashMap, fmt::Write as _, net::Ipv4Addr};

use bollard::models::{ContainerCreateBody, EndpointSettings, HostConfig, NetworkingConfig};

use super::{
    SandboxError, command, limits,
    loosening::Part,
    site::{self, Site},
};

/// What joins the namespace shares the file, and cannot write to it.
const ADD_HOSTS: &str = r#"printf '%s' "$HOSTS" >> /etc/hosts && cat /etc/hosts"#;
const SOCKETS: &str = "cat /proc/net/tcp /proc/net/tcp6 2> /dev/null";
const MEMORY: u64 = 64 * 1024 * 1024;
const PIDS: u32 = 32;

/// A holder, started or not.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub(super) id: String,
    role: String,
}

/// What a holder and all below its control group may use together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// In bytes.
    pub(super) memory: u64,
    /// In cores.
    pub(super) cpus: f64,
    /// Processes and threads.
    pub(super) pids: u32,
}

/// Where a started holder is in its network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) address: Ipv4Addr,
    /// This host.
    pub(super) gateway: Ipv4Addr,
}

impl Holder {
    /// Makes one in a network.
    pub(super) async fn make(
        site: &Site,
        role: &str,
        image: &str,
        network: &str,
    ) -> Result<Self, SandboxError> {
        let allowance = Allowance {
            memory: MEMORY,
            cpus: 1.0,
            pids: PIDS,
        };
        Self::make_allowing(site, role, image, network, allowance).await
    }

    /// Makes one whose control group has room for others below it.
    pub(super) async fn make_allowing(
        site: &Site,
        role: &str,
        image: &str,
        network: &str,
        allowance: Allowance,
    ) -> Result<Self, SandboxError> {
        let role = format!("{role}-holder");
        let mut body = body(image, network, allowance);
        site.loosen(Part::Holder, &mut body);
        let id = site.make_container(&role, body).await?;
        Ok(Self { id, role })
    }

    /// Starts it; only then does it have an address.
    pub(super) async fn start(&self, site: &Site, network: &str) -> Result<Place, SandboxError> {
        site.start(&self.role, &self.id).await?;
        let inspected = site.inspect(&self.role, &self.id).await?;
        let (address, gateway) = site::address(&self.role, &inspected, network)?;
        Ok(Place { address, gateway })
    }

    /// Makes names resolve in it, and so in what joins it. The engine would do it before the start,
    /// when the addresses are not known yet; its resolver would have to be let in for it.
    pub(super) async fn name(
        &self,
        site: &Site,
        hosts: &[(&str, Ipv4Addr)],
    ) -> Result<(), SandboxError> {
        let mut lines = String::new();
        for (name, address) in hosts {
            let _ = writeln!(lines, "{address}\t{name}");
        }
        let environment = vec![format!("HOSTS={lines}")];
        let command = ["sh", "-c", ADD_HOSTS];
        let added =
            command::run_as_root(site.docker(), &self.role, &self.id, &command, environment);
        let added = added.await?;
        if added.exit_code == 0 && added.output.ends_with(&lines) {
            return Ok(());
        }
        Err(SandboxError::NamesRefused {
            role: self.role.clone(),
            exit_code: added.exit_code,
            output: added.output,
        })
    }

    /// Whether something in the namespace listens on a port. A forwarder may take up a connection that
    /// nobody listens for.
    pub(super) async fn listens(&self, site: &Site, port: u16) -> Result<bool, SandboxError> {
        let command = ["sh", "-c", SOCKETS];
        let listed =
            command::run_as_root(site.docker(), &self.role, &self.id, &command, Vec::new());
        let listed = listed.await?;
        Ok(listed.output.lines().any(|line| is_listener(line, port)))
    }

    /// The network mode of what joins it.
    pub(super) fn network_mode(&self) -> String {
        format!("container:{}", self.id)
    }
}

/// As `/proc/net/tcp` has it: `0: 00000000:1F90 00000000:0000 0A ...`, where 0A is listening.
fn is_listener(line: &str, port: u16) -> bool {
    let mut fields = line.split_whitespace().skip(1);
    let local = fields.next().and_then(|local| local.rsplit_once(':'));
    let here = local.is_some_and(|(_, of)| u16::from_str_radix(of, 16) == Ok(port));
    here && fields.nth(1) == Some("0A")
}

fn body(image: &str, network: &str, allowance: Allowance) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(image.to_owned()),
        user: Some("65534:65534".to_owned()),
        healthcheck: Some(limits::no_health_check()),
        host_config: Some(HostConfig {
            network_mode: Some(network.to_owned()),
            // Where nobody listens: else the engine passes questions on to the resolver of its host.
            dns: Some(vec!["127.0.0.1".to_owned()]),
            cap_drop: Some(vec!["ALL".to_owned()]),
            cap_add: Some(vec!["NET_ADMIN".to_owned()]),
            ..limits::host_config(allowance.memory, allowance.cpus, allowance.pids)
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

#[cfg(test)]
mod tests {
    use super::is_listener;

    #[test]
    fn a_listener_is_told_from_a_connection() {
        let listener =
            "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 10001";
        assert!(is_listener(listener, 8080));
        assert!(!is_listener(listener, 8081));
        let connection =
            "   1: 020012AC:1F90 010012AC:A1B2 01 00000000:00000000 00:00000000 00000000 10001";
        assert!(!is_listener(connection, 8080));
        let six = "   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0";
        assert!(is_listener(six, 8080));
        assert!(!is_listener(
            "  sl  local_address rem_address   st tx_queue",
            8080
        ));
    }
}
