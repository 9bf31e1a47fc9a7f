//! The names that templates may use, as data. The probe gives them their meaning.

/// A function of the expression language, as authors see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is called, for help texts.
    pub signature: &'static str,
    /// What it gives, in one sentence.
    pub about: &'static str,
    /// Whether the value depends on the run's seed.
    pub seeded: bool,
}

const fn seeded(name: &'static str, signature: &'static str, about: &'static str) -> Function {
    Function {
        name,
        signature,
        about,
        seeded: true,
    }
}

const fn pure(name: &'static str, signature: &'static str, about: &'static str) -> Function {
    Function {
        name,
        signature,
        about,
        seeded: false,
    }
}

/// Every function that templates may call beside minijinja's own.
pub const FUNCTIONS: &[Function] = &[
    seeded("uuid", "uuid(key)", "A UUID."),
    seeded(
        "int",
        "int(key, low, high)",
        "A whole number from `low` to `high`, both included.",
    ),
    seeded("hex", "hex(key, length)", "So many hexadecimal digits."),
    seeded("word", "word(key)", "Eight lower-case letters."),
    seeded("name", "name(key)", "A person's name."),
    seeded("email", "email(key)", "An address of e-mail."),
    seeded("choice", "choice(key, list)", "One item of the list."),
    seeded(
        "shuffle",
        "shuffle(key, list)",
        "The list's items in another order.",
    ),
    pure(
        "jwt",
        "jwt(claims, secret, alg='HS256', ttl=3600)",
        "A signed token; adds `iat` and `exp` unless the claims have them; `ttl` in seconds, negative for one that is over.",
    ),
    pure(
        "base64url",
        "base64url(text)",
        "The text in base64url without padding.",
    ),
    pure(
        "hmac_sha256_hex",
        "hmac_sha256_hex(secret, text)",
        "The HMAC-SHA-256 in lower-case hexadecimal digits.",
    ),
    pure("now", "now()", "The time in whole seconds since 1970."),
    pure(
        "iso",
        "iso(unix_seconds)",
        "The time as RFC 3339 text in UTC.",
    ),
];

/// Whether a text has anything for minijinja to do.
pub fn is_template(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark))
}
