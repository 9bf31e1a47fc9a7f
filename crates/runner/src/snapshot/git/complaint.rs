//! What git complains of, and whose fault that is.

use super::GitError;
use crate::snapshot::GitUrl;

/// As many lines as a message shows.
const LINES: usize = 4;
/// As much of a line as a message shows, in characters.
const LONGEST: usize = 300;

const UNREACHABLE: [&str; 25] = [
    "cannot run ssh",
    "could not resolve",
    "failed to connect",
    "could not connect",
    "couldn't connect",
    "connection refused",
    "connection timed out",
    "connection reset",
    "connection closed",
    "network is unreachable",
    "no route to host",
    "operation timed out",
    "operation too slow",
    "timeout was reached",
    "temporary failure in name resolution",
    "name or service not known",
    "host key verification failed",
    "certificate",
    "ssl",
    "tls",
    "proxy",
    "returned error: 5",
    "returned error: 429",
    "early eof",
    "unexpected disconnect",
];
const AUTHENTICATION: [&str; 8] = [
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "authentication failed",
    "permission denied",
    "returned error: 401",
    "returned error: 403",
    "access denied",
];
const NO_REVISION: [&str; 5] = [
    "couldn't find remote ref",
    "no such remote ref",
    "not our ref",
    "unadvertised object",
    "invalid refspec",
];
const NO_REPOSITORY: [&str; 4] = [
    "does not appear to be a git repository",
    "repository not found",
    "returned error: 404",
    "returned error: 410",
];
const TOO_LARGE: [&str; 5] = [
    "out of memory",
    "mmap failed",
    "file too large",
    "cannot allocate memory",
    "signal 25",
];

/// Understands why a fetch failed.
pub(super) fn understand(stderr: &[u8], url: &GitUrl, limit: u64) -> GitError {
    let text = String::from_utf8_lossy(stderr);
    let lower = text.to_lowercase();
    let has = |signs: &[&str]| signs.iter().any(|sign| lower.contains(sign));
    let said = said(&url.without_password(&text));
    if has(&TOO_LARGE) {
        GitError::TooLarge { limit }
    } else if has(&NO_REVISION) {
        match url.revision() {
            None => GitError::Empty,
            Some(revision) => GitError::NoRevision {
                revision: revision.to_owned(),
                said,
            },
        }
    } else if has(&AUTHENTICATION) {
        GitError::Authentication { said }
    } else if has(&UNREACHABLE) {
        GitError::Unreachable { said }
    } else if has(&NO_REPOSITORY)
        || (lower.contains("repository '") && lower.contains("' not found"))
    {
        GitError::NoRepository { said }
    } else {
        GitError::Fetch { said }
    }
}

/// The last lines, in one, with nothing in them that a terminal would obey.
pub(super) fn said(text: &str) -> String {
    let lines: Vec<&str> = text
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let from = lines.len().saturating_sub(LINES);
    let shown: Vec<String> = lines[from..].iter().map(|line| plain(line)).collect();
    if shown.is_empty() {
        "nothing".to_owned()
    } else {
        shown.join(" / ")
    }
}

fn plain(line: &str) -> String {
    line.chars()
        .take(LONGEST)
        .flat_map(|c| {
            let hidden = c.is_control() || ('\u{200b}'..='\u{202e}').contains(&c);
            let escaped = hidden.then(|| c.escape_unicode().to_string());
            escaped
                .unwrap_or_else(|| c.to_string())
                .chars()
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;
    use crate::snapshot::Source;

    fn of(stderr: &str) -> GitError {
        let text = OsStr::new("https://jane:s3cret@h/r#main");
        let Ok(Source::Git(url)) = Source::parse(text) else {
            panic!("no address");
        };
        understand(stderr.as_bytes(), &url, 7)
    }

    #[test]
    fn whose_fault_it_is_is_told_from_what_git_says() {
        for (stderr, ours, part) in [
            (
                "fatal: unable to access 'https://h/r/': Could not resolve host: h",
                true,
                "reached",
            ),
            (
                "ssh: connect to host h port 22: Connection refused",
                true,
                "reached",
            ),
            (
                "fatal: unable to access: The requested URL returned error: 503",
                true,
                "reached",
            ),
            (
                "server certificate verification failed. CAfile: none",
                true,
                "reached",
            ),
            ("Host key verification failed.", true, "reached"),
            (
                "fatal: could not read Username for 'https://h': terminal prompts disabled",
                false,
                "authentication",
            ),
            (
                "git@h: Permission denied (publickey).",
                false,
                "authentication",
            ),
            (
                "fatal: repository 'https://h/r/' not found",
                false,
                "no repository",
            ),
            (
                "fatal: '/r' does not appear to be a git repository",
                false,
                "no repository",
            ),
            ("fatal: couldn't find remote ref main", false, "no branch"),
            (
                "fatal: remote error: upload-pack: not our ref 1234",
                false,
                "no branch",
            ),
            (
                "error: Server does not allow request for unadvertised object 12",
                false,
                "no branch",
            ),
            ("fatal: Out of memory, malloc failed", false, "more memory"),
            ("fatal: something new", true, "something new"),
        ] {
            let error = of(stderr);
            assert_eq!(error.is_ours(), ours, "{stderr}: {error}");
            assert!(error.to_string().contains(part), "{stderr}: {error}");
        }
    }

    #[test]
    fn what_is_said_is_harmless_short_and_without_the_password() {
        let long = "x".repeat(1000);
        let error = of(&format!(
            "one\ntwo\nremote: \u{1b}[2J{long}\nfatal: s3cret\nlast\n"
        ));
        let text = error.to_string();
        assert!(
            !text.contains('\u{1b}') && !text.contains("s3cret"),
            "{text}"
        );
        assert!(!text.contains("one") && text.contains("last"), "{text}");
        assert!(text.len() < 800, "{text}");
    }
}
