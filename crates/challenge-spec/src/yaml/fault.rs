use std::ops::Range;

use serde_saphyr::{Error, budget::BudgetBreach};

use super::{MOST_DEPTH, MOST_NODES, bytes};
use crate::problem::Problem;

/// What the library says, in words for the author of a challenge.
pub(super) fn problem(text: &str, error: &Error) -> Problem {
    let mut inner = error;
    let mut filled_in = false;
    while let Error::AliasError { error, .. } | Error::WithSnippet { error, .. } = inner {
        filled_in |= matches!(inner, Error::AliasError { .. });
        inner = error;
    }
    let span = error
        .location()
        .or_else(|| inner.location())
        .map_or(0..0, |location| visible(text, bytes(text, &location)));
    let (message, help) = words(text, inner, filled_in, &span);
    Problem {
        message,
        label: String::new(),
        span,
        help,
        also: None,
    }
}

fn words(
    text: &str,
    error: &Error,
    filled_in: bool,
    span: &Range<usize>,
) -> (String, Option<String>) {
    let some = |help: &str| Some(help.to_owned());
    match error {
        Error::Budget { breach, .. } => budget(breach, filled_in),
        Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. } => exploding(),
        Error::UnknownAnchor { .. } => (
            "no anchor of this name stands before this alias".to_owned(),
            some("an anchor is written `&name` before a value, an alias `*name`"),
        ),
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            ("this alias stands inside its own anchor".to_owned(), None)
        }
        Error::MultipleDocuments { .. } => (
            "a second document begins here; a file holds one".to_owned(),
            some("remove the line `---`"),
        ),
        Error::MergeValueNotMapOrSeqOfMaps { .. } => (
            "`<<` takes an alias of an object, or a list of these".to_owned(),
            None,
        ),
        Error::NonFiniteFloat { value, .. } => (format!("`{value}` is no finite number"), None),
        Error::NullIntoString { .. } => ("a key must be text, found nothing".to_owned(), None),
        Error::Unexpected { .. } if after_brace(text, span) => unquoted_template(),
        Error::Unexpected { .. } => ("a key must be text".to_owned(), None),
        other if looks_like_template(text, span) => {
            let (_, help) = unquoted_template();
            (plain(other), help)
        }
        other => {
            let sentence = plain(other);
            let help = if sentence.contains("mapping values are not allowed") {
                some("put a value that has a colon in it in quotes")
            } else if sentence.contains("tabs disallowed") {
                some("indent with spaces")
            } else {
                None
            };
            (sentence, help)
        }
    }
}

fn unquoted_template() -> (String, Option<String>) {
    (
        "`{{` begins two objects in YAML, not a template".to_owned(),
        Some("put the whole value in quotes: \"{{ ... }}\"".to_owned()),
    )
}

fn budget(breach: &BudgetBreach, filled_in: bool) -> (String, Option<String>) {
    match breach {
        BudgetBreach::Depth { .. } => (
            format!("more than {MOST_DEPTH} lists and objects stand inside each other"),
            None,
        ),
        BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. } if !filled_in => (
            format!("the file holds more than {MOST_NODES} values"),
            None,
        ),
        BudgetBreach::Documents { .. } => (
            "a second document begins here; a file holds one".to_owned(),
            Some("remove the line `---`".to_owned()),
        ),
        _ => exploding(),
    }
}

fn exploding() -> (String, Option<String>) {
    (
        format!("the anchors grow to more than {MOST_NODES} values once they are filled in"),
        Some("do not put aliases of large anchors into further anchors".to_owned()),
    )
}

/// The library's own sentence without the place, which is shown beside it.
fn plain(error: &Error) -> String {
    let text = error.to_string();
    let sentence = text
        .split(" at line ")
        .next()
        .unwrap_or_default()
        .lines()
        .next()
        .unwrap_or_default();
    format!("this is not valid YAML: {sentence}")
}

fn after_brace(text: &str, span: &Range<usize>) -> bool {
    text.get(span.start..)
        .is_some_and(|rest| rest.starts_with('{'))
        && text
            .get(..span.start)
            .is_some_and(|before| before.ends_with('{'))
}

/// Whether an unquoted `{{` or `{%` stands in the line of the fault before it.
fn looks_like_template(text: &str, span: &Range<usize>) -> bool {
    let start = text[..span.start].rfind('\n').map_or(0, |place| place + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    [": {{", ": {%", "- {{", "[{{", "[ {{", ", {{"]
        .iter()
        .any(|sign| line.contains(sign))
}

/// A span that underlines something, on a line that is there.
fn visible(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    if start == text.len() && start > 0 {
        let last = text.trim_end().len();
        let last = text[..last].char_indices().next_back();
        return last.map_or(0..0, |(place, character)| {
            place..place + character.len_utf8()
        });
    }
    start..end
}
