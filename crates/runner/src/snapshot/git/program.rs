//! How `git` is called. What the user has set up for getting through to a server stays: proxies,
//! certificates, keys, credential helpers, rewritten addresses. What a repository or a caller's
//! environment could have run does not.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
    process::{Command, Stdio},
};

use crate::snapshot::GitUrl;

/// Settings that hold against those of the user.
const SETTINGS: [&str; 22] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.bigFileThreshold=1m",
    "core.packedGitWindowSize=16m",
    "core.packedGitLimit=128m",
    "core.askPass=",
    "credential.interactive=false",
    "fetch.recurseSubmodules=false",
    "fetch.unpackLimit=1",
    "fetch.writeCommitGraph=false",
    "fetch.bundleURI=",
    "transfer.bundleURI=false",
    "fetch.prune=false",
    "pack.threads=1",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.version=2",
    "protocol.ext.allow=never",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
    "advice.defaultBranchName=false",
];

/// Ways to reach a server; even a rewritten address or a redirection takes no other.
const PROTOCOLS: &str = "https:ssh:file";

/// Variables of git's that say how a server is reached. All others are taken away: they may point
/// to a repository (as in a hook), or turn on what is turned off here.
const KEPT: [&str; 10] = [
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_ASKPASS",
    "GIT_EXEC_PATH",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
];
const KEPT_GROUPS: [&str; 5] = [
    "GIT_CONFIG_KEY_",
    "GIT_CONFIG_VALUE_",
    "GIT_SSL_",
    "GIT_PROXY_",
    "GIT_HTTP_",
];

/// Where in the bare repository stands what was asked for.
pub(super) const REFERENCE: &str = "refs/submission/asked";

/// `git` in a repository of ours.
pub(super) fn git(repository: &Path) -> Command {
    let mut git = Command::new("git");
    for setting in SETTINGS {
        git.args(["-c", setting]);
    }
    git.arg("--git-dir")
        .arg(repository)
        .current_dir(repository)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    for (name, _) in std::env::vars_os() {
        if is_taken_away(&name) {
            git.env_remove(name);
        }
    }
    // Its words are read here, and nobody is there to answer.
    git.envs([
        ("LC_ALL", "C"),
        ("LANGUAGE", "C"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GCM_INTERACTIVE", "never"),
        ("SSH_ASKPASS_REQUIRE", "never"),
        ("GIT_ALLOW_PROTOCOL", PROTOCOLS),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_OPTIONAL_LOCKS", "0"),
    ]);
    git.env_remove("SSH_ASKPASS");
    git
}

/// Makes the repository.
pub(super) fn init(repository: &Path) -> Command {
    let mut git = git(repository);
    git.args(["init", "--quiet", "--bare", "--template="]);
    git
}

/// Fetches what is asked for, without its past.
pub(super) fn fetch(repository: &Path, url: &GitUrl, ssh: Option<&OsStr>) -> Command {
    let mut git = git(repository);
    if let Some(ssh) = ssh {
        git.env("GIT_SSH_COMMAND", ssh);
    }
    git.args([
        "fetch",
        "--quiet",
        "--depth=1",
        "--no-tags",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        "--no-write-fetch-head",
        "--refmap=",
        "--",
    ]);
    let revision = url.revision().unwrap_or("HEAD");
    git.arg(url.url()).arg(format!("+{revision}:{REFERENCE}"));
    git
}

/// How ssh is called so that it asks nothing; nothing where the user has said how.
pub(super) fn ssh_command(configured: Option<OsString>) -> Option<&'static OsStr> {
    let said = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if configured.is_some_and(|c| !c.is_empty()) || said("GIT_SSH_COMMAND") || said("GIT_SSH") {
        return None;
    }
    Some(OsStr::new(
        "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15",
    ))
}

fn is_taken_away(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    name.starts_with("GIT_")
        && !KEPT.contains(&name)
        && !KEPT_GROUPS.iter().any(|group| name.starts_with(group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Source;

    fn words(command: &Command) -> Vec<String> {
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned())
            .collect()
    }

    fn fetching(url: &str) -> Command {
        let Ok(Source::Git(url)) = Source::parse(OsStr::new(url)) else {
            panic!("{url} is no address");
        };
        fetch(Path::new("/r"), &url, ssh_command(None))
    }

    #[test]
    fn the_address_and_the_revision_stand_where_no_options_do() {
        for (url, address, reference) in [
            ("https://h/r", "https://h/r", "+HEAD:refs/submission/asked"),
            (
                "git+ssh://git@h/r.git#v1:d",
                "ssh://git@h/r.git",
                "+v1:refs/submission/asked",
            ),
            (
                "git+file:///r#a/b",
                "file:///r",
                "+a/b:refs/submission/asked",
            ),
        ] {
            let words = words(&fetching(url));
            let [.., end, last_but_one, last] = words.as_slice() else {
                panic!("{words:?}");
            };
            assert_eq!([end, last_but_one, last], ["--", address, reference]);
            for option in ["--depth=1", "--no-tags", "--no-recurse-submodules"] {
                assert!(words.iter().any(|word| word == option), "{option}");
            }
        }
    }

    #[test]
    fn nothing_of_a_repository_is_run_and_nothing_is_asked() {
        let command = fetching("ssh://h/r");
        let words = words(&command);
        for setting in ["core.hooksPath=/dev/null", "protocol.ext.allow=never"] {
            let at = words.iter().position(|word| word == setting).unwrap();
            assert_eq!(words[at - 1], "-c");
        }
        let env = |name: &str| {
            let found = command.get_envs().find(|(key, _)| *key == name);
            found.and_then(|(_, value)| value?.to_str()).unwrap_or("")
        };
        assert_eq!(env("GIT_ALLOW_PROTOCOL"), "https:ssh:file");
        assert_eq!(env("GIT_TERMINAL_PROMPT"), "0");
        assert!(env("GIT_SSH_COMMAND").contains("BatchMode=yes"));
        assert!(words_of_init().contains(&"--template=".to_owned()));
    }

    fn words_of_init() -> Vec<String> {
        words(&init(Path::new("/r")))
    }

    #[test]
    fn how_ssh_is_called_stays_as_the_user_said() {
        assert_eq!(ssh_command(Some("ssh -i key".into())), None);
    }

    #[test]
    fn variables_that_point_to_a_repository_are_taken_away() {
        for name in [
            "GIT_DIR",
            "GIT_INDEX_FILE",
            "GIT_OBJECT_DIRECTORY",
            "GIT_TRACE",
        ] {
            assert!(is_taken_away(OsStr::new(name)), "{name}");
        }
        for name in [
            "GIT_SSL_CAINFO",
            "GIT_SSH_COMMAND",
            "GIT_CONFIG_KEY_0",
            "HOME",
        ] {
            assert!(!is_taken_away(OsStr::new(name)), "{name}");
        }
    }
}
