use std::collections::HashSet;

use super::{Workflow, cache, check_id, is_true, items, text, vocabulary};
use crate::{
    pipeline::{Host, Job, Mistakes, Script, Shell, form, scalar},
    yaml::{Entry, Node, Tree},
};

/// The most bytes of a shell or folder that are looked at.
const MOST_SETTING: usize = 4096;

/// Keys of a step, one of which says what it does.
const KINDS: [&str; 5] = ["run", "uses", "wait", "wait-all", "cancel"];

impl Workflow<'_> {
    /// Reads the steps of a job into it.
    pub(super) fn steps(&self, entry: &Entry, job: &mut Job, mistakes: &mut Mistakes) {
        let Some(steps) = entry.value.get("steps") else {
            mistakes.key(&entry.key, "the key `steps` is missing");
            return;
        };
        let Tree::List(items) = &steps.tree else {
            // The form has told it.
            return;
        };
        if items.is_empty() {
            mistakes.value(steps, "`steps` is empty");
        }
        let mut ids = HashSet::new();
        for step in items {
            if !matches!(step.tree, Tree::Map(_)) {
                let found = crate::shape::found(step);
                mistakes.value(step, format!("expected an object, found {found}"));
                continue;
            }
            if let Some(id) = step.get("id")
                && let Tree::Text(text) = &id.tree
            {
                check_id(text, mistakes, |mistakes, message| {
                    mistakes.value(id, message);
                });
                if !ids.insert(text.to_ascii_lowercase()) {
                    mistakes.value(id, format!("the id `{text}` stands twice in one job"));
                }
            }
            self.step(step, &entry.value, job, mistakes);
        }
    }

    fn step(&self, step: &Node, job_node: &Node, job: &mut Job, mistakes: &mut Mistakes) {
        let kinds: Vec<&str> = KINDS
            .into_iter()
            .filter(|kind| step.get(kind).is_some())
            .collect();
        let table = match kinds.as_slice() {
            ["run"] => &vocabulary::RUN,
            ["uses"] => &vocabulary::USES,
            [_] => &vocabulary::WAIT,
            [] => {
                let problem = mistakes.value(step, "this step does nothing");
                problem.help = Some("give it `run` or `uses`".to_owned());
                return;
            }
            [one, other, ..] => {
                mistakes.value(step, format!("`{one}` and `{other}` exclude each other"));
                return;
            }
        };
        form::check(Host::GitHub, step, table, mistakes);
        let when = self.condition(step, mistakes);
        if when.at.is_empty() {
            return;
        }
        if let Some(Tree::Text(action)) = step.get("uses").map(|node| &node.tree) {
            let node = step.get("uses").unwrap_or(step);
            if action.contains("${{") {
                mistakes.value(node, "`uses` takes no expression");
            } else if !names_action(action) {
                let problem = mistakes.value(node, format!("`{action}` names no action"));
                problem.help =
                    Some("write `owner/name@version`, `./folder` or `docker://image`".to_owned());
            }
            job.caches |= cache::keeps(action, step.get("with"));
        }
        let Some(run) = step.get("run") else { return };
        let setting = |key: &str| self.setting(step, job_node, key);
        job.scripts.push(Script {
            shell: shell(setting("shell").as_deref(), job_node),
            text: text::plain(&scalar(self.source, run).unwrap_or_default()),
            on_push: when.on_push(),
            on_review: when.on_review(),
            soft: is_true(step.get("continue-on-error")),
            folder: setting("working-directory")
                .map(|folder| text::plain(&folder))
                .filter(|folder| !matches!(folder.as_str(), "." | "./")),
            env: self.env(step),
        });
    }

    /// What a step, else its job, else the workflow says; cut where it is longer than any sensible one.
    fn setting(&self, step: &Node, job: &Node, key: &str) -> Option<String> {
        let default = |node: &'_ Node| -> Option<String> {
            scalar(self.source, node.get("defaults")?.get("run")?.get(key)?)
        };
        let own = step.get(key).and_then(|node| scalar(self.source, node));
        let mut setting = own
            .or_else(|| default(job))
            .or_else(|| default(self.root))?;
        setting.truncate(setting.floor_char_boundary(MOST_SETTING));
        Some(setting)
    }
}

fn names_action(action: &str) -> bool {
    if action.starts_with("./") || action.starts_with("../") || action.starts_with("docker://") {
        return true;
    }
    action
        .split_once('@')
        .is_some_and(|(name, version)| name.contains('/') && !version.is_empty())
}

fn shell(named: Option<&str>, job: &Node) -> Shell {
    let Some(named) = named else {
        let is_windows = job.get("runs-on").is_some_and(|node| {
            let mut labels = items(node).iter();
            labels.any(|label| {
                matches!(&label.tree, Tree::Text(text) if text.to_ascii_lowercase().contains("windows"))
            })
        });
        return match job.get("container") {
            _ if is_windows => Shell::Other,
            Some(_) => Shell::Sh,
            None => Shell::Bash,
        };
    };
    let mut words = named.split_whitespace();
    let program = words.next().unwrap_or_default();
    let words: Vec<&str> = words.collect();
    let is_custom = !words.is_empty();
    let stops = words.iter().any(|word| {
        *word == "errexit"
            || (word.starts_with('-') && !word.starts_with("--") && word.contains('e'))
    });
    match program.rsplit('/').next().unwrap_or(program) {
        "bash" if !is_custom => Shell::BashPipefail,
        "bash" if stops && words.contains(&"pipefail") => Shell::BashPipefail,
        "bash" if stops => Shell::Bash,
        "sh" if !is_custom || stops => Shell::Sh,
        "bash" | "sh" => Shell::Unchecked,
        _ => Shell::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{names_action, shell};
    use crate::pipeline::Shell;

    #[test]
    fn a_shell_is_known_by_its_name_and_options() {
        let job = crate::yaml::parse("runs-on: ubuntu-latest").expect("YAML");
        for (named, expected) in [
            (None, Shell::Bash),
            (Some("bash"), Shell::BashPipefail),
            (Some("sh"), Shell::Sh),
            (Some("bash -e {0}"), Shell::Bash),
            (Some("/bin/bash -euo pipefail {0}"), Shell::BashPipefail),
            (Some("bash -l {0}"), Shell::Unchecked),
            (Some("bash --noprofile {0}"), Shell::Unchecked),
            (Some("sh {0}"), Shell::Unchecked),
            (Some("pwsh"), Shell::Other),
            (Some("python"), Shell::Other),
            (Some("${{ matrix.shell }}"), Shell::Other),
        ] {
            assert_eq!(shell(named, &job), expected, "{named:?}");
        }
        let job = crate::yaml::parse("runs-on: [self-hosted, Windows]").expect("YAML");
        assert_eq!(shell(None, &job), Shell::Other);
    }

    #[test]
    fn an_action_has_an_owner_and_a_version() {
        for good in ["a/b@v1", "a/b/c@main", "./here", "docker://alpine:3"] {
            assert!(names_action(good), "{good}");
        }
        for bad in ["a/b", "checkout@v4", "a/b@", "checkout"] {
            assert!(!names_action(bad), "{bad}");
        }
    }
}
