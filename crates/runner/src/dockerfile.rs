//! As much of a Dockerfile as must be known before an engine is given it: which images it starts
//! from, and whether it asks the engine itself to fetch something.

mod instruction;
mod variable;

use std::collections::{BTreeMap, BTreeSet};

use self::instruction::{IndentedComments, Instruction, words};

/// A Dockerfile, read.
#[derive(Debug)]
pub(crate) struct Dockerfile {
    instructions: Vec<Instruction>,
    /// As an engine reads it to which an indented `#` in a continued line is no comment.
    otherwise: Vec<Instruction>,
}

impl Dockerfile {
    /// Reads one. What cannot be understood is left to the engine to refuse.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        Self {
            instructions: instruction::parse(&text, IndentedComments::Skipped),
            otherwise: instruction::parse(&text, IndentedComments::Kept),
        }
    }

    /// Whether it asks for anything at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.instructions.is_empty()
    }

    /// The images that it needs: those its stages start from and those it copies from, without
    /// `scratch` and without its own stages.
    pub(crate) fn images(&self) -> BTreeSet<String> {
        let mut defaults = BTreeMap::new();
        let mut stages = BTreeSet::new();
        let mut images = BTreeSet::new();
        for instruction in &self.instructions {
            let words: Vec<_> = words(&instruction.rest).collect();
            match instruction.keyword.as_str() {
                "ARG" if stages.is_empty() && images.is_empty() => {
                    for word in words {
                        if let Some((name, value)) = word.split_once('=') {
                            let value = variable::fill_in(&unquoted(value), &defaults);
                            defaults.insert(name.to_owned(), value);
                        }
                    }
                }
                "FROM" => {
                    let mut words = words.iter().filter(|word| !word.starts_with("--"));
                    let Some(image) = words.next() else { continue };
                    let image = variable::fill_in(&unquoted(image), &defaults);
                    let is_stage = stages.contains(&image.to_lowercase());
                    if !is_stage && image != "scratch" && !image.is_empty() {
                        images.insert(image);
                    }
                    if let (Some(as_), Some(name)) = (words.next(), words.next())
                        && as_.eq_ignore_ascii_case("as")
                    {
                        stages.insert(name.to_lowercase());
                    }
                }
                "COPY" => {
                    let from = words.iter().find_map(|word| word.strip_prefix("--from="));
                    if let Some(from) = from
                        && from.parse::<u32>().is_err()
                        && !stages.contains(&from.to_lowercase())
                    {
                        images.insert(from.to_owned());
                    }
                }
                _ => {}
            }
        }
        images
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

    /// The first instruction that makes the engine fetch from the network. The engine does that from
    /// its own host, where it reaches what a container must not.
    pub(crate) fn fetching_instruction(&self) -> Option<String> {
        self.instructions
            .iter()
            .chain(&self.otherwise)
            .find(|instruction| fetches(&instruction.keyword, &instruction.rest))
            .map(Instruction::to_string)
    }
}

/// Whether a trigger that an image carries (`ONBUILD`) makes the engine fetch from the network.
pub(crate) fn trigger_fetches(trigger: &str) -> bool {
    let (keyword, rest) = trigger
        .trim()
        .split_once(char::is_whitespace)
        .unwrap_or((trigger, ""));
    fetches(&keyword.to_uppercase(), rest)
}

fn fetches(keyword: &str, rest: &str) -> bool {
    match keyword {
        "ONBUILD" => trigger_fetches(rest),
        "ADD" => {
            let rest = skip_flags(rest);
            let sources = serde_json::from_str::<Vec<String>>(rest)
                .unwrap_or_else(|_| words(rest).map(str::to_owned).collect());
            let target = 1;
            let count = sources.len().saturating_sub(target);
            sources.iter().take(count).any(|source| may_be_url(source))
        }
        _ => false,
    }
}

/// A variable can be filled with anything, so a source that has one may be an address.
fn may_be_url(source: &str) -> bool {
    let bare = source.replace(['"', '\'', '\\', '`'], "").to_lowercase();
    bare.contains('$') || bare.contains("://") || bare.starts_with("git@")
}

fn skip_flags(mut rest: &str) -> &str {
    loop {
        rest = rest.trim_start();
        if !rest.starts_with("--") {
            return rest;
        }
        rest = rest.split_once(char::is_whitespace).map_or("", |(_, r)| r);
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

fn unquoted(word: &str) -> String {
    word.replace(['"', '\''], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(text: &str) -> Vec<String> {
        Dockerfile::parse(text.as_bytes())
            .images()
            .into_iter()
            .collect()
    }

    fn fetching(text: &str) -> Option<String> {
        Dockerfile::parse(text.as_bytes()).fetching_instruction()
    }

    #[test]
    fn images_of_stages_and_copies_are_found() {
        let text = "FROM --platform=linux/amd64 one:1 AS Build\nRUN x\nfrom build as two\n\
            COPY --chown=1 --from=build /a /b\nCOPY --from=0 /a /b\nCOPY --from=other:2 /a /b\n\
            FROM scratch\nCOPY --from=TWO /a /b\n";
        assert_eq!(images(text), ["one:1", "other:2"]);
    }

    #[test]
    fn arguments_before_the_first_stage_are_filled_in() {
        let text = "ARG V=3.13 N=\"python\"\nARG I=tryout/${N}\nFROM ${I}:$V\nARG V=1\nFROM x:${V}\n\
            FROM y:${W:-7}\nFROM z:${W}";
        assert_eq!(images(text), ["tryout/python:3.13", "x:3.13", "y:7", "z:"]);
    }

    #[test]
    fn comments_continuations_and_blank_lines_are_seen_through() {
        let text = "\u{feff}# a\n\n  FROM \\\n # b\n\n  one:1 \\  \n  AS x\r\nRUN a \\\n  FROM two\nFROM x\n";
        assert_eq!(images(text), ["one:1"]);
        let text = "# escape=`\nFROM `\none:1\nRUN c:\\\nFROM two:2";
        assert_eq!(images(text), ["one:1", "two:2"]);
    }

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

    #[test]
    fn an_engine_is_not_made_to_fetch() {
        for text in [
            "ADD http://127.0.0.1/x /x",
            "add --chown=1:1 HTTPS://x /x",
            "ADD a b http://x /x",
            "ADD [\"\\u0068ttp://x\", \"/x\"]",
            "ADD --chown=1 [\"http://x\", \"/x\"]",
            "ADD \"ht\"\"tp\"://x /x",
            "ADD ht\\tp://x /x",
            "ADD \\\n  http://x \\\n /x",
            "ARG A\nADD $A /x",
            "ADD h${A} /x",
            "ADD git@github.com:a/b.git /x",
            "ADD a \\\n # http://x \\\n /x",
            "ONBUILD ADD http://x /x",
            "onbuild   add http://x /x",
        ] {
            assert!(fetching(text).is_some(), "{text}");
        }
        for text in [
            "ADD a.tar.gz /x",
            "ADD a ${B}",
            "COPY http://x /x",
            "RUN echo ADD http://x /x",
            "ONBUILD ADD a /x",
        ] {
            assert_eq!(fetching(text), None, "{text}");
        }
    }
}
