use std::{collections::HashMap, path::PathBuf, rc::Rc};

use indexmap::IndexMap;
use minijinja::Environment;
use serde_json::Value;

use super::{
    Surroundings,
    against::Known,
    capacity, differential,
    fault::{self, Breakable},
    load, logs, migration, openapi, quantities, queries,
    redis::{self, Caches},
    replica, request,
    scope::{Origin, Scope},
    sql::{self, Services},
    stub::{self, Stubs},
    template::Templates,
};
use crate::{
    expression::is_template,
    finding::Finding,
    matcher::Matcher,
    model::{
        Assert, ChallengeFile, Check, Duration, Eventually, Expected, Meanwhile, Parallel, Repeat,
        Request, Step, Template,
    },
    path::Path,
    problem::ENOUGH,
};

/// How long after requests were sent others may begin.
const LONGEST_MEANWHILE: Duration = Duration::from_secs(30);

/// The steps of all checks, with the names that each may use.
pub(super) fn look(file: &ChallengeFile, around: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    let environment = Environment::new();
    let root = Path::root();
    let repaired = around.repaired;
    let names = |all: &IndexMap<String, PathBuf>| all.keys().cloned().collect::<Vec<_>>();
    let (solutions, starters) = (names(&file.solutions), names(&file.starters));
    let mut walk = Walk {
        templates: Templates::new(&environment, captures(file)),
        known: Known {
            solutions: &solutions,
            starters: &starters,
        },
        limit: file.limits.check,
        resets: false,
        inside: None,
        services: Services::of(file, !repaired.touches(&root.key("services"))),
        caches: Caches::of(file, !repaired.touches(&root.key("services"))),
        stubs: Stubs::of(file, !repaired.touches(&root.key("services"))),
        breakable: Breakable::of(file, !repaired.touches(&root.key("services"))),
        scope: Scope {
            complete: true,
            ..Scope::default()
        },
        findings,
    };
    let env = root.key("app").key("env");
    for (name, template) in &file.app.env {
        walk.template(template, &env.key(name));
    }
    let shared_is_complete =
        !repaired.touches(&root.key("vars")) && !repaired.touches(&root.key("app"));
    walk.scope.complete = shared_is_complete;
    walk.scope.env = Some(file.app.env.keys().cloned().collect());
    stub::services(&mut walk, file);
    walk.vars(&file.vars, &root.key("vars"));
    walk.scope.shared = Rc::new(std::mem::take(&mut walk.scope.names));
    let shared = walk.scope.clone();
    for (place, check) in file.checks.iter().enumerate() {
        let path = root.key("checks").index(place);
        walk.scope = shared.clone();
        walk.scope.complete &=
            !repaired.touches(&path.key("vars")) && !repaired.touches(&path.key("steps"));
        walk.check(check, &path);
    }
}

/// What any check captures: name to the first such check's id.
fn captures(file: &ChallengeFile) -> HashMap<String, String> {
    let mut captures = HashMap::new();
    for check in &file.checks {
        for_each_capture(&check.steps, &Path::root(), &mut |name, _| {
            captures
                .entry(name.to_owned())
                .or_insert_with(|| check.id.clone());
        });
    }
    captures
}

pub(super) struct Walk<'a> {
    pub(super) templates: Templates<'a>,
    pub(super) services: Services<'a>,
    pub(super) caches: Caches<'a>,
    pub(super) stubs: Stubs<'a>,
    pub(super) breakable: Breakable<'a>,
    /// What a step can compare the submission with.
    pub(super) known: Known<'a>,
    /// Of a check.
    pub(super) limit: Duration,
    /// Whether the check begins with services in their first state.
    resets: bool,
    /// The step around this one.
    pub(super) inside: Option<&'static str>,
    pub(super) scope: Scope,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Walk<'_> {
    fn check(&mut self, check: &Check, path: &Path) {
        let steps = path.key("steps");
        for_each_capture(&check.steps, &steps, &mut |name, path| {
            self.scope.announce(name, Origin::Capture, path);
        });
        self.vars(&check.vars, &path.key("vars"));
        self.resets = check.reset.is_some();
        fault::together(self, &check.steps, &steps);
        replica::together(self, &check.steps, &steps);
        self.steps(&check.steps, &steps);
    }

    pub(super) fn vars(&mut self, vars: &IndexMap<String, Template>, path: &Path) {
        for name in vars.keys() {
            self.scope.announce(name, Origin::Var, path.key(name));
        }
        for (name, template) in vars {
            if self.findings.len() >= ENOUGH {
                return;
            }
            self.template(template, &path.key(name));
            self.make(name, Origin::Var, path.key(name));
        }
    }

    pub(super) fn steps(&mut self, steps: &[Step], path: &Path) {
        for (place, step) in steps.iter().enumerate() {
            if self.findings.len() >= ENOUGH {
                return;
            }
            let path = path.index(place);
            let outside = self.inside;
            if let Some((key, _)) = step.inner() {
                self.inside = Some(key);
            }
            match step {
                Step::Request(request) => request::look(self, request, &path.key("request")),
                Step::Parallel(parallel) => self.parallel(parallel, &path.key("parallel")),
                Step::Meanwhile(step) => self.meanwhile(step, &path.key("meanwhile")),
                Step::Sql(sql) => sql::look(self, sql, &path.key("sql")),
                Step::Queries(step) => queries::look(self, step, &path.key("queries")),
                Step::Explain(step) => queries::explain(self, step, &path.key("explain")),
                Step::Redis(step) => redis::look(self, step, &path.key("redis")),
                Step::Upstream(step) => stub::upstream(self, step, &path.key("upstream")),
                Step::Stub(step) => stub::set(self, step, &path.key("stub")),
                Step::Fault(step) => fault::look(self, step, &path.key("fault")),
                Step::Replica(step) => replica::look(self, step, &path.key("replica")),
                Step::Eventually(eventually) => {
                    self.eventually(eventually, &path.key("eventually"));
                }
                Step::Repeat(repeat) => self.repeat(repeat, &path.key("repeat")),
                Step::Assert(assert) => self.assert(assert, &path.key("assert")),
                Step::Logs(logs) => logs::look(self, logs, &path.key("logs")),
                Step::OpenApi(step) => openapi::look(self, step, &path.key("openapi")),
                Step::Differential(step) => {
                    differential::look(self, step, &path.key("differential"));
                }
                Step::Load(step) => load::look(self, step, outside, &path.key("load")),
                Step::Capacity(step) => {
                    capacity::look(self, step, outside, &path.key("capacity"));
                }
                Step::Migration(step) => {
                    let around = (outside, self.resets);
                    migration::look(self, step, around, &path.key("migration"));
                }
                // Looked at with its check.
                Step::Suite(_) | Step::OwnSuite(_) | Step::Pipeline(_) => {}
            }
            self.inside = outside;
        }
    }

    fn parallel(&mut self, parallel: &Parallel, path: &Path) {
        self.scope.index = true;
        let captures = path.key("request").key("expect").key("capture");
        for name in parallel.request.expect.capture.keys() {
            self.findings.push(
                Finding::key(
                    captures.key(name),
                    "the request of a `parallel` step captures nothing, as there are many answers",
                )
                .help("write `capture: NAME` on the step: it keeps the list of answers".to_owned()),
            );
        }
        let mut request = parallel.request.clone();
        request.expect.capture.clear();
        request::look(self, &request, &path.key("request"));
        self.scope.index = false;
        for (key, expected) in &parallel.tally {
            let path = path.key("tally").key(key);
            if !request::is_tally_key(key) {
                self.findings
                    .push(request::unknown_tally_key(path.clone(), key));
            }
            self.expected(expected, &path);
        }
        if let Some(name) = &parallel.capture {
            self.make(name, Origin::Capture, path.key("capture"));
        }
    }

    fn meanwhile(&mut self, step: &Meanwhile, path: &Path) {
        if step.after > LONGEST_MEANWHILE {
            self.findings.push(
                Finding::value(
                    path.key("after"),
                    format!("{} is longer than requests are left under way", step.after),
                )
                .label(format!("at most {LONGEST_MEANWHILE}")),
            );
        }
        // What is sent is made before the steps, and its answers are there after them.
        let mut parallel = step.parallel.clone();
        let capture = parallel.capture.take();
        self.parallel(&parallel, &path.key("parallel"));
        self.steps(&step.steps, &path.key("steps"));
        if let Some(name) = &capture {
            let path = path.key("parallel").key("capture");
            self.make(name, Origin::Capture, path);
        }
    }

    fn eventually(&mut self, eventually: &Eventually, path: &Path) {
        self.findings
            .extend(quantities::no_time(path.key("within"), eventually.within));
        self.findings
            .extend(quantities::no_time(path.key("every"), eventually.every));
        self.steps(&eventually.steps, &path.key("steps"));
    }

    fn repeat(&mut self, repeat: &Repeat, path: &Path) {
        let outside = std::mem::replace(&mut self.scope.round, true);
        self.steps(&repeat.steps, &path.key("steps"));
        self.scope.round = outside;
    }

    fn assert(&mut self, assert: &Assert, path: &Path) {
        let that = path.key("that");
        if !is_template(&assert.that.0) {
            self.findings.push(
                Finding::value(that.clone(), "this is plain text and never true")
                    .label("expected an expression")
                    .help(format!("did you mean \"{{{{ {} }}}}\"?", assert.that.0)),
            );
        }
        self.template(&assert.that, &that);
    }

    pub(super) fn make(&mut self, name: &str, origin: Origin, path: Path) {
        self.findings.extend(self.scope.make(name, origin, path));
    }

    pub(super) fn template(&mut self, template: &Template, path: &Path) {
        self.templates
            .look(&template.0, path, &self.scope, self.findings);
    }

    pub(super) fn json(&mut self, value: &Value, path: &Path) {
        self.templates
            .look_in(value, path, &self.scope, self.findings);
    }

    pub(super) fn expected(&mut self, expected: &Expected, path: &Path) {
        self.json(&expected.0, path);
        for error in Matcher::mistakes(&expected.0) {
            self.findings.push(Finding {
                part: error.part,
                ..Finding::value(path.join(&error.at), error.mistake.to_string())
                    .help(error.mistake.help())
            });
        }
    }
}

/// Calls `visit` with each name that steps capture, in their order, and the place of the capture.
pub(crate) fn for_each_capture(steps: &[Step], path: &Path, visit: &mut dyn FnMut(&str, Path)) {
    for (place, step) in steps.iter().enumerate() {
        let path = path.index(place);
        let (names, path): (Vec<&String>, Path) = match step {
            Step::Request(request) => (
                request.expect.capture.keys().collect(),
                path.key("request").key("expect").key("capture"),
            ),
            Step::Sql(sql) => (
                sql.expect.capture.keys().collect(),
                path.key("sql").key("expect").key("capture"),
            ),
            Step::Parallel(parallel) => {
                if let Some(name) = &parallel.capture {
                    let path = path.key("parallel").key("capture");
                    visit(name, path);
                }
                continue;
            }
            Step::Load(load) => {
                captured(&load.setup, &path.key("load"), visit);
                continue;
            }
            Step::Capacity(capacity) => {
                captured(&capacity.setup, &path.key("capacity"), visit);
                continue;
            }
            step => {
                if let Step::Meanwhile(meanwhile) = step
                    && let Some(name) = &meanwhile.parallel.capture
                {
                    visit(name, path.key("meanwhile").key("parallel").key("capture"));
                }
                if let Some((key, inner)) = step.inner() {
                    for_each_capture(inner, &path.key(key).key("steps"), visit);
                }
                continue;
            }
        };
        for name in names {
            visit(name, path.key(name));
        }
    }
}

/// Of requests that begin a step.
fn captured(setup: &[Request], step: &Path, visit: &mut dyn FnMut(&str, Path)) {
    for (place, request) in setup.iter().enumerate() {
        let path = step.key("setup").index(place).key("expect").key("capture");
        for name in request.expect.capture.keys() {
            visit(name, path.key(name));
        }
    }
}
