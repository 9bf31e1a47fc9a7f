use std::{collections::HashMap, fmt, sync::OnceLock};

use regex::{Regex, RegexBuilder};

use super::redacted::{Part, Redacted};

/// Shorter values are words that stand in any text; hiding those would hide half a report.
const SHORTEST: usize = 6;

/// Values that no report may show, wherever they stand.
#[derive(Clone, Default)]
pub struct Secrets {
    /// The variable's name for each form in which a secret may stand in a text.
    forms: HashMap<String, String>,
    /// Finds them all in one pass, however many there are and however often they stand there.
    search: OnceLock<Regex>,
}

impl Secrets {
    /// Secrets without names, such as tokens.
    pub fn new(values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut secrets = Self::default();
        secrets.extend(values);
        secrets
    }

    /// Adds secrets without names, such as the tokens that a check's templates made
    /// ([`Scope::tokens`](crate::expression::Scope::tokens)).
    pub fn extend(&mut self, values: impl IntoIterator<Item = impl Into<String>>) {
        for value in values {
            self.insert("TOKEN", &value.into());
        }
    }

    /// Adds a secret; `name` is the shell variable that stands for it in a command.
    pub fn insert(&mut self, name: &str, value: &str) {
        if value.len() < SHORTEST {
            return;
        }
        let quoted = serde_json::Value::from(value).to_string();
        let inside_json = quoted[1..quoted.len() - 1].to_owned();
        for form in [value.to_owned(), inside_json, percent_encoded(value)] {
            self.forms.entry(form).or_insert_with(|| name.to_owned());
        }
        self.search = OnceLock::new();
    }

    /// Hides them in what may be shown so far.
    pub(super) fn hide(&self, text: Redacted) -> Redacted {
        let mut hidden = Redacted::default();
        for part in text.0 {
            match part {
                Part::Plain(text) => self.hide_in(&text, &mut hidden),
                secret @ Part::Secret(_) => hidden.0.push(secret),
            }
        }
        hidden
    }

    fn hide_in(&self, text: &str, hidden: &mut Redacted) {
        if self.forms.is_empty() {
            return hidden.push(text);
        }
        let mut shown = 0;
        for found in self.search.get_or_init(|| self.any()).find_iter(text) {
            hidden.push(&text[shown..found.start()]);
            let name = self
                .forms
                .get(found.as_str())
                .map_or("SECRET", String::as_str);
            hidden.push_secret(name, found.as_str());
            shown = found.end();
        }
        hidden.push(&text[shown..]);
    }

    /// One may begin with another; the first that matches counts, so the longest comes first.
    fn any(&self) -> Regex {
        let mut forms: Vec<_> = self.forms.keys().collect();
        forms.sort_unstable_by_key(|form| std::cmp::Reverse(form.len()));
        let forms: Vec<_> = forms.into_iter().map(|form| regex::escape(form)).collect();
        RegexBuilder::new(&forms.join("|"))
            .size_limit(usize::MAX)
            .build()
            .expect("texts side by side are a pattern")
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} forms)", self.forms.len())
    }
}

fn percent_encoded(value: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hide(secrets: &[&str], text: &str) -> String {
        let secrets = Secrets::new(secrets.iter().copied());
        secrets.hide(Redacted::plain(text)).shown()
    }

    #[test]
    fn secrets_are_hidden_in_every_form() {
        assert_eq!(
            hide(&["a\"b c/d"], r#"x a\"b c/d y a"b c/d z a%22b%20c%2Fd"#),
            "x <redacted> y <redacted> z <redacted>"
        );
        assert_eq!(
            hide(&["abcdef", "abcdefgh"], "abcdefghabcdef"),
            "<redacted><redacted>"
        );
        assert_eq!(hide(&["cat"], "concatenate"), "concatenate");
    }
}
