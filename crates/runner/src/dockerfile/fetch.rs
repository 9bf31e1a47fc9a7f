//! Instructions that make the engine itself fetch from the network. It does that from its own host,
//! where it reaches what a container must not.

use super::{flag, heredoc, instruction::words};

/// What may stand behind `ONBUILD`. An engine that does not know a word keeps it nevertheless, and reads
/// it in another way later.
const TRIGGERS: [&str; 16] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// Whether a trigger (`ONBUILD`), be it of a Dockerfile or of an image, may make the engine fetch.
pub(crate) fn trigger_fetches(trigger: &str) -> bool {
    let trigger = trigger.trim();
    // An engine reads it as a Dockerfile of its own, with several lines.
    if trigger.contains(['\n', '\r']) || heredoc::may_be_one(trigger) {
        return true;
    }
    let (keyword, rest) = trigger
        .split_once(char::is_whitespace)
        .unwrap_or((trigger, ""));
    let keyword = keyword.to_uppercase();
    let copies_from = keyword == "COPY" && bare(rest).contains("--from");
    !TRIGGERS.contains(&keyword.as_str()) || copies_from || fetches(&keyword, rest)
}

/// Whether an instruction may make the engine fetch a file.
pub(super) fn fetches(keyword: &str, rest: &str) -> bool {
    match keyword {
        "ONBUILD" => trigger_fetches(rest),
        "ADD" => {
            let Ok((_, rest)) = flag::split(rest) else {
                return true;
            };
            // A variable can be filled with anything, so a source that has one may be an address.
            let is_file = |source: &String| {
                let source = bare(source).to_lowercase();
                !source.contains('$') && !source.contains("://") && !source.starts_with("git@")
            };
            !Paths::read(rest).is_some_and(|paths| paths.sources().iter().all(is_file))
        }
        _ => false,
    }
}

/// What `ADD` or `COPY` names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Paths {
    /// The last one is the target.
    pub(super) all: Vec<String>,
    /// Whether they are written as a JSON list.
    pub(super) is_list: bool,
}

impl Paths {
    /// None where an engine might read a list that we cannot: some take what is no JSON for it, or stop
    /// at its end.
    pub(super) fn read(rest: &str) -> Option<Self> {
        let as_words = || Self {
            all: words(rest).map(str::to_owned).collect(),
            is_list: false,
        };
        if !rest.starts_with('[') {
            return Some(as_words());
        }
        match serde_json::from_str(rest) {
            Ok(all) => Some(Self { all, is_list: true }),
            Err(_) => (!rest.contains('"')).then(as_words),
        }
    }

    pub(super) fn sources(&self) -> &[String] {
        self.all.split_last().map_or(&[], |(_, sources)| sources)
    }
}

fn bare(text: &str) -> String {
    text.replace(['"', '\'', '\\', '`'], "")
}
