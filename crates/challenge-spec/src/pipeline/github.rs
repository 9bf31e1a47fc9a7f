//! Workflows of GitHub Actions.

use super::{
    Host, Job, MOST_JOBS, Mistakes, condition::Truth, form, literals, needs, over, scalar, tree,
};
use crate::{
    suggestion,
    yaml::{Entry, Node, Tree},
};
use event::Events;
use expression::Event;

mod cache;
mod event;
mod expression;
mod step;
mod text;
mod token;
mod vocabulary;

/// Reads a workflow.
pub(super) fn read(source: &str, mistakes: &mut Mistakes) -> Vec<Job> {
    let Some(root) = tree(source, mistakes) else {
        return Vec::new();
    };
    text::check(source, &root, mistakes);
    let Tree::Map(_) = &root.tree else {
        top(&root, mistakes);
        return Vec::new();
    };
    form::check(Host::GitHub, &root, &vocabulary::WORKFLOW, mistakes);
    let events = if let Some(on) = root.get("on") {
        event::read(on, mistakes)
    } else {
        let problem = mistakes.value(&root, "the key `on` is missing");
        problem.help = Some("write `on: push` to run for what is pushed".to_owned());
        Events::default()
    };
    let Some(jobs) = root.get("jobs") else {
        mistakes.value(&root, "the key `jobs` is missing");
        return Vec::new();
    };
    let entries = match &jobs.tree {
        Tree::Map(entries) if !entries.is_empty() => entries.as_slice(),
        Tree::Map(_) | Tree::Null => {
            mistakes.value(jobs, "`jobs` is empty");
            return Vec::new();
        }
        _ => {
            let found = crate::shape::found(jobs);
            mistakes.value(jobs, format!("expected an object of jobs, found {found}"));
            return Vec::new();
        }
    };
    if entries.len() > MOST_JOBS {
        mistakes.value(jobs, format!("there are more than {MOST_JOBS} jobs"));
        return Vec::new();
    }
    let workflow = Workflow {
        source,
        root: &root,
        events,
    };
    let waits = waits(entries, mistakes);
    let read: Vec<Read> = entries
        .iter()
        .map(|entry| workflow.job(entry, mistakes))
        .collect();
    let named: Vec<(&str, Vec<usize>)> = entries
        .iter()
        .map(|entry| entry.key.text.as_str())
        .zip(waits)
        .collect();
    match needs::order(&named) {
        Ok(order) if mistakes.is_empty() => running(read, &named, &order),
        Ok(_) => Vec::new(),
        Err(circle) => {
            let message = format!("`needs` run in a circle: {}", circle.join(", "));
            if let Some(entry) = entries.iter().find(|entry| entry.key.text == circle[0]) {
                mistakes.key(&entry.key, message);
            }
            Vec::new()
        }
    }
}

fn top(root: &Node, mistakes: &mut Mistakes) {
    let message = match &root.tree {
        Tree::Null => "the file is empty".to_owned(),
        _ => format!("expected an object, found {}", crate::shape::found(root)),
    };
    mistakes.value(root, message);
}

/// For each job the places of those that it needs.
fn waits(entries: &[Entry], mistakes: &mut Mistakes) -> Vec<Vec<usize>> {
    let place = |name: &str| {
        let same = |entry: &Entry| entry.key.text.eq_ignore_ascii_case(name);
        entries.iter().position(same)
    };
    let known = entries.iter().map(|entry| entry.key.text.as_str());
    let mut all = Vec::new();
    for entry in entries {
        let mut found = Vec::new();
        let needs = entry.value.get("needs");
        for need in needs.into_iter().flat_map(items) {
            let Tree::Text(name) = &need.tree else {
                continue;
            };
            match place(name) {
                Some(place) if found.contains(&place) => {}
                Some(place) => found.push(place),
                None => {
                    let problem = mistakes.value(need, format!("there is no job `{name}`"));
                    problem.help = suggestion::help(name, known.clone());
                }
            }
        }
        all.push(found);
    }
    all
}

/// The items of a list, or the one value.
fn items(node: &Node) -> &[Node] {
    match &node.tree {
        Tree::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// A job, and whether it waits for others to be well.
struct Read {
    job: Job,
    /// It may run for something else.
    on_other: bool,
    /// It is skipped where one that it needs is.
    follows: bool,
}

/// Those that run at all, once it is known which jobs they need.
fn running(mut read: Vec<Read>, named: &[(&str, Vec<usize>)], order: &[usize]) -> Vec<Job> {
    for place in order {
        for need in &named[*place].1 {
            let (push, review, other) = {
                let need = &read[*need];
                (need.job.on_push, need.job.on_review, need.on_other)
            };
            let waiting = &mut read[*place];
            if waiting.follows {
                waiting.job.on_push &= push;
                waiting.job.on_review &= review;
                waiting.on_other &= other;
            }
        }
    }
    let mut jobs = Vec::new();
    for Read {
        mut job, on_other, ..
    } in read
    {
        for script in &mut job.scripts {
            script.on_push &= job.on_push;
            script.on_review &= job.on_review;
        }
        if job.on_push || job.on_review || on_other {
            jobs.push(job);
        }
    }
    jobs
}

/// What all jobs of a file share.
struct Workflow<'a> {
    source: &'a str,
    root: &'a Node,
    events: Events,
}

impl Workflow<'_> {
    fn job(&self, entry: &Entry, mistakes: &mut Mistakes) -> Read {
        let (name, node) = (&entry.key.text, &entry.value);
        check_id(name, mistakes, |mistakes, message| {
            mistakes.key(&entry.key, message);
        });
        let job = Job {
            name: name.clone(),
            on_push: false,
            on_review: false,
            soft: false,
            caches: false,
            env: over(self.env(self.root), self.env(node)),
            scripts: Vec::new(),
        };
        let mut read = Read {
            job,
            on_other: false,
            follows: true,
        };
        if !matches!(node.tree, Tree::Map(_)) {
            let found = crate::shape::found(node);
            mistakes.value(node, format!("expected an object, found {found}"));
            return read;
        }
        let is_call = node.get("uses").is_some();
        let table = if is_call {
            &vocabulary::CALL
        } else {
            &vocabulary::JOB
        };
        form::check(Host::GitHub, node, table, mistakes);
        let condition = self.condition(node, mistakes);
        read.follows = !condition.reads_status;
        read.job.on_push = condition.on_push();
        read.job.on_review = condition.on_review();
        read.on_other = condition.at.contains(&Event::Other);
        read.job.soft = is_true(node.get("continue-on-error"));
        if is_call {
            return read;
        }
        if node.get("runs-on").is_none() {
            let problem = mistakes.key(&entry.key, "the key `runs-on` is missing");
            problem.help = Some("write `runs-on: ubuntu-latest`".to_owned());
        }
        self.steps(entry, &mut read.job, mistakes);
        read
    }

    /// When an object with an `if` runs.
    fn condition(&self, node: &Node, mistakes: &mut Mistakes) -> When {
        let Some(value) = node.get("if") else {
            return When::of(&self.events, |_| Truth::Yes, false);
        };
        let text = scalar(self.source, value).unwrap_or_default();
        if expression::holds(&text, Event::Other).is_err() {
            let problem = mistakes.value(value, "this condition cannot be read");
            problem.help = Some("texts in conditions stand in single quotes".to_owned());
        }
        let lower = text.to_ascii_lowercase();
        let reads_status = ["always", "failure", "cancelled"]
            .iter()
            .any(|name| lower.contains(name));
        let holds = |event| expression::holds(&text, event).unwrap_or(Truth::Perhaps);
        When::of(&self.events, holds, reads_status)
    }

    /// The variables of an object that are written out.
    fn env(&self, node: &Node) -> Vec<(String, String)> {
        let entries = match node.get("env").map(|node| &node.tree) {
            Some(Tree::Map(entries)) => entries.as_slice(),
            _ => &[],
        };
        let values = entries
            .iter()
            .map(|entry| (entry.key.text.as_str(), &entry.value));
        literals(self.source, values, |value| value.contains("${{"))
    }
}

/// The events at which something runs.
struct When {
    at: Vec<Event>,
    /// Its condition says itself what it does after failures.
    reads_status: bool,
}

impl When {
    fn of(events: &Events, holds: impl Fn(Event) -> Truth, reads_status: bool) -> Self {
        let at = events.0.iter().copied();
        Self {
            at: at.filter(|event| holds(*event).possible()).collect(),
            reads_status,
        }
    }

    fn on_push(&self) -> bool {
        self.at.contains(&Event::Push)
    }

    fn on_review(&self) -> bool {
        let reviews = [Event::PullRequest, Event::PullRequestTarget];
        reviews.iter().any(|event| self.at.contains(event))
    }
}

/// `true`, also as an expression that says no more.
fn is_true(node: Option<&Node>) -> bool {
    match node.map(|node| &node.tree) {
        Some(Tree::Bool(value)) => *value,
        Some(Tree::Text(text)) => {
            let text = text.trim();
            let is_whole = text.starts_with("${{");
            is_whole && expression::holds(text, Event::Other) == Ok(Truth::Yes)
        }
        _ => false,
    }
}

/// Tells what is wrong with the id of a job or step.
fn check_id(id: &str, mistakes: &mut Mistakes, tell: impl FnOnce(&mut Mistakes, String)) {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_further = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !id.starts_with(is_first) || !id.chars().all(is_further) {
        let message = format!(
            "`{id}` is no id: it begins with a letter or `_` and has only letters, digits, `-` and `_`"
        );
        tell(mistakes, message);
    } else if id.starts_with("__") {
        tell(
            mistakes,
            format!("`{id}` is no id: `__` is kept for the host"),
        );
    } else if id.len() > 100 {
        tell(mistakes, "an id has at most 100 characters".to_owned());
    }
}
