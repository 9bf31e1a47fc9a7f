//! What a submission may do.

use bollard::models::{ContainerInspectResponse, HostConfig, SystemInfo};

use super::item;
use crate::IsolationItem;

pub(super) fn user(container: &ContainerInspectResponse) -> IsolationItem {
    let user = container.config.as_ref().and_then(|c| c.user.clone());
    let user = user.unwrap_or_default();
    let id = user.split(':').next().and_then(|id| id.parse::<u32>().ok());
    item(
        "non-root",
        id.is_some_and(|id| id != 0),
        format!("user {user}"),
    )
}

pub(super) fn capabilities(host: &HostConfig) -> IsolationItem {
    let dropped = host.cap_drop.iter().flatten().any(|cap| cap == "ALL");
    let added = host.cap_add.iter().flatten().count();
    item(
        "capabilities",
        dropped && added == 0 && host.privileged != Some(true),
        "all dropped",
    )
}

pub(super) fn privileges(host: &HostConfig) -> IsolationItem {
    let set = host.security_opt.iter().flatten();
    let set = set
        .filter(|option| option.starts_with("no-new-privileges"))
        .any(|option| !option.ends_with("false"));
    item("no new privileges", set, "of set-user-id programs")
}

pub(super) fn seccomp(host: &HostConfig, engine: &SystemInfo) -> IsolationItem {
    if is_gvisor(host) {
        let detail = "a kernel of its own in user space, gVisor";
        return item("system calls", true, detail);
    }
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

/// Sockets between a virtual machine and its host know nothing of network namespaces. Engines from
/// 23.0 on keep them out with their default seccomp profile.
pub(super) fn virtual_sockets(host: &HostConfig, engine: &SystemInfo) -> IsolationItem {
    if is_gvisor(host) {
        return item("virtual machine sockets", true, "gVisor has none");
    }
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

/// The engine hides or write-protects what of `/proc` and `/sys` is the host's.
pub(super) fn kernel_interfaces(host: &HostConfig) -> IsolationItem {
    let count = |paths: &Option<Vec<String>>| paths.as_ref().map_or(0, Vec::len);
    let (masked, readonly) = (count(&host.masked_paths), count(&host.readonly_paths));
    item(
        "kernel interfaces",
        masked > 0 && readonly > 0 && host.privileged != Some(true),
        format!("{masked} paths hidden and {readonly} write-protected under /proc and /sys"),
    )
}

/// Its processes, their memory and their messages are its own.
pub(super) fn other_processes(host: &HostConfig) -> IsolationItem {
    let own = |mode: Option<&str>| matches!(mode.unwrap_or_default(), "" | "private");
    item(
        "other processes",
        own(host.pid_mode.as_deref()) && own(host.ipc_mode.as_deref()),
        "namespaces of its own for processes and shared memory",
    )
}

/// Nothing of the host is mounted, its engine's socket least of all.
pub(super) fn engine_socket(
    host: &HostConfig,
    container: &ContainerInspectResponse,
) -> IsolationItem {
    let binds = host.binds.iter().flatten().count();
    let mounts = container.mounts.iter().flatten().count();
    item(
        "engine's socket",
        binds == 0 && mounts == 0,
        "no file or folder of the host is mounted",
    )
}

/// Whether what a container sends goes through the kernel's rules for its namespace. Known of the
/// runtimes that start plain processes, and of others that are told to.
pub(super) fn uses_the_hosts_network_stack(host: &HostConfig, engine: &SystemInfo) -> bool {
    let usual = engine.default_runtime.as_deref();
    let name = host.runtime.as_deref().filter(|name| !name.is_empty());
    let name = name.or(usual).unwrap_or("runc");
    let known = engine.runtimes.as_ref().and_then(|all| all.get(name));
    let path = known.and_then(|runtime| runtime.path.as_deref());
    let program = path.filter(|path| !path.is_empty()).unwrap_or(name);
    let program = program.rsplit('/').next().unwrap_or(program);
    let args = known.and_then(|runtime| runtime.runtime_args.as_deref());
    ["runc", "crun", "youki", "io.containerd.runc.v2"].contains(&program)
        || args
            .unwrap_or_default()
            .iter()
            .any(|arg| arg.trim_start_matches('-') == "network=host")
}

fn is_gvisor(host: &HostConfig) -> bool {
    let runtime = host.runtime.as_deref();
    runtime.is_some_and(|runtime| runtime.starts_with("runsc"))
}

#[cfg(test)]
mod tests {
    use bollard::models::Runtime;

    use super::*;

    #[test]
    fn a_runtime_with_a_network_stack_of_its_own_is_past_the_rules() {
        let runtime = |path: &str, args: &[&str]| Runtime {
            path: Some(path.to_owned()),
            runtime_args: Some(args.iter().map(|&arg| arg.to_owned()).collect()),
            ..Default::default()
        };
        let engine = SystemInfo {
            default_runtime: Some("runc".to_owned()),
            runtimes: Some(
                [
                    ("runc", runtime("runc", &[])),
                    ("c", runtime("/usr/bin/crun", &[])),
                    ("runsc", runtime("/usr/bin/runsc", &[])),
                    (
                        "shared",
                        runtime("/usr/bin/runsc", &["--debug", "--network=host"]),
                    ),
                    ("kata", runtime("/usr/bin/kata-runtime", &[])),
                ]
                .map(|(name, runtime)| (name.to_owned(), runtime))
                .into(),
            ),
            ..Default::default()
        };
        for (name, holds) in [
            ("", true),
            ("runc", true),
            ("c", true),
            ("shared", true),
            ("runsc", false),
            ("kata", false),
        ] {
            let host = HostConfig {
                runtime: Some(name.to_owned()),
                ..Default::default()
            };
            assert_eq!(
                uses_the_hosts_network_stack(&host, &engine),
                holds,
                "{name}"
            );
        }
    }
}
