//! Files of GitLab CI.

use super::{Host, Job, MOST_JOBS, Mistakes, form, growth::Growth, tree};
use crate::{
    suggestion,
    yaml::{Entry, Node, Tree},
};
use check::{Names, Need};
use reference::References;

mod check;
mod expression;
mod extends;
mod job;
mod pattern;
mod policy;
mod presence;
mod reference;
mod run;
mod scenario;
mod tag;
mod vocabulary;

/// The stages of a file that names none.
const STAGES: [&str; 3] = ["build", "test", "deploy"];

/// Reads the file.
pub(super) fn read(source: &str, mistakes: &mut Mistakes) -> Vec<Job> {
    let rewritten = tag::rewrite(source);
    let Some(mut root) = tree(&rewritten.text, mistakes) else {
        return Vec::new();
    };
    rewritten.restore(&mut root);
    let Tree::Map(entries) = &root.tree else {
        let message = match &root.tree {
            Tree::Null => "the file is empty".to_owned(),
            _ => format!("expected an object, found {}", crate::shape::found(&root)),
        };
        mistakes.value(&root, message);
        return Vec::new();
    };
    let is_open = root
        .get("include")
        .is_some_and(|node| node.tree != Tree::Null);
    let visible = |entry: &&Entry| !is_global(entry) && !entry.key.text.starts_with('.');
    let written: Vec<&Entry> = entries.iter().filter(visible).collect();
    if written.is_empty() && !is_open {
        mistakes.value(&root, "there is no job in this file");
        return Vec::new();
    }
    if written.len() > MOST_JOBS {
        let message = format!("there are more than {MOST_JOBS} jobs");
        mistakes.value(&root, message);
        return Vec::new();
    }
    let mut growth = Growth::new();
    let extended = extends::resolve(entries, is_open, &mut growth, mistakes);
    let mut references = References::new(source, &extended, is_open, &mut growth);
    let mut filled = |entry: &Entry, mistakes: &mut Mistakes| Entry {
        key: entry.key.clone(),
        value: references.filled(&entry.value, mistakes),
    };
    let globals: Vec<Entry> = extended
        .iter()
        .filter(|entry| is_global(entry))
        .map(|entry| filled(entry, mistakes))
        .collect();
    let globals = Node {
        tree: Tree::Map(globals),
        written: root.written.clone(),
        used: root.used.clone(),
    };
    let jobs: Vec<Entry> = extended
        .iter()
        .filter(visible)
        .map(|entry| filled(entry, mistakes))
        .collect();
    let file = File {
        source,
        globals: &globals,
        jobs: &jobs,
    };
    // Where a template is missing, what it would have brought is not told as missing too.
    let is_open = is_open || !mistakes.is_empty();
    let needs = file.check(&written, is_open, mistakes);
    if !mistakes.is_empty() {
        return Vec::new();
    }
    file.running(&needs, &mut growth, mistakes)
}

fn is_global(entry: &Entry) -> bool {
    form::keys(&vocabulary::GLOBAL).any(|key| key == entry.key.text)
}

struct File<'a> {
    source: &'a str,
    /// The keys at the top that are no jobs.
    globals: &'a Node,
    jobs: &'a [Entry],
}

impl File<'_> {
    /// Checks everything, and gives for each job those that it needs.
    fn check(&self, written: &[&Entry], is_open: bool, mistakes: &mut Mistakes) -> Vec<Vec<Need>> {
        form::check(Host::GitLab, self.globals, &vocabulary::GLOBAL, mistakes);
        for parent in [Some(self.globals), self.globals.get("default")] {
            for key in ["before_script", "after_script"] {
                if let Some(node) = parent.and_then(|parent| parent.get(key)) {
                    check::script(node, false, mistakes);
                }
            }
        }
        if let Some(workflow) = self.globals.get("workflow") {
            check::workflow(workflow, mistakes);
        }
        let names = Names {
            jobs: self
                .jobs
                .iter()
                .enumerate()
                .map(|(place, entry)| (entry.key.text.as_str(), place))
                .collect(),
            stages: self.stages(),
            open: is_open,
        };
        let mut all = Vec::new();
        for (entry, written) in self.jobs.iter().zip(written) {
            if matches!(entry.value.tree, Tree::Map(_)) {
                let needs = check::job(entry, &written.value, &names, self.jobs, mistakes);
                all.push(needs);
                continue;
            }
            // What is no object is no job, but perhaps a key of the file that is misspelt.
            let name = &entry.key.text;
            let problem = mistakes.key(&entry.key, format!("unknown key `{name}`"));
            "no key of the file, and no job".clone_into(&mut problem.label);
            problem.help = suggestion::nearest(name, form::keys(&vocabulary::GLOBAL))
                .map(|near| format!("did you mean `{near}`?"));
            all.push(Vec::new());
        }
        all
    }

    fn stages(&self) -> Vec<&str> {
        let mut stages = vec![".pre"];
        match self.globals.get("stages").map(|node| &node.tree) {
            Some(Tree::List(items)) => stages.extend(items.iter().filter_map(text)),
            _ => stages.extend(STAGES),
        }
        stages.push(".post");
        stages
    }
}

fn text(node: &Node) -> Option<&str> {
    match &node.tree {
        Tree::Text(text) => Some(text),
        _ => None,
    }
}
