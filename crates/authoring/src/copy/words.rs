//! Words that become others, wherever they stand: alone, in `snake_case`, `camelCase` and paths.

use std::{
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
};

use super::Change;

/// Which words become which, and how often they did.
#[derive(Debug)]
pub(super) struct Words {
    keep: Vec<String>,
    entries: Vec<Entry>,
    /// From a form to its word and the form in its place.
    forms: HashMap<String, (usize, String)>,
}

#[derive(Debug)]
struct Entry {
    was: String,
    is: String,
    places: usize,
    files: usize,
    in_this_file: bool,
}

impl Words {
    pub(super) fn new(keep: &[String]) -> Self {
        Self {
            keep: keep
                .iter()
                .map(|phrase| phrase.to_ascii_lowercase())
                .collect(),
            entries: Vec::new(),
            forms: HashMap::new(),
        }
    }

    pub(super) fn add(&mut self, was: &[String], is: &[String]) {
        let place = self.entries.len();
        for (was, is) in was.iter().zip(is) {
            self.forms.insert(was.clone(), (place, is.clone()));
        }
        self.entries.push(Entry {
            was: was.join(", "),
            is: is.join(", "),
            places: 0,
            files: 0,
            in_this_file: false,
        });
    }

    pub(super) fn path(&mut self, path: &str) -> PathBuf {
        Path::new(&self.text(path)).to_owned()
    }

    pub(super) fn text(&mut self, text: &str) -> String {
        let kept = self.kept(text);
        let mut changed = String::with_capacity(text.len());
        let mut done = 0;
        for part in parts(text) {
            if kept.iter().any(|phrase| phrase.contains(&part.start)) {
                continue;
            }
            let old = &text[part.clone()];
            let Some((place, new)) = self.forms.get(&old.to_ascii_lowercase()) else {
                continue;
            };
            let Some(new) = in_the_case_of(old, new) else {
                continue;
            };
            changed.push_str(&text[done..part.start]);
            fit_article(&mut changed, old, &new);
            changed.push_str(&new);
            done = part.end;
            let entry = &mut self.entries[*place];
            entry.places += 1;
            entry.in_this_file = true;
        }
        changed.push_str(&text[done..]);
        changed
    }

    /// Where phrases stand in which nothing changes.
    fn kept(&self, text: &str) -> Vec<Range<usize>> {
        let lower = text.to_ascii_lowercase();
        let mut kept = Vec::new();
        for phrase in &self.keep {
            for (start, found) in lower.match_indices(phrase.as_str()) {
                let before = text[..start].chars().next_back();
                let after = text[start + found.len()..].chars().next();
                let is_letter = |beside: Option<char>| beside.is_some_and(char::is_alphabetic);
                if !is_letter(before) && !is_letter(after) {
                    kept.push(start..start + found.len());
                }
            }
        }
        kept
    }

    pub(super) fn next_file(&mut self) {
        for entry in &mut self.entries {
            entry.files += usize::from(std::mem::take(&mut entry.in_this_file));
        }
    }

    /// A word that stands nowhere.
    pub(super) fn unseen(&self) -> Option<usize> {
        self.entries.iter().position(|entry| entry.places == 0)
    }

    pub(super) fn changes(&self) -> Vec<Change> {
        let change = |entry: &Entry| Change {
            was: entry.was.clone(),
            is: entry.is.clone(),
            places: entry.places,
            files: entry.files,
        };
        self.entries.iter().map(change).collect()
    }
}

/// The places of the words in a text: runs of letters, parted where the case says so (`orderItems`,
/// `HTTPServer`). A letter behind a backslash belongs to no word.
pub(super) fn parts(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut parts = Vec::new();
    let mut start: Option<usize> = None;
    let mut before: Option<char> = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if !character.is_alphabetic() || before == Some('\\') {
            if let Some(start) = start.take() {
                parts.push(start..at);
            }
            // Of `\\n` only the second backslash escapes, and not what follows it.
            before = (!(character == '\\' && before == Some('\\'))).then_some(character);
            continue;
        }
        let next = characters.peek().map(|(_, next)| *next);
        let was_lower = before.is_some_and(char::is_lowercase);
        let was_upper = before.is_some_and(char::is_uppercase);
        let begins = character.is_uppercase()
            && (was_lower || (was_upper && next.is_some_and(char::is_lowercase)));
        match start {
            Some(earlier) if begins => {
                parts.push(earlier..at);
                start = Some(at);
            }
            None => start = Some(at),
            Some(_) => {}
        }
        before = Some(character);
    }
    parts.extend(start.map(|start| start..text.len()));
    parts.into_iter()
}

/// `Article`, `ARTICLE` or `article`, as the old word is written; none for one in mixed case.
fn in_the_case_of(old: &str, new: &str) -> Option<String> {
    let is_lower = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let (first, rest) = old.split_at_checked(1)?;
    if is_lower(old) {
        return Some(new.to_owned());
    }
    if is_lower(rest) {
        let (first, rest) = new.split_at_checked(1)?;
        return Some(first.to_ascii_uppercase() + rest);
    }
    let is_upper = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_upper(first) && is_upper(rest)).then(|| new.to_ascii_uppercase())
}

/// Makes `an order` a `a purchase`: the article at the end of `before` is made to fit.
fn fit_article(before: &mut String, old: &str, new: &str) {
    let vowel = |word: &str| word.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    if vowel(old) == vowel(new) {
        return;
    }
    let (from, to) = if vowel(old) {
        (["an ", "An "], ["a ", "A "])
    } else {
        (["a ", "A "], ["an ", "An "])
    };
    for (from, to) in from.iter().zip(to) {
        let Some(rest) = before.strip_suffix(from) else {
            continue;
        };
        let stands_alone = rest.chars().next_back().is_none_or(char::is_whitespace);
        if stands_alone {
            let length = rest.len();
            before.truncate(length);
            before.push_str(to);
        }
        return;
    }
}

#[cfg(test)]
mod tests {
    use super::{Words, parts};

    fn forms(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn words() -> Words {
        let mut words = Words::new(&forms(&["order by"]));
        words.add(
            &forms(&["order", "orders"]),
            &forms(&["booking", "bookings"]),
        );
        words.add(&forms(&["product"]), &forms(&["item"]));
        words
    }

    #[test]
    fn words_are_found_in_names_of_all_styles() {
        let text = "orderItems HTTPServer order_items2x \\nThe \\\\two ÜberOrder";
        let found: Vec<&str> = parts(text).map(|part| &text[part]).collect();
        assert_eq!(
            found,
            [
                "order", "Items", "HTTP", "Server", "order", "items", "x", "The", "two", "Über",
                "Order"
            ]
        );
    }

    #[test]
    fn they_become_others_in_their_own_case() {
        let mut words = words();
        let changed = words.text(
            "orders Order ORDER_ID newOrder /orders/{orderId} border reordered oRder '\\norders'",
        );
        assert_eq!(
            changed,
            "bookings Booking BOOKING_ID newBooking /bookings/{bookingId} border reordered oRder '\\nbookings'"
        );
        words.next_file();
        assert_eq!(words.changes()[0].places, 7);
        assert_eq!(words.changes()[0].files, 1);
        assert_eq!(words.unseen(), Some(1));
    }

    #[test]
    fn what_is_to_be_kept_is_kept() {
        let text = words().text("ORDER BY order_id; order bygone; border by");
        assert_eq!(text, "ORDER BY booking_id; booking bygone; border by");
    }

    #[test]
    fn an_article_fits_its_word() {
        let text = words().text("An order of a product, an order; Athena orders");
        assert_eq!(text, "A booking of an item, a booking; Athena bookings");
    }
}
