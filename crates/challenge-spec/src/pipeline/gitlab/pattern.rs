use std::{cell::RefCell, collections::HashMap};

use regex::bytes::{Regex, RegexBuilder};

/// The most bytes that a pattern may grow to once it is prepared.
const MOST_GROWN: usize = 32 * 1024;
/// The most patterns that are prepared.
const MOST_PATTERNS: usize = 300;
/// The most bytes of a pattern, and of a text that is looked through.
const MOST_BYTES: usize = 1024;

/// Patterns that were asked for, prepared once.
#[derive(Debug, Default)]
pub(super) struct Patterns(RefCell<HashMap<String, Option<Regex>>>);

impl Patterns {
    /// Whether a pattern is found in a text; nothing where it is none that can be read, or where reading
    /// it would cost too much.
    pub(super) fn finds(&self, pattern: &str, text: &str) -> Option<bool> {
        if pattern.len() > MOST_BYTES || text.len() > MOST_BYTES {
            return None;
        }
        let mut known = self.0.borrow_mut();
        if !known.contains_key(pattern) {
            if known.len() >= MOST_PATTERNS {
                return None;
            }
            known.insert(pattern.to_owned(), prepared(pattern));
        }
        let regex = known.get(pattern)?.as_ref()?;
        Some(regex.is_match(text.as_bytes()))
    }
}

fn prepared(pattern: &str) -> Option<Regex> {
    let (body, flags) = pattern.strip_prefix('/')?.rsplit_once('/')?;
    if !flags.chars().all(|flag| "imsU".contains(flag)) {
        return None;
    }
    RegexBuilder::new(&body.replace("\\/", "/"))
        .unicode(false)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .swap_greed(flags.contains('U'))
        .size_limit(MOST_GROWN)
        .dfa_size_limit(MOST_GROWN)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::Patterns;

    #[test]
    fn patterns_are_read_as_long_as_they_are_small_and_few() {
        let patterns = Patterns::default();
        assert_eq!(patterns.finds(r"/^a\/[b-d]\d+$/", "a/c12"), Some(true));
        assert_eq!(patterns.finds("/X/i", "x"), Some(true));
        for none in [
            "x",
            "/x/q",
            "/[/",
            "/(x{999}){999}/",
            &format!("/{}/", "x".repeat(2000)),
        ] {
            assert_eq!(patterns.finds(none, "x"), None, "{none}");
        }
        assert_eq!(patterns.finds("/x/", &"x".repeat(2000)), None);
        for number in 0..400 {
            patterns.finds(&format!("/x{number}/"), "x");
        }
        assert_eq!(patterns.finds("/never seen/", "x"), None);
        assert_eq!(patterns.finds("/X/i", "x"), Some(true));
    }
}
