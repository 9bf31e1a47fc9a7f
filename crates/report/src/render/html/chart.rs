//! Bars as numbers; the template draws them.

use std::cmp::Reverse;

use serde::Serialize;

use crate::{
    model::{CheckReport, Report, Score, SkillScore},
    neutral::brief,
    points::{self, Fate},
    render::headline::{count, outcome_word},
};

/// One skill: a bar whose length is what it is worth, and a cell for each check in it.
#[derive(Debug, Serialize)]
pub(super) struct SkillRow {
    title: String,
    earned: u32,
    possible: u32,
    /// The bar in words.
    label: String,
    /// Of the column's width, in per cent.
    width: String,
    segments: Vec<Segment>,
}

/// A stretch of a bar, in per cent of the bar's width.
#[derive(Debug, Serialize)]
pub(super) struct Segment {
    fate: &'static str,
    x: String,
    width: String,
    /// What it stands for, in words.
    title: String,
}

/// The bar of the whole result: what was earned, is undecided, was lost.
pub(super) fn whole(score: Score) -> Vec<Segment> {
    let parts = [
        (Fate::Earned, score.earned),
        (Fate::Undecided, score.undecided),
        (Fate::Lost, score.lost),
    ];
    let named = parts.map(|(fate, points)| {
        let word = fate_word(fate);
        (
            fate,
            points,
            format!("{} {word}", count(points.into(), "point")),
        )
    });
    segments(named, score.possible)
}

/// The bars of the skills, in the report's order.
pub(super) fn rows(report: &Report) -> Vec<SkillRow> {
    let largest = report.skills.iter().map(|skill| skill.possible).max();
    report
        .skills
        .iter()
        .map(|skill| row(report, skill, largest.unwrap_or(0)))
        .collect()
}

fn row(report: &Report, skill: &SkillScore, largest: u32) -> SkillRow {
    let mut checks: Vec<&CheckReport> = report
        .checks
        .iter()
        .filter(|check| points::root(&check.skill) == skill.id)
        .collect();
    checks.sort_by_key(|check| {
        let order = match points::fate(check) {
            Fate::Earned => 0,
            Fate::Undecided => 1,
            Fate::Lost => 2,
        };
        (order, Reverse(check.points))
    });
    let cells = checks.into_iter().map(|check| {
        let title = format!(
            "{} ({}, {})",
            brief(&check.title, 200),
            count(check.points.into(), "point"),
            outcome_word(check.outcome)
        );
        (points::fate(check), check.points, title)
    });
    SkillRow {
        title: brief(&skill.title, 80),
        earned: skill.earned,
        possible: skill.possible,
        label: format!(
            "{} of {} earned, {} lost, {} undecided",
            skill.earned,
            count(skill.possible.into(), "point"),
            skill.lost,
            skill.undecided
        ),
        width: percent(skill.possible, largest),
        segments: segments(cells, skill.possible),
    }
}

fn segments(parts: impl IntoIterator<Item = (Fate, u32, String)>, whole: u32) -> Vec<Segment> {
    let mut before = 0_u32;
    let mut segments = Vec::new();
    for (fate, points, title) in parts {
        if points == 0 {
            continue;
        }
        segments.push(Segment {
            fate: fate_word(fate),
            x: percent(before, whole),
            width: percent(points, whole),
            title,
        });
        before = before.saturating_add(points);
    }
    segments
}

pub(super) fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Earned => "earned",
        Fate::Lost => "lost",
        Fate::Undecided => "undecided",
    }
}

/// `part` of `whole`, as `12.34%`; nothing of nothing is nothing.
fn percent(part: u32, whole: u32) -> String {
    let hundredths = u64::from(part.min(whole)) * 10_000 / u64::from(whole.max(1));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::{Fate, percent, segments};

    #[test]
    fn parts_are_in_proportion() {
        assert_eq!(percent(1, 3), "33.33%");
        assert_eq!(percent(3, 3), "100.00%");
        assert_eq!(percent(0, 0), "0.00%");
        assert_eq!(percent(9, 3), "100.00%");
    }

    #[test]
    fn segments_follow_each_other_and_nothing_has_none() {
        let part = |fate, points| (fate, points, String::new());
        let parts = [
            part(Fate::Earned, 1),
            part(Fate::Undecided, 0),
            part(Fate::Lost, 3),
        ];
        let drawn: Vec<_> = segments(parts, 4)
            .into_iter()
            .map(|segment| (segment.fate, segment.x, segment.width))
            .collect();
        let wanted = [("earned", "0.00%", "25.00%"), ("lost", "25.00%", "75.00%")];
        let wanted = wanted.map(|(fate, x, width)| (fate, x.to_owned(), width.to_owned()));
        assert_eq!(drawn, wanted);
    }
}
