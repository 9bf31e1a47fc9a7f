//! What keeps a submission in, read back from the engine rather than assumed.

mod bounds;
mod build;
mod engine;
mod rights;

use bollard::models::{
    ContainerInspectResponse, HostConfig, SystemInfo, SystemInfoCgroupDriverEnum,
};

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
                "`{name}` is stopped once it has written {disk} bytes, {}",
                looks(engine)
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

/// What stands in a control group's place in an item that the engine has none for.
fn no_group(engine: &SystemInfo) -> &'static str {
    if engine.cgroup_driver == Some(SystemInfoCgroupDriverEnum::NONE) {
        "the engine has no control groups: without root it has some with cgroup v2 and systemd only"
    } else {
        "the engine's host has no control group for it"
    }
}

/// How often what is written is looked at. An engine in a user namespace has no native diffs.
fn looks(engine: &SystemInfo) -> &'static str {
    let mut status = engine.driver_status.iter().flatten();
    if status.any(|line| *line == ["Native Overlay Diff", "false"]) {
        "looked at as often as the engine can count, which takes it a second or more"
    } else {
        "looked at twice a second"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_without_native_diffs_is_slow_to_count_and_that_is_said() {
        let with = |value: &str| SystemInfo {
            driver_status: Some(vec![
                vec!["Backing Filesystem".to_owned(), "extfs".to_owned()],
                vec!["Native Overlay Diff".to_owned(), value.to_owned()],
            ]),
            ..Default::default()
        };
        assert!(looks(&with("false")).contains("a second or more"));
        assert_eq!(looks(&with("true")), "looked at twice a second");
        assert_eq!(looks(&SystemInfo::default()), "looked at twice a second");
    }

    /// As 20.10 without root tells it on a host with cgroup v1.
    #[test]
    fn an_engine_without_control_groups_bounds_nothing_and_says_why() {
        let engine = SystemInfo {
            cgroup_driver: Some(SystemInfoCgroupDriverEnum::NONE),
            memory_limit: Some(false),
            swap_limit: Some(false),
            cpu_cfs_quota: Some(false),
            pids_limit: Some(false),
            ..Default::default()
        };
        let items = of_engine(&engine);
        for name in ["memory", "swap", "processor", "processes"] {
            let item = items.iter().find(|item| item.item == name).unwrap();
            assert!(!item.enforced, "{name}");
            assert!(item.detail.contains("no control groups"), "{item:?}");
        }
        let item = items.iter().find(|item| item.item == "build processes");
        assert!(!item.unwrap().enforced);
    }
}
