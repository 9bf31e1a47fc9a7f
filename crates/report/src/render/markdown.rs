//! `report.md`: a summary for a comment on a pull request.
//!
//! It stays under the 65,536 characters that GitHub takes. Texts of others are escaped, or stand in
//! code spans, where neither markup, links, mentions nor references are made of them.

use crate::{
    model::{CheckReport, Report},
    neutral::brief,
    points::Fate,
};

use super::{
    command,
    headline::{self, Headline, count},
    practice::ADVICE,
};

/// So many checks are listed of those lost, and of those undecided.
const CHECKS: usize = 40;
/// So many skills have a row.
const SKILLS: usize = 40;

/// Renders `report`.
pub fn render(report: &Report) -> String {
    let headline = Headline::of(report);
    let mut lines = vec![
        format!("### {}", headline.line),
        String::new(),
        format!(
            "**{}** {} · submission {}",
            escaped(&report.challenge.title, 120),
            escaped(&report.challenge.version, 40),
            code(&report.submission.name, 120),
        ),
        String::new(),
        headline.meaning,
    ];
    if let Some(caution) = headline.caution {
        lines.extend([String::new(), format!("> **{caution}**")]);
    }
    if let Some(failure) = &report.submission_failure {
        lines.extend([String::new(), code(&failure.reason, 400)]);
    }
    lines.extend(skills(report));
    if report.submission_failure.is_none() {
        lines.extend(checks("Lost", report, Fate::Lost));
    }
    lines.extend(checks("Undecided", report, Fate::Undecided));
    lines.extend(practice(report));
    lines.push(String::new());
    let certified = report.certification.as_ref().map(|state| {
        let sentence = escaped(&state.sentence(), 300);
        format!("Challenge {sentence} · ")
    });
    let not_in_force =
        headline::not_in_force(report).map(|items| format!("{} · ", escaped(&items, 300)));
    lines.push(format!(
        "<sub>{}{}Seed {} · {} · repeat with {}</sub>",
        certified.unwrap_or_default(),
        not_in_force.unwrap_or_default(),
        report.run.seed,
        headline::duration(report.run.duration_ms),
        code(&command::repeat(report), 1_000),
    ));
    lines.push(String::new());
    lines.join("\n")
}

/// A line for each tool of the language.
fn practice(report: &Report) -> Vec<String> {
    let Some(practice) = &report.practice else {
        return Vec::new();
    };
    let told = super::practice::lines(practice);
    let told: Vec<_> = told.iter().map(|line| escaped(line, 400)).collect();
    vec![
        String::new(),
        format!("Language practice ({ADVICE}): {}", told.join("; ")),
    ]
}

fn skills(report: &Report) -> Vec<String> {
    if report.skills.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        String::new(),
        "| Skill | Earned | Lost | Undecided | Possible |".to_owned(),
        "| --- | ---: | ---: | ---: | ---: |".to_owned(),
    ];
    lines.extend(report.skills.iter().take(SKILLS).map(|skill| {
        format!(
            "| {} | {} | {} | {} | {} |",
            escaped(&skill.title, 80),
            skill.earned,
            skill.lost,
            skill.undecided,
            skill.possible
        )
    }));
    lines
}

fn checks(heading: &str, report: &Report, fate: Fate) -> Vec<String> {
    let checks: Vec<&CheckReport> = headline::of_fate(report, fate).collect();
    if checks.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), format!("#### {heading}"), String::new()];
    let shared = headline::shared_reason(&checks);
    if let Some(reason) = shared {
        lines.extend([code(reason, 300), String::new()]);
    }
    lines.extend(checks.iter().take(CHECKS).map(|check| {
        let title = escaped(&check.title, 160);
        let word = headline::outcome_word(check.outcome);
        let points = count(check.points.into(), "point");
        let why = match shared {
            Some(_) => String::new(),
            None => format!(": {}", code(headline::reason(check), 300)),
        };
        format!("- **{title}** ({word}, {points}){why}")
    }));
    if checks.len() > CHECKS {
        lines.push(format!("- and {} more", checks.len() - CHECKS));
    }
    lines
}

/// A text of others in the flow of text. A zero-width space keeps `@` and `#` from naming people
/// and issues: what sees those reads the text after the backslashes are gone.
pub(crate) fn escaped(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for character in brief(text, limit).chars() {
        if character.is_ascii_punctuation() && !matches!(character, ',' | '\'') {
            out.push('\\');
        }
        out.push(character);
        if matches!(character, '@' | '#') {
            out.push('\u{200b}');
        }
    }
    out
}

/// A text of others as a code span, fenced by more backticks than it holds in a row.
pub(crate) fn code(text: &str, limit: usize) -> String {
    let text = brief(text, limit);
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match text.as_str() {
        "" => "(nothing)".to_owned(),
        // A backtick at an end would lengthen the fence; a renderer takes one space off each end.
        text if text.starts_with('`') || text.ends_with('`') => format!("{fence} {text} {fence}"),
        text => format!("{fence}{text}{fence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{code, escaped};

    #[test]
    fn fences_outdo_the_text() {
        assert_eq!(code("plain", 9), "`plain`");
        assert_eq!(code("a`b", 9), "``a`b``");
        assert_eq!(code("a``b`", 9), "``` a``b` ```");
        assert_eq!(code("", 9), "(nothing)");
    }

    #[test]
    fn punctuation_is_only_itself() {
        assert_eq!(escaped("a|b<c>", 9), "a\\|b\\<c\\>");
        assert_eq!(escaped("@you #1", 9), "\\@\u{200b}you \\#\u{200b}1");
    }
}
