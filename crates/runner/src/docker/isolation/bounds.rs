//! How much a submission may use.

use bollard::models::{HostConfig, SystemInfo};

use super::{item, no_group};
use crate::{
    AppSpec, IsolationItem,
    docker::{app::SHARED_MEMORY, limits},
};

pub(super) fn root(host: &HostConfig) -> IsolationItem {
    item(
        "read-only root",
        host.readonly_rootfs == Some(true),
        "its own files cannot be changed",
    )
}

pub(super) fn folders(app: &AppSpec, host: &HostConfig) -> Vec<IsolationItem> {
    let limit = app.limits.tmp.to_string();
    let mut bounded = true;
    let mut all: Vec<String> = host
        .tmpfs
        .iter()
        .flatten()
        .map(|(folder, options)| {
            let size = options.split(',').find_map(|o| o.strip_prefix("size="));
            bounded &= size == Some(&*limit);
            format!("{folder} {}", size.unwrap_or("unbounded"))
        })
        .collect();
    all.sort();
    let shared = host.shm_size.unwrap_or_default();
    vec![
        item(
            "writable folders",
            bounded,
            format!("in memory, bytes: {}", all.join(", ")),
        ),
        item(
            "shared memory",
            shared == limits::bytes(SHARED_MEMORY),
            format!("/dev/shm, {shared} bytes"),
        ),
    ]
}

pub(super) fn bounds(app: &AppSpec, host: &HostConfig, engine: &SystemInfo) -> Vec<IsolationItem> {
    let memory = u64::try_from(host.memory.unwrap_or_default()).unwrap_or_default();
    // What an engine is asked for and cannot do, it forgets.
    let group = |name: &str, ability: Option<bool>, set: bool, detail: String| match ability {
        Some(true) => item(name, set, detail),
        _ => item(name, false, no_group(engine)),
    };
    let nofile = host.ulimits.iter().flatten();
    let nofile = nofile
        .filter(|limit| limit.name.as_deref() == Some("nofile"))
        .find_map(|limit| limit.hard);
    let log = host.log_config.as_ref().and_then(|l| l.config.as_ref());
    let log = log.and_then(|options| options.get("max-size"));
    vec![
        group(
            "memory",
            engine.memory_limit,
            memory == app.limits.memory,
            format!("{memory} bytes"),
        ),
        group(
            "swap",
            engine.swap_limit,
            host.memory_swap == host.memory,
            "none beside the memory".to_owned(),
        ),
        group(
            "processor",
            engine.cpu_cfs_quota,
            host.nano_cpus.is_some_and(|cpus| cpus > 0),
            format!("{} cores", app.limits.cpus),
        ),
        group(
            "processes",
            engine.pids_limit,
            host.pids_limit == Some(i64::from(app.limits.pids)),
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
