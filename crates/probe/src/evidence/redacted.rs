/// Stands where a secret stood.
pub(super) const REDACTED: &str = "<redacted>";

/// A text, some parts of which a report must not show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Redacted(pub(super) Vec<Part>);

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// May be shown.
    Plain(String),
    /// Must not be shown; the variable that stands for it in a command.
    Secret(String),
}

impl Redacted {
    pub(super) fn plain(text: &str) -> Self {
        let mut redacted = Self::default();
        redacted.push(text);
        redacted
    }

    /// All of it is secret, where there is any.
    pub(super) fn secret(name: &str, text: &str) -> Self {
        let mut redacted = Self::default();
        redacted.push_secret(name, text);
        redacted
    }

    pub(super) fn push(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Plain(last)) => last.push_str(text),
            _ => self.0.push(Part::Plain(text.to_owned())),
        }
    }

    /// An empty value is no secret: that it is empty may be the very mistake.
    pub(super) fn push_secret(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.0.push(Part::Secret(variable(name)));
        }
    }

    /// Adds another text.
    pub(super) fn append(&mut self, other: Self) {
        for part in other.0 {
            match part {
                Part::Plain(text) => self.push(&text),
                secret @ Part::Secret(_) => self.0.push(secret),
            }
        }
    }

    /// With a mark in place of each secret.
    pub(super) fn shown(&self) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Plain(text) => text.as_str(),
                Part::Secret(_) => REDACTED,
            })
            .collect()
    }
}

/// Whether a name of a header, a field or a variable sounds as if its value were secret.
pub(super) fn sounds_secret(name: &str) -> bool {
    // More than any honest name.
    if name.len() > 200 {
        return false;
    }
    let name: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    // These say what a token is like, and are no token.
    let about = ["tokentype", "tokensused", "maxtokens"];
    !about.contains(&name.as_str())
        && [
            "password",
            "passwd",
            "passphrase",
            "secret",
            "token",
            "apikey",
            "privatekey",
            "accesskey",
            "authorization",
            "credential",
        ]
        .iter()
        .any(|word| name.contains(word))
}

/// The shell variable for a name: `x-api-key` is `API_KEY`.
fn variable(name: &str) -> String {
    let mut variable: String = name
        .trim_start_matches("x-")
        .trim_start_matches("X-")
        .chars()
        .take(40)
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    if !variable.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        variable.insert(0, '_');
    }
    variable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sound_secret() {
        for name in [
            "password",
            "new_password",
            "X-Api-Key",
            "accessToken",
            "client-secret",
            "AUTH_SECRET",
        ] {
            assert!(sounds_secret(name), "{name}");
        }
        for name in ["token_type", "sku", "key", "idempotency-key", "secre", ""] {
            assert!(!sounds_secret(name), "{name}");
        }
    }

    #[test]
    fn variables_are_names_of_the_shell() {
        assert_eq!(variable("x-api-key"), "API_KEY");
        assert_eq!(variable("2fa token"), "_2FA_TOKEN");
        assert_eq!(variable("ü"), "_");
        assert_eq!(variable(""), "_");
    }
}
