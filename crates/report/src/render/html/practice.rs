//! What a language's tools say, as the template sees it.

use serde::Serialize;

use crate::{
    model::{BrokenRule, LookedAt, Practice, PracticeTool, Remark},
    neutral::brief,
    render::{
        headline::count,
        practice::{rate, rate_of_starter},
    },
};

#[derive(Debug, Serialize)]
pub(super) struct PracticeView {
    language: Option<String>,
    not_run: Option<String>,
    /// What was looked at: `12 files, 846 lines`.
    submission: Option<String>,
    starter: Option<String>,
    left_out: Option<String>,
    tools: Vec<ToolView>,
}

#[derive(Debug, Serialize)]
struct ToolView {
    name: String,
    version: String,
    about: String,
    not_run: Option<String>,
    findings: String,
    rate: Option<String>,
    starter: Option<String>,
    rules: Vec<RuleRow>,
    rules_omitted: u64,
    first: Vec<RemarkRow>,
    /// How many findings are not shown.
    more: u64,
}

#[derive(Debug, Serialize)]
struct RuleRow {
    rule: String,
    findings: u64,
    starter: Option<u64>,
}

#[derive(Debug, Serialize)]
struct RemarkRow {
    place: String,
    rule: String,
    message: String,
}

impl PracticeView {
    pub(super) fn of(practice: &Practice) -> Self {
        let looked_at = |of: &LookedAt| {
            let lines = count(of.lines, "line");
            format!("{}, {lines}", count(of.files, "file"))
        };
        let submission = practice.submission.as_ref();
        let left_out = submission.map(|of| of.left_out).filter(|left| *left > 0);
        Self {
            language: practice.language.as_deref().map(|name| brief(name, 80)),
            not_run: practice.not_run.as_deref().map(|why| brief(why, 600)),
            submission: submission.map(looked_at),
            starter: practice.starter.as_ref().map(looked_at),
            left_out: left_out.map(|left| count(left, "file")),
            tools: practice
                .tools
                .iter()
                .map(|tool| ToolView::of(practice, tool))
                .collect(),
        }
    }
}

impl ToolView {
    fn of(practice: &Practice, tool: &PracticeTool) -> Self {
        let findings = tool.findings.unwrap_or(0);
        Self {
            name: brief(&tool.name, 40),
            version: brief(tool.version.as_deref().unwrap_or_default(), 40),
            about: brief(&tool.about, 200),
            not_run: tool.not_run.as_deref().map(|why| brief(why, 600)),
            findings: if tool.cut {
                format!("{findings} or more")
            } else {
                findings.to_string()
            },
            rate: rate(practice.submission.as_ref(), tool.findings),
            starter: rate_of_starter(practice, tool),
            rules: tool.rules.iter().map(RuleRow::of).collect(),
            rules_omitted: tool.rules_omitted,
            first: tool.first.iter().map(RemarkRow::of).collect(),
            more: findings.saturating_sub(tool.first.len() as u64),
        }
    }
}

impl RuleRow {
    fn of(rule: &BrokenRule) -> Self {
        Self {
            rule: brief(&rule.rule, 120),
            findings: rule.findings,
            starter: rule.starter_findings,
        }
    }
}

impl RemarkRow {
    fn of(remark: &Remark) -> Self {
        let file = brief(&remark.file, 200);
        Self {
            place: match remark.line {
                Some(line) => format!("{file}:{line}"),
                None => file,
            },
            rule: brief(&remark.rule, 120),
            message: brief(&remark.message, 300),
        }
    }
}
