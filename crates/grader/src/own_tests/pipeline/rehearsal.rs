//! A job's scripts are run with a stand-in for each program, to see whether it runs the tests, and whether
//! it fails with them. Where that cannot be seen so, its lines are read, and doubt counts for the
//! submission.

use std::{sync::LazyLock, time::Duration};

use challenge_spec::pipeline::{Job, Script, Shell};
use regex::Regex;
use runner::{
    Backend, RunId,
    errand::{Errand, ErrandEnd},
};

use crate::finish;

/// Says what it does and what its exit code means.
const PROGRAM: &str = include_str!("rehearsal.sh");
/// What its exit code has whenever it came to its end.
const ENDED: i64 = 64;
const PASSES: i64 = 1;
const RUNS_TESTS: i64 = 2;
const FAILS: i64 = 4;
/// Of both rehearsals together; scripts that wait do not: `sleep` has a stand-in too.
const WITHIN: Duration = Duration::from_secs(15);
/// An engine hands no longer text to a program.
const LONGEST: usize = 100_000;
/// What stands in scripts for a command that is more than words.
const STANDIN: &str = "tryout-test";

/// What a job comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rehearsed {
    pub(super) runs_tests: bool,
    /// When the tests fail.
    pub(super) fails: bool,
}

/// What jobs are rehearsed with.
pub(super) struct Rehearsal<'a> {
    pub(super) backend: &'a dyn Backend,
    pub(super) run: &'a RunId,
    /// The command that runs the tests.
    pub(super) test: &'a str,
    /// The submission's.
    pub(super) files: Vec<&'a str>,
}

impl Rehearsal<'_> {
    /// Whether the command's first word stands anywhere in a job.
    pub(super) fn may_run_tests(&self, job: &Job) -> bool {
        let word = self.test.split_whitespace().next().unwrap_or_default();
        let scripts = job.scripts.iter();
        let env = scripts
            .clone()
            .flat_map(|script| &script.env)
            .chain(&job.env);
        scripts
            .map(|script| &script.text)
            .chain(env.map(|(_, value)| value))
            .any(|text| text.contains(word))
    }

    pub(super) async fn of(&self, job: &Job) -> Result<Rehearsed, String> {
        let Some(errand) = errand(job, self.test, &self.files) else {
            return Ok(read(job, self.test));
        };
        let end = self.backend.aside(self.run, &errand).await;
        let end = end.map_err(|error| finish::chain(&error))?;
        Ok(seen(end).unwrap_or_else(|| read(job, self.test)))
    }
}

/// None where it is too long for one.
fn errand(job: &Job, test: &str, files: &[&str]) -> Option<Errand> {
    let is_plain = !test.contains(|c: char| ";&|<>$`()'\"\\\n*?[{~#".contains(c));
    let words: Vec<&str> = test.split_whitespace().collect();
    let named = if is_plain {
        words.join(" ")
    } else {
        STANDIN.to_owned()
    };
    let mut command: Vec<String> = ["bash", "-c", PROGRAM, "rehearsal", "/tmp"]
        .map(str::to_owned)
        .into();
    command.push(named);
    command.push(lines(files.iter().copied()));
    let texts = job.scripts.iter().map(|script| script.text.as_str());
    command.push(lines(texts.flat_map(programs)));
    for script in &job.scripts {
        let shell = match script.shell {
            Shell::Bash | Shell::Sh => "bash",
            Shell::BashPipefail => "pipefail",
            Shell::Unchecked => "unchecked",
            Shell::Other => continue,
        };
        let soft = if script.soft { "soft" } else { "hard" };
        let text = if is_plain {
            script.text.clone()
        } else {
            script.text.replace(test.trim(), STANDIN)
        };
        let folder = script.folder.as_deref();
        let folder = folder.map(|folder| format!("cd {}\n", quoted(folder)));
        let folder = folder.unwrap_or_default();
        let text = format!("{}{folder}{text}", exports(job, script));
        command.extend([shell.to_owned(), soft.to_owned(), text]);
    }
    let fits = command.iter().all(|part| part.len() <= LONGEST)
        && command.iter().all(|part| !part.contains('\0'))
        && command.iter().map(String::len).sum::<usize>() <= 10 * LONGEST;
    fits.then(|| Errand {
        name: "rehearsal".to_owned(),
        command,
        within: WITHIN,
    })
}

/// What the program's end says; nothing where it did not come to it, or where the job fails whatever the
/// tests do: it compares what stand-ins do not say.
fn seen(end: ErrandEnd) -> Option<Rehearsed> {
    let ErrandEnd::Exited { code } = end else {
        return None;
    };
    let has = |bit: i64| code & bit != 0;
    (has(ENDED) && has(PASSES)).then(|| Rehearsed {
        runs_tests: has(RUNS_TESTS),
        fails: has(FAILS),
    })
}

/// By its lines alone.
fn read(job: &Job, test: &str) -> Rehearsed {
    let test = test.trim();
    let scripts = job.scripts.iter().filter(|script| !script.soft);
    let lines = scripts.flat_map(|script| script.text.lines());
    let runs = |line: &&str| {
        let line = line.trim_start();
        let command = ASSIGNMENTS.replace(line, "");
        let rest = command.strip_prefix(test);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', ';', '|', '&']))
    };
    let hides = |line: &str| line.contains("||") || line.trim_end().ends_with('&');
    let running: Vec<&str> = lines.filter(runs).collect();
    Rehearsed {
        runs_tests: !running.is_empty(),
        fails: running.iter().any(|line| !hides(line)),
    }
}

static ASSIGNMENTS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([A-Za-z_]\w*=\S*\s+)+").expect("the pattern is sound"));
static PROGRAMS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s;&|(])((?:\./)?[\w.][\w./-]*/?[\w.-]+)").expect("the pattern is sound")
});
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[A-Za-z_]\w*$").expect("the pattern is sound"));

/// Relative paths in a text that a shell may take for programs.
fn programs(text: &str) -> impl Iterator<Item = &str> {
    let found = PROGRAMS.captures_iter(text);
    let paths = found
        .filter_map(|found| found.get(1))
        .map(|path| path.as_str());
    paths.filter(|path| {
        path.contains('/') && !path.ends_with('/') && path.split('/').all(|part| part != "..")
    })
}

/// The file's own variables, as far as a shell may have them.
fn exports(job: &Job, script: &Script) -> String {
    let ours = ["PATH", "IFS", "ENV", "BASH_ENV", "SHELLOPTS", "BASHOPTS"];
    let all = job.env.iter().chain(&script.env);
    let taken = all.filter(|(name, _)| {
        NAME.is_match(name) && !ours.contains(&name.as_str()) && !name.starts_with("TRYOUT")
    });
    taken.fold(String::new(), |all, (name, value)| {
        format!("{all}export {name}={}\n", quoted(value))
    })
}

/// One word of a shell.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// One a line, each once; what has a line feed itself is left out.
fn lines<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = texts.filter(|text| !text.contains(['\n', '\0'])).collect();
    all.sort_unstable();
    all.dedup();
    let mut text = String::new();
    for line in all {
        if text.len() + line.len() >= LONGEST {
            break;
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn script(shell: Shell, text: &str) -> Script {
        Script {
            shell,
            text: text.to_owned(),
            on_push: true,
            on_review: true,
            folder: None,
            soft: false,
            env: Vec::new(),
        }
    }

    fn job(scripts: Vec<Script>) -> Job {
        Job {
            name: "test".to_owned(),
            on_push: true,
            on_review: true,
            soft: false,
            caches: false,
            env: vec![
                ("MARK".to_owned(), "it's".to_owned()),
                ("PATH".to_owned(), "/bin".to_owned()),
            ],
            scripts,
        }
    }

    /// As a container would run it: these scripts are ours.
    fn rehearsed(job: &Job, test: &str) -> Option<Rehearsed> {
        let files = ["requirements.txt", "tests/test_orders.py"];
        let mut command = errand(job, test, &files).unwrap().command;
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(command[4], "/tmp");
        command[4] = folder.path().display().to_string();
        let ended = Command::new(&command[0])
            .args(&command[1..])
            .status()
            .unwrap();
        let code = ended.code().unwrap().into();
        seen(ErrandEnd::Exited { code })
    }

    /// Whether it runs the tests, and whether it fails with them.
    fn of(test: &str, scripts: &[(Shell, &str)]) -> (bool, bool) {
        let scripts = scripts.iter().map(|(shell, text)| script(*shell, text));
        let seen = rehearsed(&job(scripts.collect()), test).unwrap();
        (seen.runs_tests, seen.fails)
    }

    const GOOD: (bool, bool) = (true, true);
    const SWALLOWS: (bool, bool) = (true, false);
    const OTHER: (bool, bool) = (false, false);

    #[test]
    fn the_command_is_found_however_it_is_run() {
        for text in [
            "pip install -r requirements.txt\npytest -q",
            "set -euo pipefail\nenv A=1\nsudo\nenv A=1 pytest",
            "source .venv/bin/activate; cd tests && BASE_URL=http://x pytest",
            "exec pytest",
            "timeout 5m uv run pytest -x",
            "bash -c 'pytest tests'",
            "for i in $(seq 1 9); do curl -sf $BASE_URL/health && break; sleep 1; done\nif [ -f requirements.txt ]; then pytest; else exit 3; fi",
            "set +e\npytest\nstatus=$?\necho $status\nexit $status",
            "pytest || { cat log; exit 1; }",
            "[ \"$MARK\" = \"it's\" ]\npytest",
        ] {
            assert_eq!(of("pytest", &[(Shell::Bash, text)]), GOOD, "{text}");
        }
        for (test, text) in [
            ("./run.sh --all", "chmod +x run.sh\n./run.sh --all"),
            ("go test ./...", "go test ./... -count=1"),
            ("cd suite && npm test", "npm ci\ncd suite && npm test"),
            ("node --test 'tests/*.js'", "node --test 'tests/*.js'"),
        ] {
            assert_eq!(of(test, &[(Shell::Sh, text)]), GOOD, "{text}");
        }
        let steps = [
            (Shell::Bash, "npm ci"),
            (Shell::Other, "Get-Date"),
            (Shell::Bash, "npm test"),
        ];
        assert_eq!(of("npm test", &steps), GOOD);
    }

    #[test]
    fn what_swallows_a_failure_is_seen() {
        for text in [
            "pytest || true",
            "pytest | tee log",
            "set +e\npytest\necho done",
            "pytest & wait",
            "if pytest; then echo good; fi",
            "! pytest || echo x",
        ] {
            assert_eq!(of("pytest", &[(Shell::Bash, text)]), SWALLOWS, "{text}");
        }
        let piped = [(Shell::BashPipefail, "pytest | tee log")];
        assert_eq!(of("pytest", &piped), GOOD);
        let unchecked = [(Shell::Unchecked, "pytest\necho done")];
        assert_eq!(of("pytest", &unchecked), SWALLOWS);
        let mut elsewhere = job(vec![script(Shell::Bash, "pytest")]);
        elsewhere.scripts[0].folder = Some("it's there".to_owned());
        assert!(rehearsed(&elsewhere, "pytest").unwrap().fails);
        let mut soft = job(vec![script(Shell::Bash, "pytest")]);
        soft.scripts[0].soft = true;
        let seen = rehearsed(&soft, "pytest").unwrap();
        assert!(seen.runs_tests && !seen.fails);
    }

    #[test]
    fn other_words_are_not_the_command() {
        for text in [
            "pip install pytest",
            "echo pytest",
            "pytest-watch",
            "# pytest",
            "python -m pytest",
        ] {
            assert_eq!(of("pytest", &[(Shell::Bash, text)]), OTHER, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_rehearsed_is_read() {
        let asks = "[ \"$(curl -s -w '%{http_code}' $BASE_URL)\" = 200 ]\n  CI=1 pytest -q";
        let asking = job(vec![script(Shell::Bash, asks)]);
        assert_eq!(rehearsed(&asking, "pytest"), None);
        let good = read(&asking, "pytest");
        assert!(good.runs_tests && good.fails);
        let hiding = job(vec![script(Shell::Bash, "pytest || true")]);
        assert!(!read(&hiding, "pytest").fails);
        let other = job(vec![script(
            Shell::Bash,
            "pip install pytest\npytest-watch",
        )]);
        assert!(!read(&other, "pytest").runs_tests);
        assert_eq!(seen(ErrandEnd::Exited { code: ENDED }), None);
        assert_eq!(seen(ErrandEnd::Ended), None);
    }

    #[test]
    fn nothing_leaves_its_folder_or_goes_on_for_ever() {
        let paths: Vec<&str> = programs("../up/run ./run.sh a/b/c /etc/x `x/y` x/").collect();
        assert!(!paths.iter().any(|path| path.contains("..")), "{paths:?}");
        assert!(
            paths.contains(&"./run.sh") && paths.contains(&"a/b/c"),
            "{paths:?}"
        );
        let long = job(vec![script(Shell::Bash, &"x".repeat(LONGEST + 1))]);
        assert_eq!(errand(&long, "pytest", &[]), None);
    }
}
