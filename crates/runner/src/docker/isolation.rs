//! What keeps a submission in, read back from the engine rather than assumed.

mod bounds;
mod build;
mod engine;
mod rights;

use bollard::models::{ContainerInspectResponse, HostConfig, SystemInfo};

use crate::{AppSpec, IsolationItem, SandboxSpec};

use super::Rules;

/// All items of one app's container.
pub(super) fn items(
    spec: &SandboxSpec,
    rules: Rules,
    container: &ContainerInspectResponse,
    engine: &SystemInfo,
) -> Vec<IsolationItem> {
    let app = &spec.app;
    let host = container.host_config.clone().unwrap_or_default();
    let mut items = vec![
        network(rules, &host, engine),
        names(&host, rules),
        rights::user(container),
        rights::capabilities(&host),
        rights::privileges(&host),
        rights::seccomp(&host, engine),
        rights::kernel_interfaces(&host),
        rights::other_processes(&host),
        rights::engine_socket(&host, container),
        bounds::root(&host),
    ];
    items.extend(bounds::folders(app, &host));
    items.extend(bounds::bounds(app, &host, engine));
    items.extend(spec.services.iter().map(|service| {
        let (name, disk) = (&service.name, service.limits.disk);
        item(
            "service disk",
            true,
            format!(
                "`{name}` is stopped once it has written {disk} bytes, looked at twice a second"
            ),
        )
    }));
    items.push(rights::virtual_sockets(&host, engine));
    items.extend(build::items(app, rules, engine));
    items
}

/// The items of a build, known before its first step runs.
pub(super) fn of_build(app: &AppSpec, rules: Rules, engine: &SystemInfo) -> Vec<IsolationItem> {
    build::items(app, rules, engine)
}

/// The items that not every engine can enforce.
pub(super) fn of_engine(engine: &SystemInfo) -> Vec<IsolationItem> {
    engine::items(engine)
}

fn item(item: &str, enforced: bool, detail: impl Into<String>) -> IsolationItem {
    IsolationItem {
        item: item.to_owned(),
        enforced,
        detail: detail.into(),
    }
}

fn network(rules: Rules, host: &HostConfig, engine: &SystemInfo) -> IsolationItem {
    match rules {
        Rules::On if !rights::uses_the_hosts_network_stack(host, engine) => item(
            "network",
            false,
            "the runtime has a network stack of its own, which the rules of the submission's namespace \
             do not hold; give it the host's (`\"runtimeArgs\": [\"--network=host\"]` for gVisor)",
        ),
        Rules::On => item(
            "network",
            true,
            "a private network; rules in the submission's namespace let it reach its services only, \
             and were listed back after loading",
        ),
        Rules::Off => item("network", false, "the rules were switched off"),
    }
}

fn names(host: &HostConfig, rules: Rules) -> IsolationItem {
    let joined = host.network_mode.as_deref().unwrap_or_default();
    item(
        "outside names",
        rules == Rules::On && joined.starts_with("container:"),
        "no resolver is reached; services are in /etc/hosts",
    )
}
