//! `replica`: what cannot be done at a second instance, and around it.

use super::steps::Walk;
use crate::{
    finding::Finding,
    model::{Replica, Step},
    path::Path,
};

/// What is done at a second instance.
pub(super) fn look(walk: &mut Walk<'_>, step: &Replica, path: &Path) {
    walk.steps(&step.steps, &path.key("steps"));
}

/// What the second instances of a check and the steps around and inside of them cannot do together.
pub(super) fn together(walk: &mut Walk<'_>, steps: &[Step], path: &Path) {
    inside(walk.findings, steps, path, Around::default());
}

/// What a step stands in.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    replica: bool,
    fault: bool,
}

fn inside(findings: &mut Vec<Finding>, steps: &[Step], path: &Path, around: Around) {
    for (place, step) in steps.iter().enumerate() {
        let path = path.index(place);
        if around.fault && matches!(step, Step::Replica(_)) {
            findings.push(
                Finding::key(
                    path.key("replica"),
                    "a second instance would be started while a service is in trouble",
                )
                .help("let the `replica` stand before the `fault` or after it".to_owned()),
            );
        }
        if let Some(key) = of_first(step).filter(|_| around.replica) {
            findings.push(
                Finding::key(
                    path.key(key),
                    format!("`{key}` is nothing that is done to a second instance"),
                )
                .help("let it stand before the `replica` or after it".to_owned()),
            );
        }
        if let Some((key, inner)) = step.inner() {
            let around = Around {
                replica: around.replica || matches!(step, Step::Replica(_)),
                fault: around.fault || matches!(step, Step::Fault(_)),
            };
            inside(findings, inner, &path.key(key).key("steps"), around);
        }
    }
}

/// The key of a step that a second instance has no part in.
fn of_first(step: &Step) -> Option<&'static str> {
    match step {
        Step::Request(_)
        | Step::Parallel(_)
        | Step::Meanwhile(_)
        | Step::Sql(_)
        | Step::Queries(_)
        | Step::Explain(_)
        | Step::Redis(_)
        | Step::Upstream(_)
        | Step::Eventually(_)
        | Step::Repeat(_)
        | Step::Assert(_)
        // These stand in no other step at all.
        | Step::Load(_)
        | Step::Capacity(_)
        | Step::Migration(_)
        // Looked at with their checks.
        | Step::Suite(_)
        | Step::OwnSuite(_)
        | Step::Pipeline(_) => None,
        Step::Stub(_) => Some("stub"),
        Step::Fault(_) => Some("fault"),
        Step::Replica(_) => Some("replica"),
        Step::Logs(_) => Some("logs"),
        Step::OpenApi(_) => Some("openapi"),
        Step::Differential(_) => Some("differential"),
    }
}
