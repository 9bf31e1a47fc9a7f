//! What a language's tools say.

use report::model::{BrokenRule, LookedAt, Practice, PracticeTool, Remark};

/// One tool that found some.
pub(crate) fn of_python() -> Practice {
    let rules = [("F401", 3, 0), ("BLE001", 2, 1), ("S110", 1, 0)];
    Practice {
        tools: vec![PracticeTool {
            rules: rules.map(rule).to_vec(),
            rules_omitted: 2,
            first: vec![
                remark("app/main.py", Some(3), "F401", "`os` imported but unused"),
                remark(
                    "app/store.py",
                    Some(88),
                    "BLE001",
                    "Do not catch blind exception: `Exception`",
                ),
                remark(
                    "app/\u{202e}yp.odd",
                    Some(1),
                    "F401",
                    "`sys` imported but \u{1b}[31munused",
                ),
            ],
            ..tool("ruff", "0.17.6", "its own choice of rules", 9, 1)
        }],
        ..practice(
            "Python",
            looked_at("submission", 12, 846, 1),
            "starter:python",
        )
    }
}

/// One tool that found nothing, and one that could not be run.
pub(crate) fn of_go() -> Practice {
    let about = "files that are not formatted as it formats them";
    let vet = PracticeTool {
        not_run: Some(
            "every package imports modules, which are not at hand without a network".to_owned(),
        ),
        findings: None,
        starter_findings: None,
        ..tool("go vet", "1.24.4", "packages without modules", 0, 0)
    };
    Practice {
        tools: vec![tool("gofmt", "1.24.4", about, 0, 0), vet],
        ..practice("Go", looked_at("submission", 21, 1302, 0), "starter:go")
    }
}

/// Asked for, where there are no containers.
pub(crate) fn not_run() -> Practice {
    let why = "the language's tools are run in containers, and this backend starts none";
    Practice {
        not_run: Some(why.to_owned()),
        submission: None,
        starter: None,
        ..practice("Python", looked_at("submission", 0, 0, 0), "starter:python")
    }
}

fn practice(language: &str, submission: LookedAt, starter: &str) -> Practice {
    Practice {
        skill: "language-practice".to_owned(),
        language: Some(language.to_owned()),
        not_run: None,
        submission: Some(submission),
        starter: Some(looked_at(starter, 4, 118, 0)),
        tools: Vec::new(),
    }
}

fn looked_at(subject: &str, files: u64, lines: u64, left_out: u64) -> LookedAt {
    LookedAt {
        subject: subject.to_owned(),
        files,
        lines,
        left_out,
    }
}

fn tool(name: &str, version: &str, about: &str, findings: u64, starter: u64) -> PracticeTool {
    PracticeTool {
        name: name.to_owned(),
        version: Some(version.to_owned()),
        about: about.to_owned(),
        not_run: None,
        findings: Some(findings),
        cut: false,
        starter_findings: Some(starter),
        rules: Vec::new(),
        rules_omitted: 0,
        first: Vec::new(),
    }
}

fn rule((rule, findings, starter): (&str, u64, u64)) -> BrokenRule {
    BrokenRule {
        rule: rule.to_owned(),
        findings,
        starter_findings: Some(starter),
    }
}

fn remark(file: &str, line: Option<u64>, rule: &str, message: &str) -> Remark {
    Remark {
        file: file.to_owned(),
        line,
        rule: rule.to_owned(),
        message: message.to_owned(),
    }
}
