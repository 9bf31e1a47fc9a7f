//! What a submission's pipeline file says: a workflow of GitHub Actions, or of GitLab CI.
//!
//! The file belongs to whoever hands in, and is read as its host reads it: what the host refuses is a mistake
//! with its place, and what is left is which jobs run when, and what they run. Where a condition is not
//! understood, it counts for the submission.
//!
//! The formats: GitHub's [workflow syntax](https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax),
//! GitLab's [CI/CD YAML syntax](https://docs.gitlab.com/ci/yaml/).

mod condition;
mod github;
mod gitlab;
mod value;

use crate::{
    finding::Finding,
    problem::{Problem, Problems},
    source::{self, Unread},
    submission::too_large,
    yaml,
};

/// What a GitLab file writes to take over a part of itself.
const REFERENCE: &str = "!reference [";
/// The same as a list, in as many bytes, so that no place moves.
const REFERENCE_AS_LIST: &str = "[\"REFERENC\",";

/// Who runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
}

/// A job of a pipeline, for the occasions on which it runs the same scripts. Hostile text, bounded by its
/// file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing of the job, and all may be true"
)]
pub struct Job {
    /// Its key in the file.
    pub name: String,
    /// Whether it runs when commits are pushed to a branch.
    pub on_push: bool,
    /// Whether it runs for pull or merge requests.
    pub on_review: bool,
    /// Whether the pipeline passes although it fails.
    pub soft: bool,
    /// Whether it keeps what it has from one run to the next.
    pub caches: bool,
    /// Variables of the file, as far as they are plain.
    pub env: Vec<(String, String)>,
    /// In their order.
    pub scripts: Vec<Script>,
}

/// What a job gives to a shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Which one.
    pub shell: Shell,
    /// The text; the host's own expressions are one plain word each.
    pub text: String,
    /// Whether the job passes although it fails.
    pub soft: bool,
    /// Variables of its own, as far as they are plain.
    pub env: Vec<(String, String)>,
}

/// How a host runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// `bash -e`: GitHub's where none is named.
    Bash,
    /// `bash -eo pipefail`: GitHub's `bash`, and GitLab's.
    BashPipefail,
    /// `sh -e`.
    Sh,
    /// No POSIX shell.
    Other,
}

/// The host that reads a file at this path of a submission.
pub fn host_of(path: &str) -> Option<Host> {
    if path == ".gitlab-ci.yml" {
        return Some(Host::GitLab);
    }
    let name = path.strip_prefix(".github/workflows/")?;
    let is_workflow = [".yml", ".yaml"].iter().any(|end| name.ends_with(end));
    (is_workflow && !name.contains('/')).then_some(Host::GitHub)
}

/// Reads a file of a host.
///
/// # Errors
/// All mistakes at once, each with its place.
pub fn read(path: &str, host: Host, bytes: Vec<u8>) -> Result<Vec<Job>, Problems> {
    let text = match source::text(path, bytes) {
        Ok(text) => text,
        Err(Unread::Text(problems)) => return Err(problems),
        Err(_) => return Err(Problems::new(path, "", vec![too_large()])),
    };
    jobs(host, &text).map_err(|problems| Problems::new(path, &text, problems))
}

fn jobs(host: Host, text: &str) -> Result<Vec<Job>, Vec<Problem>> {
    let readable = match host {
        Host::GitHub => text.to_owned(),
        Host::GitLab => text.replace(REFERENCE, REFERENCE_AS_LIST),
    };
    let root = yaml::parse(&readable).map_err(|problem| vec![*problem])?;
    let mut problems = yaml::duplicates(&root);
    let mut findings: Vec<Finding> = Vec::new();
    let value = root.to_json();
    let jobs = match host {
        Host::GitHub => github::jobs(&value, &mut findings),
        Host::GitLab => gitlab::jobs(&value, &mut findings),
    };
    let places = findings.into_iter();
    problems.extend(places.map(|finding| finding.into_problem(text, &root)));
    if problems.is_empty() {
        Ok(jobs)
    } else {
        Err(problems)
    }
}
