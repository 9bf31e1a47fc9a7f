//! GitHub Actions.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use regex::Regex;
use serde_json::{Map, Value};

use super::{
    Job, Script, Shell,
    condition::{Occasion, is_excluded},
    value::{Findings, object, only, plain, text, texts},
};
use crate::{finding::Finding, path::Path, suggestion};

const TOP: [&str; 8] = [
    "name",
    "run-name",
    "on",
    "permissions",
    "env",
    "defaults",
    "concurrency",
    "jobs",
];
const JOB: [&str; 22] = [
    "name",
    "permissions",
    "needs",
    "if",
    "runs-on",
    "snapshot",
    "environment",
    "concurrency",
    "outputs",
    "env",
    "defaults",
    "steps",
    "timeout-minutes",
    "strategy",
    "continue-on-error",
    "container",
    "services",
    "uses",
    "with",
    "secrets",
    "cancel-timeout-minutes",
    "runs-on-labels",
];
const STEP: [&str; 12] = [
    "id",
    "if",
    "name",
    "uses",
    "run",
    "working-directory",
    "shell",
    "with",
    "env",
    "continue-on-error",
    "timeout-minutes",
    "background",
];
const EVENTS: [&str; 36] = [
    "branch_protection_rule",
    "check_run",
    "check_suite",
    "create",
    "delete",
    "deployment",
    "deployment_status",
    "discussion",
    "discussion_comment",
    "fork",
    "gollum",
    "image_version",
    "issue_comment",
    "issues",
    "label",
    "merge_group",
    "milestone",
    "page_build",
    "project",
    "project_card",
    "project_column",
    "public",
    "pull_request",
    "pull_request_comment",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_target",
    "push",
    "registry_package",
    "release",
    "repository_dispatch",
    "schedule",
    "status",
    "watch",
    "workflow_call",
    "workflow_dispatch",
];
/// Not in the list above only for its length.
const MORE_EVENTS: [&str; 1] = ["workflow_run"];

static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("^[A-Za-z_][A-Za-z0-9_-]*$").expect("the pattern is sound"));
static EXPRESSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)\$\{\{.*?\}\}").expect("the pattern is sound"));
static VERSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"@v?(\d+)").expect("the pattern is sound"));

pub(super) fn jobs(value: &Value, findings: &mut Findings) -> Vec<Job> {
    let root = Path::root();
    let Some(file) = object(value, &root, "a workflow", findings) else {
        return Vec::new();
    };
    only(file, &TOP, &root, findings);
    for key in ["on", "jobs"] {
        if file.get(key).is_none_or(Value::is_null) {
            let message = format!("a workflow needs `{key}`");
            findings.push(Finding::value(root.clone(), message));
        }
    }
    let (push, review) = file.get("on").map_or((false, false), |on| {
        occasions(on, &root.key("on"), findings)
    });
    let Some(all) = file.get("jobs").filter(|jobs| !jobs.is_null()) else {
        return Vec::new();
    };
    let path = root.key("jobs");
    let Some(all) = object(all, &path, "`jobs`", findings) else {
        return Vec::new();
    };
    if all.is_empty() {
        findings.push(Finding::value(path.clone(), "there are no jobs"));
    }
    for (id, job) in all {
        look(id, job, all, &path.key(id), findings);
    }
    if !findings.is_empty() {
        return Vec::new();
    }
    let occasions = [(push, Occasion::Push), (review, Occasion::Review)];
    let occasions = occasions.into_iter().filter(|(is, _)| *is);
    let mut jobs: Vec<Job> = Vec::new();
    for (_, occasion) in occasions {
        for (id, job) in all {
            let found = run(all, id, occasion).then(|| of(file, id, job, occasion));
            let Some(found) = found else { continue };
            // The same on both occasions is one.
            let twin = jobs.iter_mut().find(|other| {
                other.name == found.name
                    && other.scripts == found.scripts
                    && occasion == Occasion::Review
            });
            match twin {
                Some(twin) => twin.on_review = true,
                None => jobs.push(found),
            }
        }
    }
    jobs
}

/// Whether it runs for pushes of commits, and for pull requests.
fn occasions(on: &Value, path: &Path, findings: &mut Findings) -> (bool, bool) {
    let none = Value::Null;
    let named: BTreeMap<String, &Value> = match on {
        Value::Object(events) => events
            .iter()
            .map(|(name, how)| (name.clone(), how))
            .collect(),
        other => {
            let names = texts(other).unwrap_or_else(|| {
                let message = "`on` has to be an event, a list of events, or an object of them";
                findings.push(Finding::value(path.clone(), message));
                Vec::new()
            });
            names.into_iter().map(|name| (name, &none)).collect()
        }
    };
    let known = || EVENTS.into_iter().chain(MORE_EVENTS);
    for name in named
        .keys()
        .filter(|name| !known().any(|event| event == *name))
    {
        let place = match on {
            Value::Object(_) => Finding::key(path.key(name), format!("there is no event `{name}`")),
            _ => Finding::value(path.clone(), format!("there is no event `{name}`")),
        };
        findings.push(place.help(
            suggestion::nearest(name, known()).map(|near| format!("did you mean `{near}`?")),
        ));
    }
    let is_of_commits = |how: &Value| {
        let has = |key: &str| how.get(key).is_some();
        let only_tags =
            (has("tags") || has("tags-ignore")) && !has("branches") && !has("branches-ignore");
        let ignores_all = how.get("branches-ignore").and_then(texts);
        let ignores_all = ignores_all.is_some_and(|all| all.iter().any(|one| one == "**"));
        !only_tags && !ignores_all
    };
    let push = named.get("push").is_some_and(|how| is_of_commits(how));
    let review = ["pull_request", "pull_request_target"];
    (push, review.iter().any(|name| named.contains_key(*name)))
}

/// The shape of a job.
fn look(id: &str, job: &Value, all: &Map<String, Value>, path: &Path, findings: &mut Findings) {
    if !ID.is_match(id) {
        let message = format!("`{id}` is no id of a job");
        findings.push(
            Finding::key(path.clone(), message)
                .help("letters, digits, `_` and `-`, beginning with a letter or `_`".to_owned()),
        );
    }
    let Some(job) = object(job, path, &format!("the job `{id}`"), findings) else {
        return;
    };
    only(job, &JOB, path, findings);
    let needed = job.get("needs").map_or_else(|| Some(Vec::new()), texts);
    for name in needed.unwrap_or_default() {
        if !all.contains_key(&name) {
            let message = format!("there is no job `{name}`");
            let help = suggestion::help(&name, all.keys().map(String::as_str));
            findings.push(Finding::value(path.key("needs"), message).help(help));
        }
    }
    if job.contains_key("uses") {
        if job.contains_key("steps") {
            findings.push(Finding::key(
                path.key("steps"),
                "a job with `uses` has no steps",
            ));
        }
        return;
    }
    if job.get("runs-on").is_none_or(Value::is_null) {
        findings.push(
            Finding::key(
                path.clone(),
                format!("the job `{id}` does not say where it runs"),
            )
            .help("write `runs-on: ubuntu-latest`".to_owned()),
        );
    }
    let steps = path.key("steps");
    match job.get("steps") {
        Some(Value::Array(all)) if !all.is_empty() => {
            for (place, step) in all.iter().enumerate() {
                look_at_step(step, &steps.index(place), findings);
            }
        }
        Some(_) => findings.push(Finding::value(
            steps,
            "`steps` has to be a list of at least one",
        )),
        None => findings.push(Finding::key(
            path.clone(),
            format!("the job `{id}` has no steps"),
        )),
    }
}

fn look_at_step(step: &Value, path: &Path, findings: &mut Findings) {
    let Some(step) = object(step, path, "a step", findings) else {
        return;
    };
    only(step, &STEP, path, findings);
    match (step.get("run"), step.get("uses")) {
        (Some(_), Some(_)) => {
            findings.push(Finding::key(
                path.key("run"),
                "a step has `run` or `uses`, not both",
            ));
        }
        (None, None) => {
            findings.push(Finding::value(
                path.clone(),
                "a step has to have `run` or `uses`",
            ));
        }
        (Some(Value::String(_)), None) | (None, Some(Value::String(_))) => {}
        (Some(_), None) => {
            findings.push(Finding::value(path.key("run"), "`run` has to be a text"));
        }
        (None, Some(_)) => {
            findings.push(Finding::value(path.key("uses"), "`uses` has to be a text"));
        }
    }
}

/// Whether a job runs on an occasion, with all that it needs. A circle of needs is refused by the host; it
/// is not looked for here.
fn run(all: &Map<String, Value>, id: &str, occasion: Occasion) -> bool {
    let mut seen = BTreeSet::new();
    let mut asked = vec![id.to_owned()];
    while let Some(id) = asked.pop() {
        let Some(job) = all.get(&id) else { continue };
        let when = job.get("if").and_then(text);
        if when.is_some_and(|when| is_excluded(&when, occasion)) {
            return false;
        }
        if seen.insert(id) {
            asked.extend(job.get("needs").and_then(texts).unwrap_or_default());
        }
    }
    true
}

fn of(file: &Map<String, Value>, id: &str, job: &Value, occasion: Occasion) -> Job {
    let steps = job.get("steps").and_then(Value::as_array);
    let steps = steps.map(Vec::as_slice).unwrap_or_default();
    let runs = |step: &&Value| {
        let when = step.get("if").and_then(text);
        !when.is_some_and(|when| is_excluded(&when, occasion))
    };
    let running: Vec<&Value> = steps.iter().filter(runs).collect();
    let default = [Some(job), Some(&Value::Object(file.clone()))]
        .into_iter()
        .flatten()
        .find_map(|holder| text(holder.pointer("/defaults/run/shell")?));
    let script = |step: &&&Value| {
        let run = text(step.get("run")?)?;
        let shell = step.get("shell").and_then(text).or_else(|| default.clone());
        Some(Script {
            shell: shell_of(shell.as_deref()),
            text: EXPRESSION.replace_all(&run, "expression").into_owned(),
            soft: is_true(step.get("continue-on-error")),
            env: literal(step.get("env")),
        })
    };
    let mut env = literal(file.get("env"));
    env.extend(literal(job.get("env")));
    Job {
        name: id.to_owned(),
        on_push: occasion == Occasion::Push,
        on_review: occasion == Occasion::Review,
        soft: is_true(job.get("continue-on-error")),
        caches: running.iter().any(|step| caches(step)),
        env,
        scripts: running.iter().filter_map(|step| script(&step)).collect(),
    }
}

fn shell_of(named: Option<&str>) -> Shell {
    let Some(named) = named else {
        return Shell::Bash;
    };
    match named.split_whitespace().next() {
        Some("bash") if named.trim() == "bash" || named.contains("pipefail") => Shell::BashPipefail,
        Some("bash") => Shell::Bash,
        Some("sh") => Shell::Sh,
        _ => Shell::Other,
    }
}

/// Without those that an expression computes.
fn literal(env: Option<&Value>) -> Vec<(String, String)> {
    let mut all = plain(env);
    all.retain(|(_, value)| !value.contains("${{"));
    all
}

fn is_true(value: Option<&Value>) -> bool {
    value.and_then(text).as_deref() == Some("true")
}

/// Whether a step keeps something from one run to the next.
fn caches(step: &Value) -> bool {
    let Some(uses) = step.get("uses").and_then(text) else {
        return false;
    };
    let action = uses.split('@').next().unwrap_or_default().to_lowercase();
    let with = plain(step.get("with"));
    let said = with
        .iter()
        .find(|(name, _)| name.contains("cache") && !name.contains("path"));
    let says = |value: &str| !["", "false", "never"].contains(&value.trim());
    if action.contains("cache") {
        return true;
    }
    if let Some((_, value)) = said {
        return says(value);
    }
    let version: u32 = VERSION
        .captures(&uses)
        .and_then(|v| v[1].parse().ok())
        .unwrap_or(u32::MAX);
    match action.as_str() {
        "actions/setup-go" => version >= 4,
        "astral-sh/setup-uv" | "gradle/actions/setup-gradle" => true,
        _ => false,
    }
}
