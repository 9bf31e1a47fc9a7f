//! GitLab CI.

mod occasions;

use std::cell::Cell;

use serde_json::{Map, Value};

use self::occasions::{Run, runs};
use super::{
    Job, Script, Shell,
    condition::Occasion,
    value::{Findings, object, only, plain, text, texts},
};
use crate::{finding::Finding, path::Path, suggestion};

const TOP: [&str; 11] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "spec",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
];
const JOB: [&str; 43] = [
    "after_script",
    "allow_failure",
    "artifacts",
    "before_script",
    "cache",
    "coverage",
    "dast_configuration",
    "dependencies",
    "environment",
    "except",
    "extends",
    "id_tokens",
    "identity",
    "image",
    "inherit",
    "inputs",
    "interruptible",
    "manual_confirmation",
    "needs",
    "only",
    "pages",
    "parallel",
    "publish",
    "release",
    "resource_group",
    "retry",
    "rules",
    "run",
    "script",
    "secrets",
    "services",
    "stage",
    "start_in",
    "tags",
    "timeout",
    "trigger",
    "type",
    "variables",
    "when",
    "hooks",
    "default",
    "workflow",
    "description",
];
const STAGES: [&str; 5] = [".pre", "build", "test", "deploy", ".post"];
/// Levels of lists in lists, and of jobs that extend others.
const MOST_LEVELS: usize = 10;

/// Parts that are put together in all; more than anybody's file has.
const BUDGET: u32 = 10_000;

/// What all jobs of a file share.
struct File<'v> {
    top: &'v Map<String, Value>,
    /// How much more is put together from parts: a file could name itself again and again.
    budget: Cell<u32>,
    /// Whether others may be written elsewhere.
    includes: bool,
}

pub(super) fn jobs(value: &Value, findings: &mut Findings) -> Vec<Job> {
    let root = Path::root();
    let Some(top) = object(value, &root, "a pipeline", findings) else {
        return Vec::new();
    };
    let file = File {
        top,
        budget: Cell::new(BUDGET),
        includes: top.contains_key("include"),
    };
    let mut stages: Vec<String> = match top.get("stages") {
        None => STAGES.map(str::to_owned).into(),
        Some(stages) => texts(stages).unwrap_or_else(|| {
            findings.push(Finding::value(
                root.key("stages"),
                "`stages` has to be a list of names",
            ));
            Vec::new()
        }),
    };
    stages.extend([".pre", ".post"].map(str::to_owned));
    let mut found = Vec::new();
    let mut any = file.includes;
    for (name, job) in top.iter().filter(|(name, _)| !TOP.contains(&name.as_str())) {
        let path = root.key(name);
        let Some(written) = object(job, &path, &format!("the job `{name}`"), findings) else {
            continue;
        };
        only(written, &JOB, &path, findings);
        let Some(job) = file.extended(written, &path, 0, findings) else {
            continue;
        };
        // Templates are for others to extend.
        if name.starts_with('.') {
            continue;
        }
        any = true;
        file.look(name, &job, &stages, &path, findings);
        for occasion in [Occasion::Push, Occasion::Review] {
            if let Some(run) = runs(&job, top, occasion) {
                take(&mut found, file.of(name, &job, run, occasion));
            }
        }
    }
    if !any {
        findings.push(Finding::value(root, "there is no job that runs"));
    }
    found
}

/// One that is the same on both occasions is one.
fn take(all: &mut Vec<Job>, job: Job) {
    let twin = all.iter_mut().find(|other| {
        other.name == job.name && other.scripts == job.scripts && other.soft == job.soft
    });
    match twin {
        Some(twin) => {
            twin.on_push |= job.on_push;
            twin.on_review |= job.on_review;
        }
        None => all.push(job),
    }
}

impl File<'_> {
    /// Whether so many more parts are put together.
    fn affords(&self, parts: u32) -> bool {
        let left = self.budget.get().checked_sub(parts);
        self.budget.set(left.unwrap_or(0));
        left.is_some()
    }

    /// With all that it extends.
    fn extended(
        &self,
        job: &Map<String, Value>,
        path: &Path,
        level: usize,
        findings: &mut Findings,
    ) -> Option<Map<String, Value>> {
        let Some(extends) = job.get("extends") else {
            return Some(job.clone());
        };
        let place = path.key("extends");
        if level > MOST_LEVELS || !self.affords(10) {
            findings.push(Finding::value(
                place,
                "jobs extend each other, or more than ten deep",
            ));
            return None;
        }
        let mut whole = Map::new();
        for name in texts(extends).unwrap_or_default() {
            match self.top.get(&name).and_then(Value::as_object) {
                Some(base) => {
                    let base = self.extended(base, path, level + 1, findings)?;
                    merge(&mut whole, &base);
                }
                None if self.includes => {}
                None => {
                    let message = format!("there is no job `{name}` to extend");
                    let help = suggestion::help(&name, self.top.keys().map(String::as_str));
                    findings.push(Finding::value(place.clone(), message).help(help));
                    return None;
                }
            }
        }
        merge(&mut whole, job);
        Some(whole)
    }

    /// The shape of a job that runs.
    fn look(
        &self,
        name: &str,
        job: &Map<String, Value>,
        stages: &[String],
        path: &Path,
        findings: &mut Findings,
    ) {
        let works = ["script", "trigger", "run"]
            .iter()
            .any(|key| job.contains_key(*key));
        let may_work = self.includes && job.contains_key("extends");
        if !works && !may_work {
            let message = format!("the job `{name}` has no `script`");
            findings.push(Finding::key(path.clone(), message));
        }
        for key in ["script", "before_script", "after_script"] {
            if let Some(lines) = job.get(key)
                && self.lines(lines, 0).is_none()
            {
                let message = format!("`{key}` has to be a text or a list of texts");
                findings.push(Finding::value(path.key(key), message));
            }
        }
        if let Some(stage) = job.get("stage").and_then(text)
            && !stages.contains(&stage)
        {
            let message = format!("there is no stage `{stage}`");
            let help = suggestion::help(&stage, stages.iter().map(String::as_str));
            findings.push(Finding::value(path.key("stage"), message).help(help));
        }
        let Some(Value::Array(needs)) = job.get("needs") else {
            return;
        };
        for (place, need) in needs.iter().enumerate() {
            let of_others = ["project", "pipeline"]
                .iter()
                .any(|key| need.get(*key).is_some());
            let Some(named) = text(need).or_else(|| text(need.get("job")?)) else {
                continue;
            };
            if !of_others && !self.includes && !self.top.contains_key(&named) {
                let message = format!("there is no job `{named}`");
                let help = suggestion::help(&named, self.top.keys().map(String::as_str));
                findings.push(Finding::value(path.key("needs").index(place), message).help(help));
            }
        }
    }

    /// The lines of a script, through lists in lists and references.
    fn lines(&self, script: &Value, level: usize) -> Option<Vec<String>> {
        if level > MOST_LEVELS || !self.affords(1) {
            return None;
        }
        let Value::Array(items) = script else {
            return Some(vec![text(script)?]);
        };
        if items.first().and_then(Value::as_str) == Some("REFERENC") {
            let mut keys = items[1..].iter().map(text);
            let mut at = self.top.get(&keys.next()??);
            for key in keys {
                at = at.and_then(|at| at.get(key?));
            }
            // It may stand in what is included.
            let Some(at) = at else {
                return self.includes.then(Vec::new);
            };
            return self.lines(at, level + 1);
        }
        let mut all = Vec::new();
        for item in items {
            all.extend(self.lines(item, level + 1)?);
        }
        Some(all)
    }

    /// Its own, else the default's, else that at the top.
    fn shared<'a>(&'a self, job: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
        let default = || self.top.get("default").and_then(|all| all.get(key));
        job.get(key).or_else(default).or_else(|| self.top.get(key))
    }

    fn of(&self, name: &str, job: &Map<String, Value>, run: Run, occasion: Occasion) -> Job {
        let before = self.shared(job, "before_script");
        let script = [before, job.get("script")].into_iter().flatten();
        let lines: Vec<String> = script
            .filter_map(|part| self.lines(part, 0))
            .flatten()
            .collect();
        let mut env = plain(self.top.get("variables"));
        env.extend(plain(job.get("variables")));
        env.retain(|(_, value)| !value.contains('$'));
        let allowed = job.get("allow_failure");
        let is_soft =
            allowed.is_some_and(|allowed| allowed.is_object() || *allowed == Value::Bool(true));
        Job {
            name: name.to_owned(),
            on_push: occasion == Occasion::Push,
            on_review: occasion == Occasion::Review,
            soft: run.soft.unwrap_or(is_soft),
            caches: self.shared(job, "cache").is_some_and(keeps),
            env,
            scripts: if lines.is_empty() {
                Vec::new()
            } else {
                vec![Script {
                    shell: Shell::BashPipefail,
                    text: lines.join("\n"),
                    soft: false,
                    env: Vec::new(),
                }]
            },
        }
    }
}

/// Objects are merged key by key, all else is replaced.
fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            _ => {
                into.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Whether a `cache` names anything to keep.
fn keeps(cache: &Value) -> bool {
    match cache {
        Value::Array(all) => all.iter().any(keeps),
        Value::Object(one) => ["paths", "untracked", "key"]
            .iter()
            .any(|key| one.contains_key(*key)),
        _ => false,
    }
}
