//! What keeps a submission in, read back from the engine rather than assumed.

mod bounds;
mod rights;

use bollard::models::{ContainerInspectResponse, HostConfig, SystemInfo};

use crate::{AppSpec, IsolationItem};

use super::Rules;

/// All items of one app's container.
pub(super) fn items(
    app: &AppSpec,
    rules: Rules,
    container: &ContainerInspectResponse,
    engine: &SystemInfo,
) -> Vec<IsolationItem> {
    let host = container.host_config.clone().unwrap_or_default();
    let mut items = vec![
        network(rules),
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
    items.push(item(
        "database disk",
        false,
        "this engine does not bound what a service writes to its own files",
    ));
    items.push(rights::virtual_sockets(engine));
    items
}

fn item(item: &str, enforced: bool, detail: impl Into<String>) -> IsolationItem {
    IsolationItem {
        item: item.to_owned(),
        enforced,
        detail: detail.into(),
    }
}

fn network(rules: Rules) -> IsolationItem {
    match rules {
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
