//! A Dockerfile: what it starts from, what it starts, and how an engine is given it.

mod fetch;
mod flag;
mod heredoc;
mod instruction;
mod mount;
mod plain;
mod platform;
mod stage;
mod variable;

use self::instruction::Instruction;
pub(crate) use self::{fetch::trigger_fetches, plain::Plain};

/// A Dockerfile, read.
#[derive(Debug)]
pub(crate) struct Dockerfile {
    /// What continues a line.
    escape: char,
    instructions: Vec<Instruction>,
}

impl Dockerfile {
    /// Reads one. Instructions that nobody knows are left to the engine to refuse.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let (escape, instructions) = instruction::parse(&String::from_utf8_lossy(text));
        Self {
            escape,
            instructions,
        }
    }

    /// Whether it asks for anything at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.instructions.is_empty()
    }

    /// What its last stage starts, as a shell is given it; none where it does not say.
    pub(crate) fn command(&self) -> Option<String> {
        let last = |keyword: &str| {
            let stage = self.instructions.iter().rev();
            let mut stage = stage.take_while(|instruction| instruction.keyword != "FROM");
            stage.find(|instruction| instruction.keyword == keyword)
        };
        let (entrypoint, command) = (last("ENTRYPOINT"), last("CMD"));
        let Some(entrypoint) = entrypoint else {
            return command.map(|command| started(&command.rest).0);
        };
        let (program, is_list) = started(&entrypoint.rest);
        match command {
            // Only a list takes what CMD says as its arguments.
            Some(command) if is_list => Some(format!("{program} {}", started(&command.rest).0)),
            _ => Some(program),
        }
    }
}

/// A command as a shell is given it, and whether it was a list of words.
fn started(rest: &str) -> (String, bool) {
    let Ok(words) = serde_json::from_str::<Vec<String>>(rest) else {
        return (rest.to_owned(), false);
    };
    let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    (words.join(" "), true)
}

/// A word that a shell takes as it is.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:=,@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_stage_says_what_is_started() {
        for (text, expected) in [
            (
                "FROM x\nCMD [\"python\", \"-m\", \"app\"]",
                Some("python -m app"),
            ),
            (
                "FROM x\nCMD node a.js\nCMD node b.js --port $PORT",
                Some("node b.js --port $PORT"),
            ),
            (
                "FROM x\nENTRYPOINT [\"./run\", \"it's\"]\nCMD [\"a b\"]",
                Some("./run 'it'\\''s' 'a b'"),
            ),
            ("FROM x\nENTRYPOINT ./run\nCMD [\"a\"]", Some("./run")),
            ("FROM x\nCMD a\nFROM y\nRUN b", None),
            ("FROM x", None),
        ] {
            let command = Dockerfile::parse(text.as_bytes()).command();
            assert_eq!(command.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn nothing_but_comments_is_empty() {
        for text in ["", "\n \n", "# FROM x\n  # y\n", "\u{feff}"] {
            assert!(Dockerfile::parse(text.as_bytes()).is_empty(), "{text:?}");
        }
        assert!(!Dockerfile::parse(b"FROM x").is_empty());
    }
}
