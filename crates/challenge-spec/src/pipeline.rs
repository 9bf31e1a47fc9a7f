//! The pipeline file of a submission: a workflow of GitHub Actions or the file of GitLab CI, read into
//! the jobs that it has, when they run, and what they run.
//!
//! The file belongs to whoever hands in and may be hostile. [`read`] takes what the real host takes and
//! tells what it would refuse, with places. It asks nothing of a network: files that are included, actions
//! and workflows that are called stay unread.
//!
//! When a job runs is decided for a few imagined events: a push to the default branch (`main` or
//! `master`) and to another one (`work`), and a review of `work`. Conditions are three-valued; what is not
//! understood perhaps holds, and what perhaps runs counts as running.

use std::collections::HashSet;

use crate::{
    problem::{Problem, Problems},
    source::{self, Unread},
    yaml::{self, Node, Tree},
};

mod condition;
mod form;
mod github;
mod gitlab;
mod growth;
mod mistakes;
mod needs;

use mistakes::Mistakes;

/// The most jobs that a file may have.
const MOST_JOBS: usize = 200;

/// The most bytes that the variables of one object may have; more are left out.
const MOST_VARIABLES: usize = 64 * 1024;

/// Who runs a pipeline file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Host {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
}

/// A job that runs at some event, by itself and while all goes well. Jobs that only a person starts, that
/// only clean up after failures, or that never run are not among those of [`read`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is asked for by itself, and all combinations are there"
)]
pub struct Job {
    /// Its key in the file.
    pub name: String,
    /// It runs when commits are pushed to a branch.
    pub on_push: bool,
    /// It runs for pull or merge requests that are opened or get new commits.
    pub on_review: bool,
    /// Its failure does not fail the pipeline.
    pub soft: bool,
    /// It keeps what it has installed from one run to the next.
    pub caches: bool,
    /// The variables of file and job that are written out; not those that the host fills in.
    pub env: Vec<(String, String)>,
    /// What it runs, in order. Empty where it only calls others.
    pub scripts: Vec<Script>,
}

/// Lines that one shell runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// What runs them.
    pub shell: Shell,
    /// The lines. What the host fills in before the shell sees it is the word `expression` here.
    pub text: String,
    /// It runs when commits are pushed to a branch: never true where the job's is not.
    pub on_push: bool,
    /// It runs for pull or merge requests: never true where the job's is not.
    pub on_review: bool,
    /// Its failure does not fail the job.
    pub soft: bool,
    /// The folder that it runs in, where that is written and not the submission's own.
    pub folder: Option<String>,
    /// Its own variables that are written out; they win over the job's.
    pub env: Vec<(String, String)>,
}

/// What runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shell {
    /// `bash -e`: GitHub's where none is named.
    Bash,
    /// `bash -eo pipefail`: GitHub's `shell: bash`, and GitLab's.
    BashPipefail,
    /// `sh -e`: GitHub's `shell: sh`, and what it takes inside a container.
    Sh,
    /// `bash` or `sh` without `-e`: goes on after a failure.
    Unchecked,
    /// No POSIX shell, or one that is not known.
    Other,
}

/// Which files of a submission are pipeline files: `.github/workflows/*.yml` and `*.yaml`, not those in
/// folders below, and `.gitlab-ci.yml`.
pub fn host_of(path: &str) -> Option<Host> {
    if path == ".gitlab-ci.yml" {
        return Some(Host::GitLab);
    }
    let name = path.strip_prefix(".github/workflows/")?;
    let stem = name
        .strip_suffix(".yml")
        .or_else(|| name.strip_suffix(".yaml"))?;
    (!stem.is_empty() && !name.contains('/')).then_some(Host::GitHub)
}

/// Reads the bytes of the file at `path`, which also says whose it is.
///
/// # Errors
/// All mistakes at once, each with its place.
pub fn read(path: &str, bytes: Vec<u8>) -> Result<Vec<Job>, Problems> {
    let plain = |message: String| {
        let problem = Problem {
            message,
            label: String::new(),
            span: 0..0,
            help: None,
            also: None,
        };
        Problems::new(path, "", vec![problem])
    };
    let Some(host) = host_of(path) else {
        return Err(plain("this is not the path of a pipeline file".to_owned()));
    };
    let text = match source::text(path, bytes) {
        Ok(text) => text,
        Err(Unread::Text(problems)) => return Err(problems),
        Err(_) => {
            let most = source::MOST_BYTES;
            return Err(plain(format!("the file has more than {most} bytes")));
        }
    };
    let mut mistakes = Mistakes::default();
    let jobs = match host {
        Host::GitHub => github::read(&text, &mut mistakes),
        Host::GitLab => gitlab::read(&text, &mut mistakes),
    };
    mistakes
        .none()
        .map(|()| jobs)
        .map_err(|problems| Problems::new(path, &text, problems))
}

/// The tree of a text in which keys stand once and every value has a place.
fn tree(text: &str, mistakes: &mut Mistakes) -> Option<Node> {
    match yaml::parse(text) {
        Ok(mut root) => {
            mistakes.extend(yaml::duplicates(&root));
            place_nothings(&mut root);
            Some(root)
        }
        Err(problem) => {
            mistakes.extend([*problem]);
            None
        }
    }
}

/// A key without a value stands for it.
fn place_nothings(node: &mut Node) {
    match &mut node.tree {
        Tree::List(items) => items.iter_mut().for_each(place_nothings),
        Tree::Map(entries) => {
            for entry in entries {
                if entry.value.written.is_empty() {
                    entry.value.written = entry.key.written.clone();
                    entry.value.used = entry.key.used.clone();
                }
                place_nothings(&mut entry.value);
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => {}
    }
}

/// The values that are written out and not filled in by the host, which `filled` tells by their text. What
/// is too long for a variable of a shell, or beyond what all of one may hold, is left out.
fn literals<'a>(
    source: &str,
    values: impl Iterator<Item = (&'a str, &'a Node)>,
    filled: impl Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let mut room = MOST_VARIABLES;
    let written = values.filter_map(|(name, node)| {
        let value = scalar(source, node).filter(|value| !filled(value))?;
        room = room.checked_sub(name.len() + value.len())?;
        Some((name.to_owned(), value))
    });
    written.collect()
}

/// A scalar as text, numbers as they are written.
fn scalar(source: &str, node: &Node) -> Option<String> {
    match &node.tree {
        Tree::Null => Some(String::new()),
        Tree::Bool(value) => Some(value.to_string()),
        Tree::Number(number) => Some(
            source
                .get(node.written.clone())
                .map_or_else(|| number.to_string(), str::to_owned),
        ),
        Tree::Text(text) => Some(text.clone()),
        Tree::List(_) | Tree::Map(_) => None,
    }
}

/// The second list over the first: of equal names the second counts.
fn over(mut below: Vec<(String, String)>, above: Vec<(String, String)>) -> Vec<(String, String)> {
    let names: HashSet<&str> = above.iter().map(|(name, _)| name.as_str()).collect();
    below.retain(|(name, _)| !names.contains(name.as_str()));
    below.extend(above);
    below
}
