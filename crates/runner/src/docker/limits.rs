//! What every container of a sandbox has in common.

use std::collections::HashMap;

use bollard::models::{
    HealthConfig, HostConfig, HostConfigLogConfig, ResourcesUlimits, RestartPolicy,
    RestartPolicyNameEnum,
};

/// For what we start ourselves; it prints little.
const LOG: u64 = 1024 * 1024;

/// Bounds of memory (no swap beyond it), cores, and processes; no restart, a bounded log.
pub(super) fn host_config(memory: u64, cpus: f64, pids: u32) -> HostConfig {
    HostConfig {
        memory: Some(bytes(memory)),
        memory_swap: Some(bytes(memory)),
        nano_cpus: Some(nano_cpus(cpus)),
        pids_limit: Some(i64::from(pids)),
        ipc_mode: Some("private".to_owned()),
        restart_policy: Some(RestartPolicy {
            name: Some(RestartPolicyNameEnum::NO),
            maximum_retry_count: None,
        }),
        log_config: Some(log(LOG)),
        ..Default::default()
    }
}

/// The same for a program that is run aside, on no more than it is handed: no network, no rights, two cores.
pub(super) fn aside(memory: u64, pids: u32) -> HostConfig {
    HostConfig {
        network_mode: Some("none".to_owned()),
        cap_drop: Some(vec!["ALL".to_owned()]),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        ..host_config(memory, 2.0, pids)
    }
}

/// A log of at most so many bytes, of which at least the newer half is kept.
pub(super) fn log(size: u64) -> HostConfigLogConfig {
    let option = |name: &str, value: String| (name.to_owned(), value);
    HostConfigLogConfig {
        typ: Some("json-file".to_owned()),
        config: Some(HashMap::from([
            option("max-size", log_file(size).to_string()),
            option("max-file", "2".to_owned()),
            option("compress", "false".to_owned()),
        ])),
    }
}

/// The size of each of the two files of such a log.
pub(super) fn log_file(size: u64) -> u64 {
    (size / 2).max(1024)
}

/// Open files of one process.
pub(super) fn open_files(count: u32) -> ResourcesUlimits {
    ResourcesUlimits {
        name: Some("nofile".to_owned()),
        soft: Some(i64::from(count)),
        hard: Some(i64::from(count)),
    }
}

/// Whatever the image says, the engine runs no checks of its own in it.
pub(super) fn no_health_check() -> HealthConfig {
    HealthConfig {
        test: Some(vec!["NONE".to_owned()]),
        ..Default::default()
    }
}

/// A size as the engine counts it.
pub(super) fn bytes(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a billionth of a core more or less is nothing, and `as` saturates"
)]
fn nano_cpus(cpus: f64) -> i64 {
    (cpus * 1e9) as i64
}
