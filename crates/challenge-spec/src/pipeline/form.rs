//! What a host takes at a place, as data, and the comparison of a file with it.

use super::{Host, Mistakes};
use crate::{
    shape, suggestion,
    yaml::{Entry, Node, Tree},
};

/// What may stand at a place.
#[derive(Debug)]
pub(super) enum Form {
    Any,
    /// A string; for GitHub also another scalar, or nothing.
    Text,
    /// The same, not empty.
    Name,
    Number,
    Bool,
    /// One of these words.
    Word(&'static [&'static str]),
    List(&'static Form),
    /// An object with whatever keys.
    Values(&'static Form),
    /// An object with no other keys than these.
    Keys(&'static [(&'static str, Form)]),
    /// The first of these that is of the value's kind.
    Either(&'static [Form]),
}

/// A text, or several.
pub(super) const NAMES: Form = Form::Either(&[Form::List(&Form::Name), Form::Name]);
/// A text, a number or a boolean.
pub(super) const SCALAR: Form = Form::Either(&[Form::Text, Form::Number, Form::Bool]);

/// Compares a value with a form.
pub(super) fn check(host: Host, node: &Node, form: &Form, mistakes: &mut Mistakes) {
    if filled_in(host, node) || (host == Host::GitLab && node.tree == Tree::Null) {
        return;
    }
    if !fits(host, node, form) {
        let wanted = wanted(form);
        let message = format!("expected {wanted}, found {}", shape::found(node));
        mistakes.value(node, message).label = format!("expected {wanted}");
        return;
    }
    match (form, &node.tree) {
        (Form::Either(forms), _) => {
            if let Some(form) = forms.iter().find(|form| fits(host, node, form)) {
                check(host, node, form, mistakes);
            }
        }
        (Form::Word(words), Tree::Text(text)) if !words.contains(&text.as_str()) => {
            let wanted = wanted(form);
            let problem = mistakes.value(node, format!("expected {wanted}, found `{text}`"));
            problem.help = suggestion::nearest(text, words.iter().copied())
                .map(|near| format!("did you mean `{near}`?"));
        }
        (Form::List(form), Tree::List(items)) => {
            for item in items {
                check(host, item, form, mistakes);
            }
        }
        (Form::Values(form), Tree::Map(entries)) => {
            for entry in entries {
                check(host, &entry.value, form, mistakes);
            }
        }
        (Form::Keys(keys), Tree::Map(entries)) => {
            for entry in entries {
                match keys.iter().find(|(name, _)| *name == entry.key.text) {
                    Some((_, form)) => check(host, &entry.value, form, mistakes),
                    None => unknown(entry, keys.iter().map(|(name, _)| *name), mistakes),
                }
            }
        }
        _ => {}
    }
}

/// A key that is none of those that there are.
pub(super) fn unknown<'a>(
    entry: &Entry,
    known: impl IntoIterator<Item = &'a str> + Clone,
    mistakes: &mut Mistakes,
) {
    let name = &entry.key.text;
    let problem = mistakes.key(&entry.key, format!("unknown key `{name}`"));
    "not a key of this object".clone_into(&mut problem.label);
    problem.help = suggestion::help(name, known);
}

/// The keys of a form that has keys.
pub(super) fn keys(form: &'static Form) -> impl Iterator<Item = &'static str> + Clone {
    let keys = match form {
        Form::Keys(keys) => *keys,
        _ => &[],
    };
    keys.iter().map(|(name, _)| *name)
}

/// Whether the host puts something else there before it looks.
fn filled_in(host: Host, node: &Node) -> bool {
    match (host, &node.tree) {
        (Host::GitHub, Tree::Text(text)) => text.contains("${{"),
        (Host::GitLab, Tree::Text(text)) => text.contains("$[["),
        _ => false,
    }
}

/// Whether the value is of the form's kind; not what is inside it.
fn fits(host: Host, node: &Node, form: &Form) -> bool {
    match form {
        Form::Any => true,
        Form::Text => match &node.tree {
            Tree::Text(_) => true,
            Tree::Null | Tree::Bool(_) | Tree::Number(_) => host == Host::GitHub,
            Tree::List(_) | Tree::Map(_) => false,
        },
        Form::Name => match &node.tree {
            Tree::Text(text) => !text.is_empty(),
            Tree::Bool(_) | Tree::Number(_) => host == Host::GitHub,
            Tree::Null | Tree::List(_) | Tree::Map(_) => false,
        },
        Form::Number => matches!(node.tree, Tree::Number(_)),
        Form::Bool => matches!(node.tree, Tree::Bool(_)),
        Form::Word(_) => matches!(node.tree, Tree::Text(_)),
        Form::List(_) => matches!(node.tree, Tree::List(_)),
        Form::Values(_) | Form::Keys(_) => matches!(node.tree, Tree::Map(_)),
        Form::Either(forms) => forms.iter().any(|form| fits(host, node, form)),
    }
}

fn wanted(form: &Form) -> String {
    match form {
        Form::Any => "anything".to_owned(),
        Form::Text | Form::Name => "a string".to_owned(),
        Form::Number => "a number".to_owned(),
        Form::Bool => "true or false".to_owned(),
        Form::Word(words) => {
            suggestion::either(words.iter().copied()).unwrap_or_else(|| "a word".to_owned())
        }
        Form::List(_) => "a list".to_owned(),
        Form::Values(_) | Form::Keys(_) => "an object".to_owned(),
        Form::Either(forms) => {
            let mut words: Vec<String> = forms.iter().map(wanted).collect();
            words.dedup();
            words.join(" or ")
        }
    }
}
