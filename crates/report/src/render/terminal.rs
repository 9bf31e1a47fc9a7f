//! The summary for a terminal: the result, a bar for each skill, the checks that cost points.
//!
//! A plain text; it is printed by whoever asked for it.

mod layout;
mod paint;

use crate::{
    model::{CheckReport, Outcome, Report, SkillScore},
    neutral::brief,
    points::Fate,
};

use super::{
    headline::{self, Headline, count},
    practice::ADVICE,
};
use layout::{pad, truncate, wrap};
use paint::{Hue, Painter};

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour.
    pub colour: bool,
    /// How many columns there are; used between 40 and 80.
    pub width: usize,
    /// Whether more than ASCII can be shown; where not, other characters become `?`.
    pub unicode: bool,
}

impl Default for Style {
    /// 80 columns of Unicode without colour.
    fn default() -> Self {
        Self {
            colour: false,
            width: 80,
            unicode: true,
        }
    }
}

/// So many checks are listed of those lost, and of those undecided.
const CHECKS: usize = 60;
/// So many lines of a reason are shown.
const REASON_LINES: usize = 4;

/// Renders `report`. No line is wider than `style.width` within 40 to 80 columns.
pub fn render(report: &Report, style: Style) -> String {
    let painter = Painter::new(style);
    let width = style.width.clamp(40, 80);
    let headline = Headline::of(report);
    let mut lines: Vec<String> = wrap(&painter.text(&headline.line), width)
        .iter()
        .map(|line| painter.bold(line))
        .collect();
    lines.extend(wrap(&painter.text(&headline.meaning), width));
    if let Some(caution) = headline.caution {
        let caution = wrap(&painter.text(caution), width);
        lines.extend(caution.iter().map(|line| painter.hue(Hue::Bad, line)));
    }
    let graded = format!(
        "{} {} · {} · seed {}",
        brief(&report.challenge.title, 60),
        brief(&report.challenge.version, 20),
        brief(&report.submission.name, 60),
        report.run.seed
    );
    let graded = wrap(&painter.text(&graded), width);
    lines.extend(graded.iter().map(|line| painter.dim(line)));
    if let Some(state) = &report.certification {
        let state = format!("challenge {}", state.sentence());
        let state = wrap(&painter.text(&state), width);
        lines.extend(state.iter().map(|line| painter.dim(line)));
    }
    if let Some(items) = headline::not_in_force(report) {
        let items = wrap(&painter.text(&items), width);
        lines.extend(items.iter().map(|line| painter.dim(line)));
    }
    if let Some(failure) = &report.submission_failure {
        lines.push(String::new());
        lines.extend(paragraph(painter, &failure.reason, 0, width));
    }
    lines.extend(skills(painter, report, width));
    if report.submission_failure.is_none() {
        lines.extend(checks(painter, "Lost", report, Fate::Lost, width));
    }
    lines.extend(checks(painter, "Undecided", report, Fate::Undecided, width));
    lines.extend(practice(painter, report, width));
    lines.push(String::new());
    lines.join("\n")
}

fn practice(painter: Painter, report: &Report, width: usize) -> Vec<String> {
    let Some(practice) = &report.practice else {
        return Vec::new();
    };
    let told = super::practice::lines(practice).join("; ");
    let told = format!("Language practice ({ADVICE}): {told}");
    let told = wrap(&painter.text(&told), width);
    let told = told.iter().map(|line| painter.dim(line));
    std::iter::once(String::new()).chain(told).collect()
}

fn skills(painter: Painter, report: &Report, width: usize) -> Vec<String> {
    if report.skills.is_empty() {
        return Vec::new();
    }
    let numbers: Vec<String> = report
        .skills
        .iter()
        .map(|skill| format!("{} of {}", skill.earned, skill.possible))
        .collect();
    let number_width = numbers.iter().map(String::len).max().unwrap_or(0);
    let room = width.saturating_sub(number_width + 4 + 4).min(24);
    let names: Vec<String> = report
        .skills
        .iter()
        .map(|skill| {
            let title = painter.text(&brief(&skill.title, 60));
            truncate(&title, room, painter.ellipsis())
        })
        .collect();
    let widths = names.iter().map(|name| layout::width(name));
    let name_width = widths.max().unwrap_or(0);
    let bar_width = width
        .saturating_sub(name_width + number_width + 4)
        .clamp(4, 40);
    let mut lines = vec![String::new()];
    for ((skill, name), number) in report.skills.iter().zip(&names).zip(&numbers) {
        let bar = bar(painter, skill, bar_width);
        let line = format!("{}  {bar}  {number:>number_width$}", pad(name, name_width));
        lines.push(line);
    }
    lines
}

/// Earned, undecided and lost in proportion. What is not nothing has a cell at least, as long as
/// there are cells.
fn bar(painter: Painter, skill: &SkillScore, width: usize) -> String {
    let cells = layout::share(
        [skill.earned, skill.undecided, skill.lost],
        skill.possible,
        width,
    );
    let [earned, undecided, lost] = painter.bar_cells();
    format!(
        "{}{}{}",
        painter.hue(Hue::Good, &earned.repeat(cells[0])),
        painter.hue(Hue::Open, &undecided.repeat(cells[1])),
        painter.hue(Hue::Bad, &lost.repeat(cells[2])),
    )
}

fn checks(
    painter: Painter,
    heading: &str,
    report: &Report,
    fate: Fate,
    width: usize,
) -> Vec<String> {
    let checks: Vec<&CheckReport> = headline::of_fate(report, fate).collect();
    if checks.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), painter.bold(heading)];
    let shared = headline::shared_reason(&checks);
    if let Some(reason) = shared {
        lines.extend(paragraph(painter, reason, 2, width));
    }
    for check in checks.iter().take(CHECKS) {
        lines.push(title_line(painter, check, width));
        if shared.is_none() {
            let word = headline::outcome_word(check.outcome);
            let about = format!("{} · {word}: {}", check.id, headline::reason(check));
            lines.extend(paragraph(painter, &about, 4, width));
        }
    }
    if checks.len() > CHECKS {
        lines.push(format!("  and {} more", checks.len() - CHECKS));
    }
    lines
}

fn title_line(painter: Painter, check: &CheckReport, width: usize) -> String {
    let (hue, mark) = match check.outcome {
        Outcome::Passed => (Hue::Good, painter.mark_good()),
        Outcome::Failed => (Hue::Bad, painter.mark_bad()),
        Outcome::Skipped => (Hue::Quiet, "-"),
        Outcome::Errored => (Hue::Open, "!"),
        Outcome::Inconclusive => (Hue::Open, "?"),
    };
    let points = count(check.points.into(), "point");
    let room = width.saturating_sub(4 + points.len() + 2);
    let title = painter.text(&brief(&check.title, 160));
    let title = truncate(&title, room, painter.ellipsis());
    format!(
        "  {} {}  {}",
        painter.hue(hue, mark),
        pad(&title, room),
        painter.dim(&points)
    )
}

/// A hostile text, indented, of a few lines at most.
fn paragraph(painter: Painter, text: &str, indent: usize, width: usize) -> Vec<String> {
    let text = painter.text(&brief(text, 600));
    let mut lines = wrap(&text, width - indent);
    if lines.len() > REASON_LINES {
        lines.truncate(REASON_LINES);
        if let Some(last) = lines.last_mut() {
            let shown = truncate(last, width - indent - 3, "");
            *last = format!("{shown}{}", painter.ellipsis());
        }
    }
    let margin = " ".repeat(indent);
    lines.iter().map(|line| format!("{margin}{line}")).collect()
}
