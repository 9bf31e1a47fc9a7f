//! Numbers that become others where they stand as they are written.

use challenge_spec::private::{Form, Number};

use super::Change;

/// Which numbers become which, and where they were found.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    entries: Vec<Entry>,
    /// Longest first, so that of two that fit the more exact one is taken.
    forms: Vec<Written>,
}

#[derive(Debug)]
struct Entry {
    what: String,
    was: u32,
    is: u32,
    places: usize,
    files: usize,
    in_this_file: bool,
}

#[derive(Debug)]
struct Written {
    number: usize,
    form: usize,
    was: String,
    is: String,
    seen: bool,
}

impl Numbers {
    pub(super) fn add(&mut self, number: &Number, is: u32) {
        let place = self.entries.len();
        for (form, written) in number.written.iter().enumerate() {
            if let Some(parsed) = Form::parse(written) {
                self.forms.push(Written {
                    number: place,
                    form,
                    was: parsed.with(number.was),
                    is: parsed.with(is),
                    seen: false,
                });
            }
        }
        self.forms
            .sort_by_key(|form| std::cmp::Reverse(form.was.len()));
        self.entries.push(Entry {
            what: number.what.clone(),
            was: number.was,
            is,
            places: 0,
            files: 0,
            in_this_file: false,
        });
    }

    /// In a patch, what counts lines stays as it is.
    pub(super) fn text(&mut self, text: &str, is_patch: bool) -> String {
        text.split_inclusive('\n')
            .map(|line| {
                if is_patch && line.starts_with("@@") {
                    line.to_owned()
                } else {
                    self.line(line)
                }
            })
            .collect()
    }

    fn line(&mut self, line: &str) -> String {
        let mut changed = String::with_capacity(line.len());
        let mut at = 0;
        while let Some(character) = line[at..].chars().next() {
            let mut forms = self.forms.iter_mut();
            let Some(form) = forms.find(|form| stands(line, at, &form.was)) else {
                changed.push(character);
                at += character.len_utf8();
                continue;
            };
            form.seen = true;
            changed.push_str(&form.is);
            at += form.was.len();
            let entry = &mut self.entries[form.number];
            entry.places += 1;
            entry.in_this_file = true;
        }
        changed
    }

    pub(super) fn next_file(&mut self) {
        for entry in &mut self.entries {
            entry.files += usize::from(std::mem::take(&mut entry.in_this_file));
        }
    }

    /// A number, and the place of a form of it, that stands nowhere.
    pub(super) fn unseen(&self) -> Option<(usize, usize)> {
        let unseen = self.forms.iter().filter(|form| !form.seen);
        unseen.map(|form| (form.number, form.form)).min()
    }

    pub(super) fn changes(&self) -> Vec<Change> {
        let change = |entry: &Entry| Change {
            was: format!("{}: {}", entry.what, entry.was),
            is: entry.is.to_string(),
            places: entry.places,
            files: entry.files,
        };
        self.entries.iter().map(change).collect()
    }
}

/// Whether a text stands at a place, and is no part of a longer number or word there.
fn stands(line: &str, at: usize, text: &str) -> bool {
    let Some(rest) = line[at..].strip_prefix(text) else {
        return false;
    };
    let parted = |one: Option<char>, other: Option<char>| {
        !(one.is_some_and(char::is_alphanumeric) && other.is_some_and(char::is_alphanumeric))
    };
    parted(line[..at].chars().next_back(), text.chars().next())
        && parted(text.chars().next_back(), rest.chars().next())
}

#[cfg(test)]
mod tests {
    use challenge_spec::private::Number;

    use super::Numbers;

    fn numbers(forms: &[&str]) -> Numbers {
        let mut numbers = Numbers::default();
        let number = Number {
            what: "most".to_owned(),
            was: 100,
            becomes: vec![60],
            written: forms.iter().map(|form| (*form).to_owned()).collect(),
        };
        numbers.add(&number, 60);
        numbers
    }

    #[test]
    fn they_change_where_they_stand_as_written_and_nowhere_else() {
        let mut numbers = numbers(&["1 to {}", "quantity: {+1}"]);
        let text = "1 to 100 of 100; 1 to 1000; 11 to 100; quantity: 101\n";
        assert_eq!(
            numbers.text(text, false),
            "1 to 60 of 100; 1 to 1000; 11 to 100; quantity: 61\n"
        );
        assert_eq!(numbers.unseen(), None);
        assert_eq!(numbers.changes()[0].places, 2);
    }

    #[test]
    fn the_line_numbers_of_a_patch_stay() {
        let mut numbers = numbers(&["{},"]);
        let text = "@@ -100,5 +100,5 @@\n-le=100,\n";
        assert_eq!(numbers.text(text, true), "@@ -100,5 +100,5 @@\n-le=60,\n");
    }

    #[test]
    fn what_stands_nowhere_is_told() {
        let mut numbers = numbers(&["1 to {}", "le={}"]);
        numbers.text("1 to 100", false);
        assert_eq!(numbers.unseen(), Some((0, 1)));
    }
}
