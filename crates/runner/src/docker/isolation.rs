//! What keeps a submission in, read back from the engine rather than assumed.

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
        user(container),
        capabilities(&host),
        privileges(&host),
        seccomp(&host, engine),
        root(&host),
        folders(&host),
    ];
    items.extend(bounds(app, &host, engine));
    items.push(item(
        "database disk",
        false,
        "this engine does not bound what a service writes to its own files",
    ));
    items.push(virtual_sockets(engine));
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

fn user(container: &ContainerInspectResponse) -> IsolationItem {
    let user = container.config.as_ref().and_then(|c| c.user.clone());
    let user = user.unwrap_or_default();
    let id = user.split(':').next().and_then(|id| id.parse::<u32>().ok());
    item(
        "non-root",
        id.is_some_and(|id| id != 0),
        format!("user {user}"),
    )
}

fn capabilities(host: &HostConfig) -> IsolationItem {
    let dropped = host.cap_drop.iter().flatten().any(|cap| cap == "ALL");
    let added = host.cap_add.iter().flatten().count();
    item(
        "capabilities",
        dropped && added == 0 && host.privileged != Some(true),
        "all dropped",
    )
}

fn privileges(host: &HostConfig) -> IsolationItem {
    let set = host.security_opt.iter().flatten();
    let set = set
        .filter(|option| option.starts_with("no-new-privileges"))
        .any(|option| !option.ends_with("false"));
    item("no new privileges", set, "of set-user-id programs")
}

fn seccomp(host: &HostConfig, engine: &SystemInfo) -> IsolationItem {
    let mut options = engine.security_options.iter().flatten();
    let profile = options.find_map(|option| option.strip_prefix("name=seccomp,profile="));
    let mut own = host.security_opt.iter().flatten();
    let replaced = own.any(|option| option.starts_with("seccomp"));
    item(
        "system calls",
        !replaced && profile.is_some_and(|profile| profile != "unconfined"),
        match profile {
            Some(profile) => format!("seccomp profile `{profile}`"),
            None => "the engine has no seccomp".to_owned(),
        },
    )
}

fn root(host: &HostConfig) -> IsolationItem {
    item(
        "read-only root",
        host.readonly_rootfs == Some(true),
        "its own files cannot be changed",
    )
}

fn folders(host: &HostConfig) -> IsolationItem {
    let mut all: Vec<String> = host
        .tmpfs
        .iter()
        .flatten()
        .map(|(folder, options)| {
            let size = options.split(',').find_map(|o| o.strip_prefix("size="));
            format!("{folder} {}", size.map_or("unbounded", |size| size))
        })
        .collect();
    all.sort();
    let shared = host.shm_size.unwrap_or_default();
    let bounded = shared > 0 && all.iter().all(|one| !one.ends_with("unbounded"));
    item(
        "writable folders",
        bounded,
        format!("in memory: {}, /dev/shm {shared} (bytes)", all.join(", ")),
    )
}

fn bounds(app: &AppSpec, host: &HostConfig, engine: &SystemInfo) -> Vec<IsolationItem> {
    let memory = u64::try_from(host.memory.unwrap_or_default()).unwrap_or_default();
    let has = |ability: Option<bool>| ability == Some(true);
    let nofile = host.ulimits.iter().flatten();
    let nofile = nofile
        .filter(|limit| limit.name.as_deref() == Some("nofile"))
        .find_map(|limit| limit.hard);
    let log = host.log_config.as_ref().and_then(|l| l.config.as_ref());
    let log = log.and_then(|options| options.get("max-size"));
    vec![
        item(
            "memory",
            has(engine.memory_limit) && memory == app.limits.memory,
            format!("{memory} bytes"),
        ),
        item(
            "swap",
            has(engine.swap_limit) && host.memory_swap == host.memory,
            "none beside the memory",
        ),
        item(
            "processor",
            has(engine.cpu_cfs_quota) && host.nano_cpus.is_some_and(|cpus| cpus > 0),
            format!("{} cores", app.limits.cpus),
        ),
        item(
            "processes",
            has(engine.pids_limit) && host.pids_limit == Some(i64::from(app.limits.pids)),
            format!("{}", app.limits.pids),
        ),
        item(
            "open files",
            nofile == Some(i64::from(app.limits.open_files)),
            format!("{} a process", app.limits.open_files),
        ),
        item(
            "log",
            log.is_some(),
            format!("{} bytes, older lines go", app.limits.log),
        ),
    ]
}

/// Sockets between a virtual machine and its host know nothing of network namespaces. Engines from
/// 23.0 on keep them out with their default seccomp profile.
fn virtual_sockets(engine: &SystemInfo) -> IsolationItem {
    let version = engine.server_version.as_deref().unwrap_or_default();
    let major = version
        .split('.')
        .next()
        .and_then(|n| n.parse::<u32>().ok());
    let kept_out = major.is_some_and(|major| major >= 23);
    item(
        "virtual machine sockets",
        kept_out,
        if kept_out {
            "by the engine's default profile of system calls".to_owned()
        } else {
            format!("engine {version} lets AF_VSOCK through")
        },
    )
}
