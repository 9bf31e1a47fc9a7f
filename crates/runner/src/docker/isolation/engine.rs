//! What an engine can enforce, before there is a container to read it back from.

use bollard::models::{HostConfig, SystemInfo};

use super::{item, rights};
use crate::{IsolationItem, docker::workshop};

/// The items that not every engine can enforce, by the names of reports.
pub(super) fn items(engine: &SystemInfo) -> Vec<IsolationItem> {
    let usual = HostConfig::default();
    let group = |name: &str, ability: Option<bool>| {
        let detail = "a control group of the engine's host";
        item(name, ability == Some(true), detail)
    };
    vec![
        rights::seccomp(&usual, engine),
        group("memory", engine.memory_limit),
        group("swap", engine.swap_limit),
        group("processor", engine.cpu_cfs_quota),
        group("processes", engine.pids_limit),
        rights::virtual_sockets(&usual, engine),
        item(
            "build frames",
            workshop::filters_frames(engine),
            "frames that a build's step writes itself are filtered by Linux from 5.16 on",
        ),
        item(
            "build processes",
            workshop::bounds_processes(engine),
            "needs cgroup v1 with the driver cgroupfs",
        ),
    ]
}
