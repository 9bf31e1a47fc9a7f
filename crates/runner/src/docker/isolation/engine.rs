//! What an engine can enforce, before there is a container to read it back from.

use bollard::models::{HostConfig, SystemInfo};

use super::{item, no_group, rights};
use crate::{IsolationItem, docker::workshop};

/// The items that not every engine can enforce, by the names of reports.
pub(super) fn items(engine: &SystemInfo) -> Vec<IsolationItem> {
    let usual = HostConfig::default();
    let group = |name: &str, ability: Option<bool>| match ability {
        Some(true) => item(name, true, "a control group of the engine's host"),
        _ => item(name, false, no_group(engine)),
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
            workshop::BOUNDS_PROCESSES,
        ),
    ]
}
