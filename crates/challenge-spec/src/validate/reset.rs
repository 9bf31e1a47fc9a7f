use super::Surroundings;
use crate::{
    finding::Finding,
    model::{ChallengeFile, Service},
    path::{Part, Path},
    suggestion,
};

/// Checks that want services in their first state, where that cannot be had.
pub(super) fn look(file: &ChallengeFile, around: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    let services = Path::root().key("services");
    if around.repaired.touches(&services) {
        return;
    }
    let mut cannot = file.services.iter().filter(|(_, service)| !can(service));
    let cannot = cannot.next();
    let checks = file.checks.iter().enumerate();
    for (place, _) in checks.filter(|(_, check)| check.reset.is_some()) {
        let path = Path::root().key("checks").index(place).key("reset");
        if file.services.is_empty() {
            findings.push(Finding::value(path, "there is no service to reset"));
        } else if let Some((name, service)) = cannot {
            let kind = service.kind();
            let possible =
                suggestion::list(["postgres", "redis", "valkey", "stub"]).unwrap_or_default();
            findings.push(
                Finding::value(path, format!("`{kind}` cannot be reset"))
                    .help(format!("possible with {possible} alone"))
                    .also(services.key(name).key(kind), Part::Key, "this one"),
            );
        }
    }
}

fn can(service: &Service) -> bool {
    !matches!(service, Service::MariaDb(_))
}
