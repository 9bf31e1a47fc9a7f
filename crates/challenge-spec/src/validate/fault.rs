//! `fault`: what is done to which service, and what cannot be asked of it meanwhile.

use super::{quantities, steps::Walk};
use crate::{
    finding::Finding,
    model::{ChallengeFile, Duration, Fault, FaultKind, Service, Step},
    path::Path,
    suggestion,
};

/// A client that waits longer has given up long ago.
const MOST: Duration = Duration::from_secs(10);

/// The services that something can be done to.
pub(super) struct Breakable<'a> {
    file: &'a ChallengeFile,
    known: bool,
}

impl<'a> Breakable<'a> {
    /// `known` where every service was read.
    pub(super) fn of(file: &'a ChallengeFile, known: bool) -> Self {
        Self { file, known }
    }

    /// What is wrong with the service that a fault names.
    fn look(&self, name: &str, path: Path) -> Option<Finding> {
        let found = self.file.services.get(name);
        match found {
            Some(service) if service.as_stub().is_some() => Some(
                Finding::value(path, format!("`{name}` is a stub, which has faults of its own"))
                    .help(
                        "say by a `stub` step how it fails: `errors: { share: 1, close: true }`, or `latency`"
                            .to_owned(),
                    ),
            ),
            None if self.known => {
                let services = self.file.services.iter();
                let servers = services.filter(|(_, service)| service.as_stub().is_none());
                let names = servers.map(|(name, _)| name.as_str());
                Some(
                    Finding::value(path, format!("there is no service `{name}`"))
                        .label("unknown service")
                        .help(suggestion::help(name, names)),
                )
            }
            Some(_) | None => None,
        }
    }

    /// The service that the grader itself asks in a step, and the step's key.
    fn asked(&self, step: &'a Step) -> Option<(&'static str, &'a str)> {
        let sql = |named: &'a Option<String>| self.named_or(named.as_deref(), Service::speaks_sql);
        match step {
            Step::Sql(step) => Some(("sql", sql(&step.service)?)),
            Step::Queries(step) => Some(("queries", sql(&step.service)?)),
            Step::Explain(step) => Some(("explain", sql(&step.service)?)),
            Step::Redis(step) => {
                let redis = self.named_or(step.service.as_deref(), Service::is_redis);
                Some(("redis", redis?))
            }
            _ => None,
        }
    }

    fn named_or(&self, named: Option<&'a str>, such: impl Fn(&Service) -> bool) -> Option<&'a str> {
        named.or_else(|| {
            let mut services = self.file.services.iter();
            let (name, _) = services.find(|(_, service)| such(service))?;
            Some(name.as_str())
        })
    }
}

/// What is done to which service, and what is done meanwhile.
pub(super) fn look(walk: &mut Walk<'_>, step: &Fault, path: &Path) {
    let mistake = walk.breakable.look(&step.service, path.key("service"));
    walk.findings.extend(mistake);
    walk.findings.extend(by(step, path));
    walk.steps(&step.steps, &path.key("steps"));
}

/// How slow a slow one is.
fn by(step: &Fault, path: &Path) -> Option<Finding> {
    match (step.is, step.by) {
        (FaultKind::Slow, None) => Some(
            Finding::key(path.clone(), "how slow it is is not said")
                .label("needs `by`")
                .help("write `by: 300ms`: how much later each of its answers comes".to_owned()),
        ),
        (FaultKind::Slow, Some(by)) if by > MOST => Some(
            Finding::value(
                path.key("by"),
                format!("{by} is longer than a service is made slow"),
            )
            .label(format!("at most {MOST}"))
            .help("a service that does not answer is `paused`".to_owned()),
        ),
        (FaultKind::Slow, Some(by)) => quantities::no_time(path.key("by"), by),
        (kind, Some(_)) => Some(
            Finding::key(
                path.key("by"),
                format!("`by` says how slow a service is, and this one is {kind}"),
            )
            .help("write `is: slow`, or leave `by` out".to_owned()),
        ),
        (_, None) => None,
    }
}

/// What the faults of a check and the steps around and inside of them cannot do together.
pub(super) fn together(walk: &mut Walk<'_>, steps: &[Step], path: &Path) {
    let mut findings = Vec::new();
    inside(
        &walk.breakable,
        steps,
        path,
        &Around::default(),
        &mut findings,
    );
    walk.findings.append(&mut findings);
}

/// What a step stands in.
#[derive(Debug, Clone, Default)]
struct Around<'s> {
    fault: Option<&'s Fault>,
    /// What counts something of a service, each by its key and with the service.
    counting: Vec<(&'static str, &'s str)>,
}

fn inside<'s>(
    breakable: &Breakable<'s>,
    steps: &'s [Step],
    path: &Path,
    around: &Around<'s>,
    findings: &mut Vec<Finding>,
) {
    for (place, step) in steps.iter().enumerate() {
        let path = path.index(place);
        let asked = breakable.asked(step);
        let mut around = around.clone();
        if let Step::Fault(fault) = step {
            findings.extend(fault_inside(fault, &around, &path.key("fault")));
            around.fault = Some(fault);
        } else if let (Some((key, service)), Some(fault)) = (asked, around.fault)
            && fault.is.is_silent()
            && fault.service == service
        {
            findings.push(
                Finding::key(
                    path.key(key),
                    format!(
                        "`{service}` is {} here, and answers the grader no more than the submission",
                        fault.is
                    ),
                )
                .help("ask it before the `fault` or after it".to_owned()),
            );
        }
        if let Some((key, inner)) = step.inner() {
            around.counting.extend(asked);
            inside(
                breakable,
                inner,
                &path.key(key).key("steps"),
                &around,
                findings,
            );
        }
    }
}

fn fault_inside(fault: &Fault, around: &Around<'_>, path: &Path) -> Option<Finding> {
    if around.fault.is_some() {
        return Some(
            Finding::key(path.clone(), "a fault cannot stand inside another")
                .help("let them follow each other".to_owned()),
        );
    }
    let mut counting = around.counting.iter();
    let (key, service) = counting.find(|(_, service)| *service == fault.service)?;
    (fault.is == FaultKind::Stopped).then(|| {
        Finding::key(
            path.clone(),
            format!("`{service}` counts anew once it has been stopped, and `{key}` around this goes by its counts"),
        )
        .help(format!("let `{key}` stand before the `fault` or after it"))
    })
}
