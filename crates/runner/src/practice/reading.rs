//! What tools print, read line by line: whatever else stands there is passed over.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use serde::Deserialize;

use super::{Finding, Findings};

/// How a tool tells of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Ruff,
    Eslint,
    Gofmt,
    GoVet,
    Javac,
    Rubocop,
    Php,
    Rustfmt,
}

/// Where tools find the files.
pub(crate) const FOLDER: &str = "/tmp/work";

/// What a formatter's only rule is called.
const FORMAT: &str = "format";

/// What a tool printed, without its version, as findings.
pub(crate) fn read(tool: &super::Tool, printed: &str) -> Findings {
    let mut findings = Findings::default();
    let mut files = BTreeSet::new();
    for line in printed.lines() {
        let Some(mut finding) = tool.form.finding(line) else {
            continue;
        };
        finding.file = own_path(&finding.file);
        // A formatter tells of a file as often as it comes upon it.
        if finding.rule != FORMAT || files.insert(finding.file.clone()) {
            findings.add(finding);
        }
    }
    findings
}

fn own_path(path: &str) -> String {
    let inside = path.strip_prefix(FOLDER).unwrap_or(path);
    let inside = inside.strip_prefix("./").unwrap_or(inside);
    inside.trim_start_matches('/').to_owned()
}

static GO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:vet: )?(?P<file>.+?\.go):(?P<line>\d+):\d+: (?P<message>.*)$"));
static JAVAC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<file>.+?\.java):(?P<line>\d+): warning: \[(?P<rule>[a-z-]+)\] (?P<message>.*)$")
});
static RUBOCOP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?P<file>.+?):(?P<line>\d+):\d+: [A-Z]: (?:\[\w+\] )?(?P<rule>\w+(?:/\w+)+): (?P<message>.*)$",
    )
});
static PHP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:PHP )?(?P<rule>Parse error|Fatal error|Warning|Deprecated|Notice): +(?P<message>.*) in (?P<file>.+) on line (?P<line>\d+)$",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of ours is one")
}

impl Form {
    fn finding(self, line: &str) -> Option<Finding> {
        match self {
            Self::Ruff => of_ruff(line),
            Self::Eslint => of_eslint(line),
            Self::Gofmt => of(&GO, line, "syntax").or_else(|| of_formatter(line, ".go", "gofmt")),
            Self::GoVet => of(&GO, line, "vet"),
            Self::Javac => of(&JAVAC, line, ""),
            Self::Rubocop => of(&RUBOCOP, line, ""),
            Self::Php => of(&PHP, line, ""),
            Self::Rustfmt => of_formatter(line, ".rs", "rustfmt"),
        }
    }
}

/// What a pattern finds in a line; the rule where it names none.
fn of(pattern: &Regex, line: &str, rule: &str) -> Option<Finding> {
    let found = pattern.captures(line)?;
    let text = |name| found.name(name).map(|found| found.as_str());
    Some(Finding {
        file: text("file")?.to_owned(),
        line: Some(text("line")?.parse().ok()?),
        rule: text("rule").unwrap_or(rule).to_owned(),
        message: text("message")?.to_owned(),
    })
}

/// A formatter names the files that it would change.
fn of_formatter(line: &str, ending: &str, tool: &str) -> Option<Finding> {
    line.ends_with(ending).then(|| Finding {
        file: line.to_owned(),
        line: None,
        rule: FORMAT.to_owned(),
        message: format!("not formatted as {tool} formats it"),
    })
}

fn of_ruff(line: &str) -> Option<Finding> {
    #[derive(Deserialize)]
    struct Told {
        code: Option<String>,
        filename: String,
        location: Option<Place>,
        message: String,
    }
    #[derive(Deserialize)]
    struct Place {
        row: u64,
    }
    let told: Told = serde_json::from_str(line).ok()?;
    Some(Finding {
        file: told.filename,
        line: told.location.map(|place| place.row),
        rule: told.code.unwrap_or_else(|| "syntax".to_owned()),
        message: told.message,
    })
}

fn of_eslint(line: &str) -> Option<Finding> {
    #[derive(Deserialize)]
    struct Told {
        file: String,
        line: Option<u64>,
        rule: Option<String>,
        message: String,
    }
    let told: Told = serde_json::from_str(line).ok()?;
    Some(Finding {
        file: told.file,
        line: told.line,
        rule: told.rule.unwrap_or_else(|| "syntax".to_owned()),
        message: told.message,
    })
}

#[cfg(test)]
mod tests;
