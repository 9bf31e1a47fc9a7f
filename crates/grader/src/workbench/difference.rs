use runner::{AppSpec, SandboxSpec};

/// What of two sandboxes is not alike, apart from the runs that they belong to.
pub(super) fn between(one: &SandboxSpec, other: &SandboxSpec) -> Option<&'static str> {
    if one.services != other.services {
        return Some("`services`, or a seed of them");
    }
    let differ = [
        (one.app.env != other.app.env, "`app.env`"),
        (one.app.port != other.app.port, "`app.port`"),
        (one.app.ready_path != other.app.ready_path, "`app.ready`"),
        (one.app.setup != other.app.setup, "how the subject is run"),
        (one.visited != other.visited, "whether a suite is run"),
        (
            one.replicated != other.replicated,
            "whether a second instance is asked",
        ),
        (limits_of(&one.app) != limits_of(&other.app), "`limits`"),
    ];
    differ
        .into_iter()
        .find_map(|(differs, what)| differs.then_some(what))
}

/// All but what is named above.
fn limits_of(app: &AppSpec) -> AppSpec {
    AppSpec {
        env: std::collections::BTreeMap::new(),
        port: 0,
        ready_path: String::new(),
        ..app.clone()
    }
}
