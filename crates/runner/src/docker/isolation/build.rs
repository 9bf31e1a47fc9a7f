//! What keeps a submission's build in.

use bollard::models::SystemInfo;

use super::{item, looks};
use crate::{
    AppSpec, BuildNetwork, IsolationItem,
    docker::{Rules, workshop},
};

pub(super) fn items(app: &AppSpec, rules: Rules, engine: &SystemInfo) -> Vec<IsolationItem> {
    let limits = &app.build_limits;
    let closed = rules == Rules::On || app.build_network == BuildNetwork::None;
    vec![
        item(
            "build network",
            closed,
            match &app.build_network {
                BuildNetwork::None => "none".to_owned(),
                BuildNetwork::Registries { .. } => {
                    "package registries only, through a proxy that writes down what is asked"
                        .to_owned()
                }
            },
        ),
        frames(app, engine),
        if workshop::bounds_processes(engine) {
            let detail = format!("{} below one control group", limits.pids);
            item("build processes", true, detail)
        } else {
            item("build processes", false, workshop::BOUNDS_PROCESSES)
        },
        item(
            "build disk",
            true,
            format!("cancelled beyond {} bytes, {}", limits.disk, looks(engine)),
        ),
    ]
}

/// A build's steps have the engine's usual capabilities, raw sockets among them.
fn frames(app: &AppSpec, engine: &SystemInfo) -> IsolationItem {
    let kernel = engine.kernel_version.as_deref().unwrap_or("unknown");
    let none = app.build_network == BuildNetwork::None;
    item(
        "build frames",
        none || workshop::filters_frames(engine),
        format!("kernel {kernel}; frames that a step writes itself are filtered from 5.16 on"),
    )
}
