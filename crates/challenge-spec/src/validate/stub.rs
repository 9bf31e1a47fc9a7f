//! Stubs: how they answer, and the steps that change and ask them.

use super::{logs, request, steps::Walk};
use crate::{
    finding::Finding,
    model::{ChallengeFile, Expected, SetStub, Step, StubErrors, StubRoute, Upstream},
    path::{Part, Path},
    suggestion,
};

/// How much all routes of a stub may be as JSON, in bytes, before their templates are filled in.
const MOST_ROUTES_SIZE: usize = 64 * 1024;
/// How many routes a stub may have.
const MOST_ROUTES: usize = 200;
/// Longer answers would outlast every check.
const MOST_LATENCY: std::time::Duration = std::time::Duration::from_mins(10);

/// The services that are stubs.
pub(super) struct Stubs<'a> {
    names: Vec<&'a str>,
    others: Vec<&'a str>,
    known: bool,
}

impl<'a> Stubs<'a> {
    /// `known` where every service was read.
    pub(super) fn of(file: &'a ChallengeFile, known: bool) -> Self {
        let names = |stubs: bool| {
            let such = file.services.iter();
            let such = such.filter(|(_, service)| service.as_stub().is_some() == stubs);
            such.map(|(name, _)| name.as_str()).collect()
        };
        Self {
            names: names(true),
            others: names(false),
            known,
        }
    }

    /// What is wrong with the stub that a step at this path names, or leaves out.
    fn look(&self, wanted: Option<&str>, path: &Path) -> Option<Finding> {
        if !self.known {
            return None;
        }
        let list = || suggestion::list(self.names.iter().copied());
        match (wanted, self.names.as_slice()) {
            (Some(name), known) if known.contains(&name) => None,
            (Some(name), _) if self.others.contains(&name) => Some(
                Finding::value(
                    path.key("service"),
                    format!("the service `{name}` is no stub"),
                )
                .help(list().map(|list| format!("name one of {list}"))),
            ),
            (Some(name), known) => Some(
                Finding::value(path.key("service"), format!("there is no service `{name}`"))
                    .label("unknown service")
                    .help(suggestion::help(name, known.iter().copied())),
            ),
            (None, [_]) => None,
            (None, []) => Some(
                Finding::key(path.clone(), "no service is a stub")
                    .help("add one under `services`".to_owned()),
            ),
            (None, _) => Some(
                Finding::key(path.clone(), "several services are stubs")
                    .label("needs `service`")
                    .help(list().map(|list| format!("name one of {list}"))),
            ),
        }
    }
}

/// How each stub answers at first.
pub(super) fn services(walk: &mut Walk<'_>, file: &ChallengeFile) {
    for (name, service) in &file.services {
        if let Some(stub) = service.as_stub() {
            let path = Path::root().key("services").key(name).key("stub");
            routes(walk, &stub.routes, &path.key("routes"));
        }
    }
}

/// A reference has stubs of its own, which a step does not change: it would differ by that.
pub(super) fn beside_references(file: &ChallengeFile, findings: &mut Vec<Finding>) {
    for (place, check) in file.checks.iter().enumerate() {
        if check.references().is_empty() {
            continue;
        }
        let path = Path::root().key("checks").index(place);
        findings.extend(remembering(file, &path));
        changes(&check.steps, &path.key("steps"), findings);
    }
}

/// A stub whose answers hang on how often it was asked.
fn remembering(file: &ChallengeFile, check: &Path) -> Option<Finding> {
    let mut services = file.services.iter();
    let (name, _) = services.find(|(_, service)| {
        service.as_stub().is_some_and(|stub| {
            let fails = |route: &StubRoute| route.errors.is_some();
            stub.rate_limit.is_some() || stub.routes.iter().any(fails)
        })
    })?;
    let path = Path::root().key("services").key(name).key("stub");
    Some(
        Finding::key(
            path,
            "beside a comparison a stub answers alike however often it is asked",
        )
        .label("has `errors` or a `rate_limit`")
        .help("set these with a `stub` step in the checks that want them".to_owned())
        .also(check.key("id"), Part::Value, "this check compares"),
    )
}

fn changes(steps: &[Step], path: &Path, findings: &mut Vec<Finding>) {
    for (place, step) in steps.iter().enumerate() {
        let path = path.index(place);
        if let Step::Stub(_) = step {
            findings.push(
                Finding::key(path.key("stub"), "a check that compares changes no stub").help(
                    "the reference has a stub of its own, which would not be changed".to_owned(),
                ),
            );
        }
        if let Some((key, inner)) = step.inner() {
            changes(inner, &path.key(key).key("steps"), findings);
        }
    }
}

/// Which stub is changed, and how it answers then.
pub(super) fn set(walk: &mut Walk<'_>, step: &SetStub, path: &Path) {
    let mistake = walk.stubs.look(step.service.as_deref(), path);
    walk.findings.extend(mistake);
    routes(walk, &step.routes, &path.key("routes"));
}

/// Which stub counts, what is done meanwhile, and what the calls must be.
pub(super) fn upstream(walk: &mut Walk<'_>, step: &Upstream, path: &Path) {
    let mistake = walk.stubs.look(step.service.as_deref(), path);
    walk.findings.extend(mistake);
    walk.steps(&step.steps, &path.key("steps"));
    let path = path.key("expect");
    let expect = &step.expect;
    for (key, expected) in [("calls", &expect.calls), ("at_once", &expect.at_once)] {
        if let Some(expected) = expected {
            count(walk, expected, &path.key(key));
        }
    }
    for (place, of) in expect.of.iter().enumerate() {
        let path = path.key("of").index(place);
        let call = path.key("call");
        walk.findings.extend(request::line(&of.call.0, &call));
        if request::outside_templates(&of.call.0).contains('?') {
            walk.findings.push(
                Finding::value(call.clone(), "calls are told apart without their query")
                    .help("leave out the `?` and what is behind it".to_owned()),
            );
        }
        walk.template(&of.call, &call);
        count(walk, &of.times, &path.key("times"));
    }
    if expect.calls.is_none() && expect.at_once.is_none() && expect.of.is_empty() {
        walk.findings.push(
            Finding::key(path, "nothing is expected")
                .help("give at least one of `calls`, `at_once`, `of`".to_owned()),
        );
    }
}

fn count(walk: &mut Walk<'_>, expected: &Expected, path: &Path) {
    walk.expected(expected, path);
    if logs::is_no_count(&expected.0) {
        walk.findings.push(
            Finding::value(path.clone(), format!("`{}` is no count", expected.0))
                .label("expected a whole number or a matcher")
                .help("write a number such as 1, or `{ $range: { max: 1 } }`".to_owned()),
        );
    }
}

fn routes(walk: &mut Walk<'_>, routes: &[StubRoute], path: &Path) {
    if routes.len() > MOST_ROUTES {
        let told = format!("a stub has at most {MOST_ROUTES} routes");
        walk.findings.push(Finding::key(path.clone(), told));
    }
    let size = serde_json::to_string(routes).map_or(0, |text| text.len());
    if size > MOST_ROUTES_SIZE {
        let most = MOST_ROUTES_SIZE / 1024;
        let told = format!("the routes of a stub are at most {most} KiB together");
        walk.findings.push(Finding::key(path.clone(), told));
    }
    for (place, one) in routes.iter().enumerate() {
        route(walk, one, &path.index(place));
    }
}

fn route(walk: &mut Walk<'_>, route: &StubRoute, path: &Path) {
    let on = path.key("on");
    let line = request::line(&route.on.0, &on);
    walk.findings
        .extend(line.or_else(|| unusable(&route.on.0, &on)));
    walk.template(&route.on, &on);
    if let Some(json) = &route.json {
        walk.json(&json.0, &path.key("json"));
    }
    if let Some(text) = &route.text {
        walk.template(text, &path.key("text"));
    }
    if route.json.is_some() && route.text.is_some() {
        walk.findings.push(
            Finding::key(
                path.key("text"),
                "an answer has one body: `json` or `text`, not both",
            )
            .label("one body too many")
            .also(path.key("json"), Part::Key, "the other one"),
        );
    }
    for (name, template) in &route.headers {
        let path = path.key("headers").key(name);
        walk.findings
            .extend(request::header_name(path.clone(), name));
        walk.template(template, &path);
    }
    walk.findings.extend(latency(route, path));
    if let Some(errors) = &route.errors {
        walk.findings.extend(failing(errors, &path.key("errors")));
    }
}

/// What is wrong with a path that is a path.
fn unusable(on: &str, path: &Path) -> Option<Finding> {
    let finding = |message: String| Finding::value(path.clone(), message);
    let plain = request::outside_templates(on);
    let (_, target) = plain.split_once(' ')?;
    if target.contains(['?', '#']) {
        return Some(
            finding("a route has no query".to_owned())
                .help("leave it out: a call's query is not looked at".to_owned()),
        );
    }
    let mut names = Vec::new();
    for segment in target.split('/') {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let is_name = |name: &str| {
            let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !name.is_empty() && name.chars().all(of_name)
        };
        match name {
            Some(name) if names.contains(&name) => {
                return Some(finding(format!("`{{{name}}}` is there twice")));
            }
            Some(name) if is_name(name) => names.push(name),
            None if !segment.contains(['{', '}']) => {}
            _ => {
                return Some(
                    finding(format!("`{segment}` is no segment of a path")).help(
                        "write a word, or `{name}` for the whole of a segment that is free"
                            .to_owned(),
                    ),
                );
            }
        }
    }
    None
}

fn latency(route: &StubRoute, path: &Path) -> Option<Finding> {
    let long = |key: &str, time: Option<crate::model::Duration>| {
        let time = time.filter(|time| time.get() > MOST_LATENCY)?;
        Some(
            Finding::value(path.key(key), format!("{time} is longer than any check"))
                .label("at most 10m"),
        )
    };
    let p99 = path.key("latency_p99");
    match (route.latency, route.latency_p99) {
        (None, Some(_)) => Some(
            Finding::key(p99, "`latency_p99` needs `latency`")
                .help("give with `latency` what half of the answers take at most".to_owned()),
        ),
        (Some(p50), Some(most)) if p50.get().is_zero() || most < p50 => Some(
            Finding::value(
                p99,
                format!("{most} is no 99th percentile of times whose median is {p50}"),
            )
            .also(path.key("latency"), Part::Value, "the median"),
        ),
        (p50, most) => long("latency", p50).or_else(|| long("latency_p99", most)),
    }
}

fn failing(errors: &StubErrors, path: &Path) -> Option<Finding> {
    let share = path.key("share");
    match (errors.first, errors.share) {
        (None, None) => Some(
            Finding::key(path.clone(), "it is not said which calls fail")
                .help("give `first` (so many at first) or `share` (so many of all)".to_owned()),
        ),
        (Some(_), Some(_)) => Some(
            Finding::key(
                share,
                "either the first calls fail or a share of all, not both",
            )
            .also(path.key("first"), Part::Key, "the other one"),
        ),
        (None, Some(0.0)) => Some(
            Finding::value(share, "a share of 0 fails nothing")
                .help("leave `errors` out".to_owned()),
        ),
        _ if errors.close && errors.status.is_some() => Some(
            Finding::key(
                path.key("close"),
                "a connection that is closed carries no status",
            )
            .also(path.key("status"), Part::Key, "this one"),
        ),
        _ => None,
    }
}
