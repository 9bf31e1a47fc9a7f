//! Quoting for a POSIX shell.

use std::fmt::Write as _;

use super::redacted::{Part, Redacted};

/// A word that gives exactly this text, with a variable for each secret.
pub(super) fn word(text: &Redacted) -> String {
    let mut word = String::new();
    for part in &text.0 {
        match part {
            Part::Plain(text) => quote(text, &mut word),
            Part::Secret(variable) => {
                let _ = write!(word, "\"${variable}\"");
            }
        }
    }
    if word.is_empty() {
        word.push_str("''");
    }
    word
}

/// Within single quotation marks nothing but these is special.
fn quote(text: &str, word: &mut String) {
    word.push('\'');
    word.push_str(&text.replace('\'', r"'\''"));
    word.push('\'');
}

/// Whether a text can stand in a word, and be read and copied there: a word cannot hold NUL, and
/// other control characters would reach the terminal.
pub(super) fn is_wordable(text: &Redacted) -> bool {
    let plain = |one: char| matches!(one, '\n' | '\t') || !one.is_control();
    text.0.iter().all(|part| match part {
        Part::Plain(text) => text.chars().all(plain),
        Part::Secret(_) => true,
    })
}

/// A command that prints exactly this text, whatever is in it, with a variable for each secret.
pub(super) fn print(text: &Redacted) -> String {
    let mut format = String::new();
    let mut variables = String::new();
    for part in &text.0 {
        match part {
            Part::Plain(text) => escape(text, &mut format),
            Part::Secret(variable) => {
                format.push_str("%s");
                let _ = write!(variables, " \"${variable}\"");
            }
        }
    }
    format!("printf '{format}'{variables}")
}

fn escape(text: &str, format: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'%' => format.push_str("%%"),
            b'\\' => format.push_str(r"\\"),
            // A format that begins with a hyphen is taken for an option.
            b'-' if format.is_empty() => format.push_str(r"\055"),
            b' '..=b'~' if byte != b'\'' => format.push(char::from(byte)),
            _ => {
                let _ = write!(format, r"\{byte:03o}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    fn run(script: &str) -> Vec<u8> {
        let output = Command::new("sh")
            .args(["-c", script])
            .env("TOKEN", "it's $HOME")
            .output()
            .unwrap();
        assert!(output.status.success(), "{script}");
        output.stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_word_gives_the_text(text in "([^\0]|['\"$`\\\\!\n ~#*-]){0,40}") {
            let script = format!("printf %s {}", word(&Redacted::plain(&text)));
            prop_assert_eq!(run(&script), text.as_bytes());
        }

        #[test]
        fn a_printing_command_gives_the_text(text in "(.|[\0-\x1f%\\\\']|[0-7]){0,40}") {
            prop_assert_eq!(run(&print(&Redacted::plain(&text))), text.as_bytes());
        }
    }

    #[test]
    fn a_hyphen_begins_no_option() {
        assert_eq!(run(&print(&Redacted::plain("--help"))), b"--help");
    }

    #[test]
    fn a_variable_gives_its_value_as_it_is() {
        let mut text = Redacted::plain("a'b ");
        text.push_secret("token", "hidden");
        text.push("'c");
        assert_eq!(run(&print(&text)), b"a'b it's $HOME'c");
        assert_eq!(
            run(&format!("printf %s {}", word(&text))),
            b"a'b it's $HOME'c"
        );
        assert_eq!(
            run(&format!("printf %s {}x", word(&Redacted::default()))),
            b"x"
        );
    }
}
