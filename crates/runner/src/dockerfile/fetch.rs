//! Instructions that make the engine itself fetch from the network. It does that from its own host,
//! where it reaches what a container must not.

use super::instruction::words;

/// Why an image is none to start from, for a trigger that it carries (`ONBUILD`).
pub(crate) fn trigger_fetches(trigger: &str) -> bool {
    // An engine reads it as a Dockerfile: with comments and continued lines.
    let trigger = trigger.trim();
    if trigger.contains(['\n', '\r']) || trigger.starts_with('#') {
        return true;
    }
    let (keyword, rest) = trigger
        .split_once(char::is_whitespace)
        .unwrap_or((trigger, ""));
    let keyword = keyword.to_uppercase();
    keyword == "FROM" || (keyword == "COPY" && copies_from(rest)) || fetches(&keyword, rest)
}

/// Whether an instruction makes the engine fetch a file.
pub(super) fn fetches(keyword: &str, rest: &str) -> bool {
    match keyword {
        "ONBUILD" => trigger_fetches(rest),
        "ADD" => {
            let rest = skip_flags(rest);
            let sources = sources(rest);
            sources.iter().any(|source| may_be_url(source))
        }
        _ => false,
    }
}

/// All that `ADD` or `COPY` names but the target.
pub(super) fn sources(rest: &str) -> Vec<String> {
    let mut paths = serde_json::from_str::<Vec<String>>(rest)
        .unwrap_or_else(|_| words(rest).map(str::to_owned).collect());
    paths.pop();
    paths
}

fn copies_from(rest: &str) -> bool {
    rest.replace(['"', '\'', '\\', '`'], "").contains("--from")
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
