//! What may leave and enter the network namespace of an app or a service.
//!
//! The rules stand in a table of their own, loaded by the holder's root before any candidate code
//! runs; nothing inside the app or a service has the capability to see or change them. They are
//! written exactly as `nft -s list table` prints them, so that they can be listed back and compared:
//! a load that failed, or loaded something else, does not go unnoticed.

use std::{fmt::Write as _, net::Ipv4Addr};

use bollard::Docker;

use sidecar::protocol::PROXY_PORT;

use super::{SandboxError, command};

/// Reads rules from its environment, loads them at once or not at all, and lists what is there.
const LOAD: &str = r#"printf '%s\n' "$RULES" | nft -f - || exit
for family in $FAMILIES; do nft -s list table $family tryout || exit; done"#;

/// The first line of a table of addresses.
const BEGIN: &str = "table inet tryout {\n";

/// Whether a sandbox is closed.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rules {
    /// It is.
    #[default]
    On,
    /// It is not: for tests that show what the rules keep from happening.
    Off,
}

/// The tables for one namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ruleset {
    text: String,
}

/// Where something listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) address: Ipv4Addr,
    pub(super) port: u16,
}

impl Ruleset {
    /// An app is reached by these, such as the gateway, that is by us, on its port, and reaches its
    /// services.
    pub(super) fn of_app(port: u16, reached_by: &[Ipv4Addr], services: &[Endpoint]) -> Self {
        let reached: Vec<_> = reached_by.iter().map(|from| (*from, port)).collect();
        Self::new(services, &reached)
    }

    /// A visitor reaches the app, and nothing reaches it.
    pub(super) fn of_visitor(app: Endpoint) -> Self {
        Self::new(&[app], &[])
    }

    /// A service is reached by us and by the app's instances, and reaches nothing.
    pub(super) fn of_service(port: u16, gateway: Ipv4Addr, apps: &[Ipv4Addr]) -> Self {
        Self::new(&[], &reached_by(gateway, port, apps, port))
    }

    /// The same, where what comes from the app is led to a proxy in the namespace, which goes on to the service
    /// by the loopback device.
    pub(super) fn of_slowed_service(
        service: Endpoint,
        gateway: Ipv4Addr,
        apps: &[Ipv4Addr],
    ) -> Self {
        let Endpoint { address, port } = service;
        let rules = Self::new(&[], &reached_by(gateway, port, apps, PROXY_PORT));
        let mut led = String::from(
            "chain prerouting {\ntype nat hook prerouting priority dstnat; policy accept;\n",
        );
        for app in apps {
            let _ = writeln!(
                led,
                "ip saddr {app} tcp dport {port} dnat ip to {address}:{PROXY_PORT}"
            );
        }
        led.push_str("}\n");
        Self {
            text: rules.text.replacen(BEGIN, &format!("{BEGIN}{led}"), 1),
        }
    }

    /// A forwarder passes on what comes to each of its ports, as if from itself, and nothing else.
    pub(super) fn of_forwarder(targets: &[(u16, Endpoint)]) -> Self {
        let mut text = String::from("table inet tryout {\n");
        text.push_str(
            "chain prerouting {\ntype nat hook prerouting priority dstnat; policy accept;\n",
        );
        for (from, Endpoint { address, port }) in targets {
            let _ = writeln!(text, "tcp dport {from} dnat ip to {address}:{port}");
        }
        text.push_str("}\nchain postrouting {\n");
        text.push_str("type nat hook postrouting priority srcnat; policy accept;\n");
        text.push_str("ct status dnat masquerade\n}\nchain forward {\n");
        text.push_str("type filter hook forward priority filter; policy drop;\n");
        text.push_str("ct status dnat accept\n}\n");
        for chain in ["input", "output"] {
            let _ = writeln!(
                text,
                "chain {chain} {{\ntype filter hook {chain} priority filter; policy drop;\n}}"
            );
        }
        text.push_str("}\n");
        Self { text }
    }

    /// A build reaches its proxy, and nothing reaches it. Its steps may write whole frames past the table
    /// of addresses, so that these are looked at as well where the kernel can.
    pub(super) fn of_build(proxy: Endpoint, frames: bool) -> Self {
        let mut rules = Self::new(&[proxy], &[]);
        let Endpoint { address, port } = proxy;
        if frames {
            let _ = write!(
                rules.text,
                "table netdev tryout {{\nchain egress {{\n\
                 type filter hook egress device \"eth0\" priority filter; policy drop;\n\
                 arp operation {{ request, reply }} accept\n\
                 ip daddr {address} tcp dport {port} accept\n}}\n}}\n"
            );
        }
        rules
    }

    /// What it reaches, and who reaches it on which port.
    fn new(reaches: &[Endpoint], reached: &[(Ipv4Addr, u16)]) -> Self {
        let mut text = String::from(BEGIN);
        text.push_str("chain output {\ntype filter hook output priority filter; policy drop;\n");
        // The engine's resolver passes outside names on even from an internal network. The names of
        // services are in /etc/hosts; a rejected question fails at once, an unanswered one after 20 s.
        text.push_str("ip daddr 127.0.0.11 reject with icmp port-unreachable\n");
        text.push_str("oif \"lo\" accept\nmeta nfproto ipv6 drop\nct state established accept\n");
        for Endpoint { address, port } in reaches {
            let _ = writeln!(text, "ip daddr {address} tcp dport {port} accept");
        }
        text.push_str("}\nchain input {\ntype filter hook input priority filter; policy drop;\n");
        text.push_str("iif \"lo\" accept\nmeta nfproto ipv6 drop\nct state established accept\n");
        for (address, port) in reached {
            let _ = writeln!(text, "ip saddr {address} tcp dport {port} accept");
        }
        text.push_str("}\n}\n");
        Self { text }
    }

    /// Loads the rules into a holder's namespace and compares what is then there.
    pub(super) async fn load(
        &self,
        docker: &Docker,
        role: &str,
        holder: &str,
    ) -> Result<(), SandboxError> {
        let families: Vec<_> = self
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("table ")?.split(' ').next())
            .collect();
        let environment = vec![
            format!("RULES={}", self.text),
            format!("FAMILIES={}", families.join(" ")),
        ];
        let loaded = command::run_as_root(docker, role, holder, &["sh", "-c", LOAD], environment);
        let loaded = loaded.await?;
        if loaded.exit_code != 0 {
            return Err(SandboxError::RulesRefused {
                role: role.to_owned(),
                exit_code: loaded.exit_code,
                output: loaded.output,
            });
        }
        if !self.is_listed_in(&loaded.output) {
            return Err(SandboxError::RulesDiffer {
                role: role.to_owned(),
                listed: loaded.output,
            });
        }
        Ok(())
    }

    fn is_listed_in(&self, listing: &str) -> bool {
        fn lines(text: &str) -> impl Iterator<Item = &str> {
            text.lines().map(str::trim).filter(|line| !line.is_empty())
        }
        lines(&self.text).eq(lines(listing))
    }
}

/// Us on one port, and the app's instances on another.
fn reached_by(
    gateway: Ipv4Addr,
    port: u16,
    apps: &[Ipv4Addr],
    theirs: u16,
) -> Vec<(Ipv4Addr, u16)> {
    let apps = apps.iter().map(|app| (*app, theirs));
    std::iter::once((gateway, port)).chain(apps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> Ruleset {
        let db = Endpoint {
            address: Ipv4Addr::new(172, 18, 0, 9),
            port: 5432,
        };
        Ruleset::of_app(8080, &[Ipv4Addr::new(172, 18, 0, 1)], &[db])
    }

    /// As nft 1.1 prints it.
    const LISTED: &str = "table inet tryout {
	chain output {
		type filter hook output priority filter; policy drop;
		ip daddr 127.0.0.11 reject with icmp port-unreachable
		oif \"lo\" accept
		meta nfproto ipv6 drop
		ct state established accept
		ip daddr 172.18.0.9 tcp dport 5432 accept
	}

	chain input {
		type filter hook input priority filter; policy drop;
		iif \"lo\" accept
		meta nfproto ipv6 drop
		ct state established accept
		ip saddr 172.18.0.1 tcp dport 8080 accept
	}
}
";

    #[test]
    fn a_faithful_listing_is_recognised() {
        assert!(app().is_listed_in(LISTED));
    }

    #[test]
    fn one_rule_more_or_less_or_changed_is_noticed() {
        let lines: Vec<&str> = LISTED.lines().collect();
        for left_out in (0..lines.len()).filter(|&n| !lines[n].is_empty()) {
            let mut fewer = lines.clone();
            fewer.remove(left_out);
            assert!(
                !app().is_listed_in(&fewer.join("\n")),
                "{}",
                lines[left_out]
            );
        }
        assert!(!app().is_listed_in(&LISTED.replace("policy drop", "policy accept")));
        assert!(!app().is_listed_in(&LISTED.replace("8080", "8081")));
        assert!(!app().is_listed_in(""));
    }

    #[test]
    fn a_service_reaches_nothing() {
        let gateway = Ipv4Addr::new(172, 18, 0, 1);
        let apps = [3, 4].map(|last| Ipv4Addr::new(172, 18, 0, last));
        let service = Ruleset::of_service(5432, gateway, &apps);
        assert!(!service.text.contains("ip daddr 172"));
        for app in apps {
            let rule = format!("ip saddr {app} tcp dport 5432 accept");
            assert!(service.text.contains(&rule));
        }
        let database = Endpoint {
            address: Ipv4Addr::new(172, 18, 0, 9),
            port: 5432,
        };
        let slowed = Ruleset::of_slowed_service(database, gateway, &apps);
        assert!(!slowed.text.contains("ip daddr 172"));
        let lines: Vec<&str> = slowed.text.lines().collect();
        assert!(lines.contains(&"ip saddr 172.18.0.1 tcp dport 5432 accept"));
        for app in apps {
            let here = |rule: &str| lines.contains(&&*format!("ip saddr {app} tcp dport {rule}"));
            assert!(here("17000 accept") && !here("5432 accept"));
            assert!(here("5432 dnat ip to 172.18.0.9:17000"));
        }
    }
}
