//! Which id of one side stands for which of the other.

use std::collections::HashMap;

use serde_json::Value;

use crate::matching::shown;

/// A text of at least so many characters is an id by itself; others are ids of one place only, as
/// numbers that count are used for many kinds of things.
const UNIQUE: usize = 16;

/// Pairs in the order of their first appearance. Each side may give its ids whatever form it likes, so
/// long as one of them stands for one of the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Pairs {
    ours: HashMap<(String, String), String>,
    theirs: HashMap<(String, String), String>,
}

impl Pairs {
    /// An id that both sides were given.
    pub(super) fn know(&mut self, text: &str) {
        if is_unique(text) {
            let key = (String::new(), text.to_owned());
            self.ours.insert(key.clone(), text.to_owned());
            self.theirs.insert(key, text.to_owned());
        }
    }

    /// Takes a pair in; or says what it should have been.
    pub(super) fn pair(
        &mut self,
        place: &str,
        ours: &Value,
        theirs: &Value,
    ) -> Result<(), (String, String)> {
        let (our, their) = (text(ours), text(theirs));
        let place = if is_unique(&our) && is_unique(&their) {
            String::new()
        } else {
            place.to_owned()
        };
        let known_our = self.ours.entry((place.clone(), their.clone()));
        let known_our = known_our.or_insert_with(|| our.clone());
        let known_their = self.theirs.entry((place, our.clone()));
        let known_their = known_their.or_insert_with(|| their.clone());
        if *known_our == our && *known_their == their {
            return Ok(());
        }
        // Where it was the other's that came first, the right one is not known.
        let expected = if *known_our == our {
            format!("another id than that of {known_their}")
        } else {
            format!(
                "the id {known_our}, which stood for {} before",
                shown(theirs)
            )
        };
        Err((expected, shown(ours)))
    }

    /// The same of parts of a text, where they are alike or a pair.
    pub(super) fn parts(&mut self, place: &str, our: &str, their: &str) -> bool {
        // A word is none.
        let may_be_id = |part: &str| part.contains(|c: char| c.is_ascii_digit());
        our == their
            || may_be_id(our) && may_be_id(their) && {
                let (our, their) = (Value::from(our), Value::from(their));
                self.pair(place, &our, &their).is_ok()
            }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_unique(text: &str) -> bool {
    text.len() >= UNIQUE
}
