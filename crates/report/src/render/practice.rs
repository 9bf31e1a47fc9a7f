//! Figures of a language's tools, in words.

use crate::{
    model::{LookedAt, Practice, PracticeTool},
    neutral::brief,
};

use super::headline::count;

/// What it is and is not.
pub(super) const ADVICE: &str = "advice, costs no points";

/// What each tool comes to, or why there is nothing: one sentence each, without a full stop.
pub(super) fn lines(practice: &Practice) -> Vec<String> {
    if let Some(why) = &practice.not_run {
        return vec![format!("not looked at: {}", brief(why, 300))];
    }
    let line = |tool: &PracticeTool| {
        let name = brief(&tool.name, 40);
        let Some(findings) = tool.findings else {
            let why = tool.not_run.as_deref().unwrap_or_default();
            return format!("{name} was not run: {}", brief(why, 300));
        };
        let at_least = if tool.cut { "at least " } else { "" };
        let found = count(findings, "finding");
        let rate = rate(practice.submission.as_ref(), tool.findings)
            .map_or_else(String::new, |rate| format!(", {rate} per 1,000 lines"));
        let starter = rate_of_starter(practice, tool)
            .map_or_else(String::new, |rate| format!(" (starter: {rate})"));
        format!("{name} {at_least}{found}{rate}{starter}")
    };
    practice.tools.iter().map(line).collect()
}

/// How many findings there are in 1,000 lines.
pub(super) fn rate(looked_at: Option<&LookedAt>, findings: Option<u64>) -> Option<String> {
    let findings = findings?;
    let rate = looked_at?.per_thousand_lines(findings)?;
    Some(match findings {
        0 => "0".to_owned(),
        _ if rate < 0.05 => "under 0.1".to_owned(),
        _ => format!("{rate:.1}"),
    })
}

/// The same of the starter.
pub(super) fn rate_of_starter(practice: &Practice, tool: &PracticeTool) -> Option<String> {
    rate(practice.starter.as_ref(), tool.starter_findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_told_where_there_are_lines() {
        let of = |lines, findings| {
            let looked_at = LookedAt {
                subject: "submission".to_owned(),
                files: 1,
                lines,
                left_out: 0,
            };
            rate(Some(&looked_at), Some(findings))
        };
        assert_eq!(of(1_000, 0).as_deref(), Some("0"));
        assert_eq!(of(3_000, 10).as_deref(), Some("3.3"));
        assert_eq!(of(100_000, 1).as_deref(), Some("under 0.1"));
        assert_eq!(of(0, 1), None);
        assert_eq!(rate(None, Some(1)), None);
    }
}
