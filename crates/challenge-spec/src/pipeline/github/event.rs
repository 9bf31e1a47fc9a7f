use super::{expression::Event, vocabulary::EVENTS};
use crate::{
    pipeline::{
        Host, Mistakes,
        form::{self, Form},
    },
    suggestion,
    yaml::{Node, Tree},
};

/// What a workflow begins with.
#[derive(Debug, Clone, Default)]
pub(super) struct Events(pub(super) Vec<Event>);

/// Kinds of a filter that exclude each other.
const EXCLUSIVE: [(&str, &str); 3] = [
    ("branches", "branches-ignore"),
    ("tags", "tags-ignore"),
    ("paths", "paths-ignore"),
];

/// Reads the value of `on`.
pub(super) fn read(node: &Node, mistakes: &mut Mistakes) -> Events {
    let mut events = Events::default();
    match &node.tree {
        Tree::Text(name) => events.add(name, node, None, mistakes),
        Tree::List(items) => {
            for item in items {
                match &item.tree {
                    Tree::Text(name) => events.add(name, item, None, mistakes),
                    _ => form::check(Host::GitHub, item, &Form::Name, mistakes),
                }
            }
        }
        Tree::Map(entries) => {
            for entry in entries {
                if known(&entry.key.text) {
                    events.add(&entry.key.text, &entry.value, Some(&entry.value), mistakes);
                } else {
                    let name = &entry.key.text;
                    let problem = mistakes.key(&entry.key, format!("unknown event `{name}`"));
                    problem.help = suggestion::help(name, form::keys(&EVENTS));
                }
            }
        }
        Tree::Null | Tree::Bool(_) | Tree::Number(_) => {
            let problem = mistakes.value(node, "`on` names no event");
            problem.help = Some("write `on: push`".to_owned());
        }
    }
    events
}

fn known(name: &str) -> bool {
    form::keys(&EVENTS).any(|known| known == name)
}

impl Events {
    fn add(&mut self, name: &str, node: &Node, filter: Option<&Node>, mistakes: &mut Mistakes) {
        if !known(name) {
            let problem = mistakes.value(node, format!("unknown event `{name}`"));
            problem.help = suggestion::help(name, form::keys(&EVENTS));
            return;
        }
        let filter = filter.filter(|node| node.tree != Tree::Null);
        if let Some(filter) = filter {
            check(name, filter, mistakes);
        }
        let event = match name {
            "push" if !filter.is_none_or(takes_commits) => Event::Other,
            "push" => Event::Push,
            "pull_request" | "pull_request_target" if !filter.is_none_or(takes_reviews) => {
                Event::Other
            }
            "pull_request" => Event::PullRequest,
            "pull_request_target" => Event::PullRequestTarget,
            _ => Event::Other,
        };
        if !self.0.contains(&event) {
            self.0.push(event);
        }
    }
}

fn check(name: &str, filter: &Node, mistakes: &mut Mistakes) {
    let Form::Keys(events) = &EVENTS else { return };
    if let Some((_, form)) = events.iter().find(|(event, _)| *event == name) {
        form::check(Host::GitHub, filter, form, mistakes);
    }
    for (one, other) in EXCLUSIVE {
        if let (Some(_), Some(second)) = (filter.get(one), filter.get(other)) {
            let message = format!("`{one}` and `{other}` exclude each other");
            let problem = mistakes.value(second, message);
            problem.help = Some(format!("keep `{one}`, with `!` before what is left out"));
        }
    }
}

/// Whether a push with such a filter may be one of commits to a branch.
fn takes_commits(filter: &Node) -> bool {
    if filter.get("branches").is_none() && filter.get("branches-ignore").is_none() {
        return filter.get("tags").is_none() && filter.get("tags-ignore").is_none();
    }
    takes_branches(filter)
}

fn takes_branches(filter: &Node) -> bool {
    let taken = filter.get("branches").is_none_or(|node| {
        let mut names = texts(node);
        names.any(|name| !name.starts_with('!'))
    });
    let ignored = filter.get("branches-ignore").is_some_and(|node| {
        let mut names = texts(node);
        names.any(|name| name == "*" || name == "**")
    });
    taken && !ignored
}

/// Whether a review with such a filter may be one that was opened, or has new commits.
fn takes_reviews(filter: &Node) -> bool {
    let kinds = ["opened", "synchronize"];
    let of_kind = filter
        .get("types")
        .is_none_or(|node| texts(node).any(|kind| kinds.contains(&kind)));
    of_kind && takes_branches(filter)
}

/// The texts of a list, or the one text.
pub(super) fn texts(node: &Node) -> impl Iterator<Item = &str> {
    let items = match &node.tree {
        Tree::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items.iter().filter_map(|item| match &item.tree {
        Tree::Text(text) => Some(text.as_str()),
        _ => None,
    })
}
