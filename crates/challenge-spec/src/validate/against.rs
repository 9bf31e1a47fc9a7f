//! What a step compares the submission with.

use crate::{
    finding::Finding,
    model::{REFERENCE, STARTER},
    path::Path,
    suggestion,
};

/// What there is to compare with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) solutions: &'a [String],
    pub(super) starters: &'a [String],
}

impl Known<'_> {
    /// What is wrong with such a name.
    pub(super) fn mistake(self, against: &str, path: Path) -> Option<Finding> {
        if against == STARTER && !self.starters.is_empty() {
            return None;
        }
        let solutions = || self.solutions.iter().map(String::as_str);
        let Some(name) = against.strip_prefix(REFERENCE) else {
            let starter = (!self.starters.is_empty()).then(|| STARTER.to_owned());
            let references = solutions().map(|name| format!("{REFERENCE}{name}"));
            let known: Vec<String> = starter.into_iter().chain(references).collect();
            let known = suggestion::either(known.iter().map(String::as_str));
            return Some(
                Finding::value(path, format!("`{against}` is nothing to compare with"))
                    .help(known.map(|known| format!("write {known}"))),
            );
        };
        (!solutions().any(|known| known == name)).then(|| {
            Finding::value(path, format!("there is no solution `{name}`"))
                .label("unknown solution")
                .help(suggestion::help(name, solutions()))
        })
    }
}
